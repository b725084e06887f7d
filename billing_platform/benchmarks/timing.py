"""The stop-watch of both sides and the figures of pairs that were taken in turn."""

from __future__ import annotations

import gc
import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Pair:
    """Seconds of the floor and of the application for the same work, taken one right after the other."""

    floor_s: float
    app_s: float

    @property
    def ratio(self) -> float:
        """The application's time as a multiple of the floor's."""
        return self.app_s / self.floor_s


@dataclass(frozen=True, slots=True)
class Pairs:
    """The pairs of one kind of work; medians, because one disturbed run must not decide."""

    taken: tuple[Pair, ...]

    @property
    def floor_s(self) -> float:
        """The floor's median seconds."""
        return statistics.median(pair.floor_s for pair in self.taken)

    @property
    def app_s(self) -> float:
        """The application's median seconds."""
        return statistics.median(pair.app_s for pair in self.taken)

    @property
    def ratio(self) -> float:
        """The ratio of the two medians."""
        return self.app_s / self.floor_s


def seconds_of(work: Callable[[], object]) -> float:
    """Run something once and return how long it took, with the garbage of before swept away first."""
    gc.collect()
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def take_pair(
    number: int,
    *,
    floor: Callable[[], object],
    app: Callable[[], object],
    settle: Callable[[], None],
) -> Pair:
    """Time both sides, the floor first in even pairs and the application first in odd ones.

    Args:
        number: which pair this is; it decides who goes first, so that neither side always meets the warmer cache.
        floor: the floor's work.
        app: the application's work.
        settle: what brings the server to rest (a checkpoint) before each of the two.
    """
    order = (("floor", floor), ("app", app))
    seconds: dict[str, float] = {}
    for side, work in order if number % 2 == 0 else order[::-1]:
        settle()
        seconds[side] = seconds_of(work)
    return Pair(floor_s=seconds["floor"], app_s=seconds["app"])
