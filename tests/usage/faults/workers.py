"""Real worker processes that share a database: forked, so that each has its own connection and may be killed."""

from __future__ import annotations

import json
import os
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection, connections

from billing_platform.kernel.markers import VARIABLE
from tests.roles import set_role
from tests.sessions import other_sessions, wait_until_only

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass
class Worker:
    """A running process; `wait` returns how it ended.

    Attributes:
        pid: its number.
        pipe: what its work returned comes out here.
        beside: of one that is to be killed, the database's other sessions when it began.
    """

    pid: int
    pipe: int
    beside: set[int] | None = None

    def wait(self) -> tuple[int, Any]:
        """Return the exit code (negative: killed by that signal) and what the work returned."""
        with os.fdopen(self.pipe) as answers:
            text = answers.read()
        _, status = os.waitpid(self.pid, 0)
        code = os.waitstatus_to_exitcode(status)
        if self.beside is not None and code < 0:
            wait_until_only(self.beside)
        return code, json.loads(text) if text else None


def start(work: Callable[[], Any], *, kill_at: str = "") -> Worker:
    """Run work in a process of its own, as worker; it dies by SIGKILL at a marker when told so."""
    beside = other_sessions() if kill_at else None
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return Worker(pid, reading, beside)
    code = 1
    try:
        os.close(reading)
        _leave_sessions()
        os.environ[VARIABLE] = kill_at
        set_role("worker")
        os.write(writing, json.dumps(work()).encode())
        connection.close()
        code = 0
    except BaseException:
        # The process ends below without the interpreter's own report.
        traceback.print_exc()
        raise
    finally:
        os._exit(code)


def _leave_sessions() -> None:
    """Leave the open sessions to the process that opened them: whoever is forked says nothing on their sockets."""
    for one in connections.all(initialized_only=True):
        # psycopg2 ends a session only in the process that began it.
        one.connection = None


def together(*works: Callable[[], Any]) -> list[tuple[int, Any]]:
    """Run works at the same time and return how each ended."""
    return [worker.wait() for worker in [start(work) for work in works]]
