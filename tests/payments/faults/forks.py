"""Processes of payments that may be killed, or work at once."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

from tests.roles import set_role
from tests.usage.faults import workers

if TYPE_CHECKING:
    from collections.abc import Callable


def killed(work: Callable[[], object], marker: str) -> None:
    """Let a process do some work and die at a marker; fails when the marker is not on its way."""
    code, _ = workers.start(work, kill_at=marker).wait()
    set_role("worker")
    assert code == -signal.SIGKILL, f"{marker} was never passed"


def at_once(*works: Callable[[], Any]) -> list[tuple[int, Any]]:
    """Let processes work at the same time; returns how each ended."""
    ends = workers.together(*works)
    set_role("worker")
    return ends
