"""Start, join and stop the embedded server: who needs it first starts it, others join, the starter stops it last."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import TYPE_CHECKING, Self

from billing_platform.embedded.launch import POLL_SECONDS, start, wait_until_ready
from billing_platform.embedded.locks import FileLock
from billing_platform.embedded.pidfile import is_alive, running_pid
from billing_platform.embedded.places import Places, locate, owner_url, port, var_dir

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping, Sequence
    from types import TracebackType

STOP_SECONDS = 30.0
WAIT_FOR_USERS_SECONDS = 0.2


class Terminated(SystemExit):
    """The process was told to end (SIGTERM, SIGHUP): the server is stopped at once, whoever still uses it."""


class Lease:
    """The right to use the server while it is held.

    The lease of the process that started the server (`is_owner`) stops it when it is closed, after the others are
    gone. A server whose starter was killed is owned by who comes next.
    """

    def __init__(self, places: Places, url: str) -> None:
        self.places = places
        self.url = url
        self.is_owner = False
        self.process: subprocess.Popen[bytes] | None = None
        self._made_by = os.getpid()
        self._mutex = FileLock(places.var / "postgres.lock")
        self._owner = FileLock(places.var / "postgres.owner")
        self._users = FileLock(places.var / "postgres.users")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close(wait_for_users=not isinstance(error, KeyboardInterrupt | Terminated))

    def is_running(self) -> bool:
        """Say whether the server still lives; a killed one of our own is reaped by the question."""
        if self.process is not None and self.process.poll() is not None:
            return False
        return running_pid(self.places) is not None

    def close(self, *, wait_for_users: bool = True) -> None:
        """Give the server back; its starter stops it, once the others are done unless told not to wait for them.

        Idempotency: a closed lease, or one inherited by a forked child, does nothing.
        """
        if self._made_by != os.getpid():
            return
        if not self.is_owner:
            self._users.release()
            return
        try:
            if wait_for_users and not self._stop(even_if_used=False):
                sys.stderr.write(
                    "Another command still uses the database; it is stopped when that one ends.\n"
                )
                while not self._stop(even_if_used=False):
                    time.sleep(WAIT_FOR_USERS_SECONDS)
        finally:
            self._stop(even_if_used=True)

    def renew(self, environ: Mapping[str, str] | None = None, settings: Sequence[str] = ()) -> None:
        """Get a server again after the one of this lease was killed, by starting one or joining who was faster.

        Args:
            environ: as for `acquire`.
            settings: as for `acquire`.

        Raises:
            EmbeddedError: no server can be had.
        """
        self._owner.release()
        self._users.release()
        self.is_owner = False
        self.process = None
        self.join_or_start(os.environ if environ is None else environ, settings)

    def join_or_start(self, environ: Mapping[str, str], settings: Sequence[str]) -> None:
        """Take part in a running server or start one; `acquire` calls it once, right after it made the lease."""
        with self._mutex:
            running = running_pid(self.places) is not None
            if running and not self._owner.try_take():
                wait_until_ready(self.places, port(environ), process=None)
                self._users.take(shared=True)
                return
            if not running:
                (self.places.var / "postgres.owner").unlink(
                    missing_ok=True
                )  # the owner of a killed server keeps its old file
                self._owner.take()
                self.process = start(self.places, environ, settings)
            self.is_owner = True

    def _stop(self, *, even_if_used: bool) -> bool:
        """Stop the server and give up its ownership, unless others use it; say whether it is done with."""
        if not self.is_owner:
            return True
        with self._mutex:
            if not even_if_used and not self._users.try_take():
                return False
            self._end_process()
            self._users.release()
            self._owner.release()
            self.is_owner = False
        return True

    def _end_process(self) -> None:
        """Ask for a fast shutdown and wait; a server that does not go is told more firmly."""
        pid = self.process.pid if self.process is not None else running_pid(self.places)
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if pid is None or self._wait_gone(pid, seconds=0):
                return
            os.kill(pid, number)
            if self._wait_gone(pid, seconds=STOP_SECONDS):
                return

    def _wait_gone(self, pid: int, *, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while True:
            gone = (
                self.process.poll() is not None if self.process is not None else not is_alive(pid)
            )
            if gone or time.monotonic() >= deadline:
                return gone
            time.sleep(POLL_SECONDS)


def acquire(environ: Mapping[str, str] | None = None, settings: Sequence[str] = ()) -> Lease:
    """Return a lease on the embedded server, starting it when none runs.

    Args:
        environ: names the folder (`VAR_DIR`), the programs (`EMBEDDED_POSTGRES_BIN`) and a TCP port on loopback
            (`EMBEDDED_POSTGRES_PORT`); ours by default.
        settings: further server settings as `name=value`, used only when this call starts the server.

    Returns:
        A lease whose `url` is the owner's database URL; close it, or use it in a `with` block.

    Raises:
        EmbeddedError: no server can be had; the subclass and its message say why.

    Idempotency: any number of processes may call it at once; one starts the server and the others join it.
    """
    environ = os.environ if environ is None else environ
    lease = Lease(locate(var_dir(environ)), owner_url(environ))
    lease.join_or_start(environ, settings)
    return lease
