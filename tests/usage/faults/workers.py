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

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass
class Worker:
    """A running process; `wait` returns how it ended."""

    pid: int
    pipe: int

    def wait(self) -> tuple[int, Any]:
        """Return the exit code (negative: killed by that signal) and what the work returned."""
        with os.fdopen(self.pipe) as answers:
            text = answers.read()
        _, status = os.waitpid(self.pid, 0)
        return os.waitstatus_to_exitcode(status), json.loads(text) if text else None


def start(work: Callable[[], Any], *, kill_at: str = "") -> Worker:
    """Run work in a process of its own, as worker; it dies by SIGKILL at a marker when told so."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return Worker(pid, reading)
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
