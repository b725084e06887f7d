"""What happens by itself after a while: who waits, and who is due."""

from __future__ import annotations

from typing import Any


def take_due(waiting: list[list[Any]], now: int) -> list[str]:
    """Return the ids whose time has come, and leave the others waiting.

    Args:
        waiting: when, in seconds, and whose id; shortened in place.
        now: the clock's seconds.
    """
    due = [name for at, name in waiting if at <= now]
    waiting[:] = [one for one in waiting if one[1] not in due]
    return due
