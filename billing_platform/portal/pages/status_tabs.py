"""Tabs of a list by status, each with how many stand there."""

from __future__ import annotations

from dataclasses import dataclass

from billing_platform.kernel.caps import COUNT_CAP
from billing_platform.portal.formats import format_count


@dataclass(frozen=True, slots=True)
class StatusTab:
    """A status with how many stand there; `count` in words."""

    label: str
    url: str
    count: str
    is_current: bool


def counted(count: int, *, most: int = COUNT_CAP, is_capped: bool = False) -> str:
    """Return a count in words: with a plus where there are more.

    Args:
        count: how many were counted.
        most: the cap; more are never said.
        is_capped: counting ended before all were seen.
    """
    shown = format_count(min(count, most))
    return f"{shown}+" if is_capped or count > most else shown
