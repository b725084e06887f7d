"""Threads and killed processes on a database that commits, for the tests of races."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from django.db import connections

from tests.roles import set_role
from tests.sessions import other_sessions, wait_until_only

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.roles import Role

T = TypeVar("T")
A = TypeVar("A")


@dataclass
class HandClock:
    """A clock that stands still until a test moves it."""

    at: datetime = datetime(2026, 11, 20, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **by: int) -> datetime:
        self.at += timedelta(**by)
        return self.at


def in_threads(work: Callable[[A], T], arguments: Iterable[A], *, role: Role = "worker") -> list[T]:
    """Run work in one thread per argument, each with a connection of its own, and return the results."""

    def run(argument: A) -> T:
        set_role(role)
        try:
            return work(argument)
        finally:
            connections.close_all()

    items = list(arguments)
    with ThreadPoolExecutor(max_workers=len(items)) as pool:
        return list(pool.map(run, items))


def in_killed_process(work: Callable[[], object], *, role: Role = "worker") -> None:
    """Run work in a process that must end by kill -9 of itself (`die`)."""
    beside = other_sessions()
    connections.close_all()
    child = os.fork()
    if child == 0:
        set_role(role)
        work()
        os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "the process was not killed: the marker was never reached"
    assert os.WTERMSIG(status) == signal.SIGKILL
    wait_until_only(beside)


def die() -> None:
    """End this process at once, as the kernel's out-of-memory killer would."""
    os.kill(os.getpid(), signal.SIGKILL)
