"""The user that the server runs as: ourselves, or `nobody` when we are root, whom PostgreSQL refuses."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

NOBODY = 65534


@dataclass(frozen=True, slots=True)
class ServiceUser:
    """The user of the server's processes; `is_other` says that we are root and drop to it."""

    uid: int
    gid: int
    is_other: bool

    def popen_options(self) -> dict[str, Any]:
        """Return what `subprocess` needs to start a program as this user, in a folder that every user reaches."""
        options: dict[str, Any] = {"cwd": "/", "env": _clean_environment()}
        if self.is_other:
            options |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return options

    def can_enter(self, folder: Path) -> bool:
        """Say whether this user can go into a folder, asked of the system itself by trying."""
        return self._succeeds(["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)])

    def can_run(self, folder: Path) -> bool:
        """Say whether this user can start the programs of a folder, with their libraries."""
        return all(
            self._succeeds([str(folder / name), "--version"]) for name in ("postgres", "initdb")
        )

    def give(self, folder: Path) -> None:
        """Hand a folder to this user and close it for all others."""
        folder.chmod(0o700)
        if self.is_other:
            os.chown(folder, self.uid, self.gid)

    def _succeeds(self, command: list[str]) -> bool:
        try:
            answer = subprocess.run(
                command, capture_output=True, check=False, **self.popen_options()
            )
        except OSError:
            return False
        return answer.returncode == 0


def service_user() -> ServiceUser:
    """Return whom to run the server as."""
    if os.geteuid() != 0:
        return ServiceUser(uid=os.geteuid(), gid=os.getegid(), is_other=False)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:  # a bare container has no list of users; the number is the same everywhere
        return ServiceUser(uid=NOBODY, gid=NOBODY, is_other=True)
    return ServiceUser(uid=nobody.pw_uid, gid=nobody.pw_gid, is_other=True)


def _clean_environment() -> dict[str, str]:
    """Return an environment in which nothing of the caller's (PGHOST, LC_ALL, HOME) reaches the server."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC", "HOME": "/"}
