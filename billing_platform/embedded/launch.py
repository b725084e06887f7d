"""Bring one server up as our direct child; called by the lease with the start lock held."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from billing_platform.embedded.binaries import find_binaries
from billing_platform.embedded.cluster import ensure_data, ensure_roles, reachable_binaries
from billing_platform.embedded.errors import StartFailed
from billing_platform.embedded.pidfile import disarm, is_ready, recorded_pid
from billing_platform.embedded.places import port
from billing_platform.embedded.service_user import service_user

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from billing_platform.embedded.binaries import Binaries
    from billing_platform.embedded.places import Places
    from billing_platform.embedded.service_user import ServiceUser

START_SECONDS = 60.0  # recovery after a crash may take a while on a slow disk
LEFTOVER_SECONDS = 15.0
LEFTOVER_WORDS = "pre-existing shared memory block"
POLL_SECONDS = 0.02
PR_SET_PDEATHSIG = 1  # prctl(2): the signal that a child gets when its parent dies
LOG_TAIL_LINES = 8
BASE_SETTINGS = (
    "timezone=UTC",
    "log_timezone=UTC",
    "max_connections=200",
    "unix_socket_permissions=0700",
)


@dataclass(frozen=True, slots=True)
class _Launch:
    """All that one start needs to know."""

    binaries: Binaries
    places: Places
    user: ServiceUser
    environ: Mapping[str, str]
    settings: Sequence[str]

    @property
    def port(self) -> int:
        return port(self.environ)

    def options(self) -> list[str]:
        listen = "127.0.0.1" if self.environ.get("EMBEDDED_POSTGRES_PORT") else ""
        settings = (f"listen_addresses={listen}", *BASE_SETTINGS, *self.settings)
        options = ["-D", str(self.places.data), "-k", str(self.places.socket), "-p", str(self.port)]
        return options + [part for setting in settings for part in ("-c", setting)]


def start(
    places: Places, environ: Mapping[str, str], settings: Sequence[str]
) -> subprocess.Popen[bytes]:
    """Start the server and wait until it takes connections and has its roles.

    Args:
        places: its folders; the caller has made sure that no server uses them.
        environ: names the programs, the port and the roles' passwords.
        settings: further server settings as `name=value`.

    Returns:
        The running server, our direct child.

    Raises:
        EmbeddedError: it cannot be started; the subclass and its message say why.
    """
    user = service_user()
    binaries = reachable_binaries(find_binaries(environ), places, user)
    ensure_data(binaries, places, user)
    _clear_socket(places, user)
    launch = _Launch(binaries, places, user, environ, settings)
    deadline = time.monotonic() + LEFTOVER_SECONDS
    while True:
        disarm(places)
        try:
            return _spawn_ready(launch)
        except StartFailed as error:
            if LEFTOVER_WORDS not in str(error) or time.monotonic() > deadline:
                raise
        time.sleep(POLL_SECONDS * 10)  # the processes of a killed server end within a moment


def wait_until_ready(places: Places, number: int, process: subprocess.Popen[bytes] | None) -> None:
    """Wait for the server on a port number to take connections.

    Raises:
        StartFailed: it ended or did not come up in time; the message carries the end of its log.
    """
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        own = process is None or recorded_pid(places) == process.pid
        if own and is_ready(places, number):
            return
        if process is not None and process.poll() is not None:
            break
        time.sleep(POLL_SECONDS)
    raise StartFailed(
        f"PostgreSQL did not start. The end of {places.log}:\n{_log_tail(places.log)}"
    )


def _clear_socket(places: Places, user: ServiceUser) -> None:
    """Make the socket's folder and remove what a killed server left in it."""
    places.socket.mkdir(exist_ok=True)
    user.give(places.socket)
    for left in places.socket.glob(".s.PGSQL.*"):
        left.unlink()


def _spawn_ready(launch: _Launch) -> subprocess.Popen[bytes]:
    process = _spawn(launch)
    try:
        wait_until_ready(launch.places, launch.port, process)
        ensure_roles(launch.binaries, launch.places, launch.port, launch.environ)
    except BaseException:
        process.kill()
        process.wait()
        raise
    return process


def _spawn(launch: _Launch) -> subprocess.Popen[bytes]:
    """Start postgres out of reach of the terminal's Ctrl-C."""
    follows_parent = (
        sys.platform == "linux" and threading.current_thread() is threading.main_thread()
    )
    with launch.places.log.open("ab") as log:
        return subprocess.Popen(
            [launch.binaries.bin / "postgres", *launch.options()],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=_die_with_parent if follows_parent else None,  # noqa: PLW1509 - one prctl call
            **launch.user.popen_options(),
        )


def _die_with_parent() -> None:
    """Ask the kernel for a fast shutdown of this server when its starter is killed.

    Runs in the child after it dropped its user. The kernel means the parent's thread, so only a main thread may ask.
    """
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def _log_tail(log: Path) -> str:
    return (
        "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_TAIL_LINES:])
        if log.exists()
        else "(no log)"
    )
