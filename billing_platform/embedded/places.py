"""Where the embedded server keeps its data and its socket, decided once and remembered in `var/location`."""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from billing_platform.embedded.errors import DataUnusable, EmbeddedError
from billing_platform.embedded.locks import FileLock
from billing_platform.embedded.service_user import ServiceUser, service_user

if TYPE_CHECKING:
    from collections.abc import Mapping

PROJECT_DIR = Path(__file__).resolve().parent.parent.parent
DATABASE = "billing"
DEFAULT_PORT = 5432
SOCKET_PATH_MAX = 99  # bytes; the systems' limits are 103 (macOS) and 107 (Linux)
PRIVATE_PARENTS = ("/var/lib", "/var/tmp")  # noqa: S108 - made with mkdtemp, so nobody can be there first
PRIVATE_PREFIX = "billing-platform-"
MARK = "made-by-billing-platform"


@dataclass(frozen=True, slots=True)
class Places:
    """The folders of one embedded server.

    `var` is ours (locks, log, location); `root` holds `data` and a copy of the programs and is `var` or a private
    folder; `socket` is a short enough folder for the Unix socket.
    """

    var: Path
    root: Path
    socket: Path

    @property
    def data(self) -> Path:
        """The data folder, owned by the server's user."""
        return self.root / "postgres"

    @property
    def log(self) -> Path:
        """The server's log, which stays in `var` where people look for it."""
        return self.var / "postgres.log"


def var_dir(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of everything that a run leaves behind: `VAR_DIR`, else `var` in the project."""
    return Path(environ.get("VAR_DIR") or PROJECT_DIR / "var").absolute()


def port(environ: Mapping[str, str] = os.environ) -> int:
    """Return the server's port number: part of the socket's name, and a TCP port only when asked for."""
    return int(environ.get("EMBEDDED_POSTGRES_PORT") or DEFAULT_PORT)


def owner_url(environ: Mapping[str, str] = os.environ) -> str:
    """Return the owner's URL of the embedded server, running or not; libpq and django-environ both read it.

    Args:
        environ: `VAR_DIR` and `EMBEDDED_POSTGRES_PORT`.

    Returns:
        `postgres://billing_owner:owner@/billing?host=<socket folder>&port=<port>`.
    """
    query = urlencode(
        {"host": str(locate(var_dir(environ)).socket), "port": port(environ)},
        quote_via=quote,
        safe="/",
    )
    return f"postgres://billing_owner:owner@/{DATABASE}?{query}"


def locate(var: Path, user: ServiceUser | None = None) -> Places:
    """Return where the server's folders are; the first call decides and remembers it.

    Args:
        var: the folder of this run's files; made when missing.
        user: whom the server runs as, by default whom we would choose.

    Returns:
        The places. As root, when `nobody` cannot reach `var`, data and socket lie in a private folder under `/var/lib`
        or `/var/tmp`.

    Raises:
        EmbeddedError: `var` cannot be written, or the remembered folder is not ours.
        DataUnusable: data lies in `var`, which `nobody` can no longer reach.
    """
    user = user or service_user()
    _make_var(var)
    with FileLock(var / "location.lock"):
        return _decide(var, user)


def _decide(var: Path, user: ServiceUser) -> Places:
    remembered = _read_location(var)
    root = remembered.get("root") or var
    if root == var and not user.can_enter(var):
        if (var / "postgres").exists():
            raise DataUnusable(
                f"The database lies in {var}, where the user `nobody` no longer comes. "
                "Open the path or move it back."
            )
        root = _private_folder(var, user)
    socket = remembered.get("socket") or root / "socket"
    if not _is_socket_path(socket):
        socket = _private_folder(var, user) / "socket"
    places = Places(var=var, root=root, socket=socket)
    chosen = {
        name: path
        for name, path in (("root", root), ("socket", socket))
        if not path.is_relative_to(var)
    }
    if chosen != remembered:
        _write_location(var, chosen)
    return places


def forget(places: Places) -> None:
    """Remove the server's data, socket and private folders; only folders that this module made are touched."""
    for folder in {
        places.data,
        places.socket,
        places.root / "server",
        places.data.with_name("postgres.new"),
    }:
        shutil.rmtree(folder, ignore_errors=True)
    for private in {places.root, places.socket.parent} - {places.var}:
        if (private / MARK).is_file():
            shutil.rmtree(private)
    (places.var / "location").unlink(missing_ok=True)


def _is_socket_path(folder: Path) -> bool:
    """Say whether a folder is short and plain enough: the server and its clients split lists of folders at commas."""
    longest = len(os.fsencode(folder / f".s.PGSQL.{DEFAULT_PORT}"))
    return longest <= SOCKET_PATH_MAX and re.fullmatch(r"[\w./+@~-]+", str(folder)) is not None


def _make_var(var: Path) -> None:
    try:
        if not var.is_dir():
            var.mkdir(parents=True)
            var.chmod(0o755)
    except OSError as error:
        raise EmbeddedError(
            f"The folder {var} cannot be made ({error.strerror}). Name another one with VAR_DIR."
        ) from error
    if not os.access(var, os.W_OK):
        raise EmbeddedError(
            f"The folder {var} belongs to another user. Name one of your own with VAR_DIR."
        )


def _read_location(var: Path) -> dict[str, Path]:
    """Return the remembered folders that still exist and are ours; a vanished one is decided anew."""
    try:
        lines = (var / "location").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    found = {name: Path(path) for name, _, path in (line.partition("=") for line in lines) if path}
    for name, path in list(found.items()):
        private = path if name == "root" else path.parent
        if not private.exists():
            sys.stderr.write(
                f"{private}, where the database was, is gone: starting with an empty one.\n"
            )
            del found[name]
        elif (
            private.is_symlink()
            or private.stat().st_uid != os.geteuid()
            or not (private / MARK).is_file()
        ):
            raise EmbeddedError(
                f"{var / 'location'} names {path}, which is not a folder of this project. Remove the file."
            )
    return found


def _write_location(var: Path, chosen: dict[str, Path]) -> None:
    location = var / "location"
    if not chosen:
        location.unlink(missing_ok=True)
        return
    fresh = var / f"location.{os.getpid()}"
    fresh.write_text(
        "".join(f"{name}={path}\n" for name, path in sorted(chosen.items())), encoding="utf-8"
    )
    fresh.replace(location)


def _private_folder(var: Path, user: ServiceUser) -> Path:
    """Make a folder of our own that the server's user may pass through and nobody but us may change."""
    remembered = _read_location(var)
    for known in (remembered.get("root"), remembered.get("socket", var).parent):
        if known and (known / MARK).is_file():
            return known
    for parent in PRIVATE_PARENTS:
        if os.access(parent, os.W_OK):
            folder = Path(tempfile.mkdtemp(prefix=PRIVATE_PREFIX, dir=parent))
            folder.chmod(0o711)
            if user.can_enter(folder):
                (folder / MARK).write_text(f"{var}\n", encoding="utf-8")
                return folder
            shutil.rmtree(folder)
    raise EmbeddedError(
        f"No folder for the database: {' and '.join(PRIVATE_PARENTS)} cannot be used. Name a server with DATABASE_URL."
    )
