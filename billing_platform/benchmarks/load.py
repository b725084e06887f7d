"""Offer calls at a rate that does not wait for the answers, as senders out in the world do."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SENDERS = 16


@dataclass(frozen=True, slots=True)
class Latencies:
    """How long calls took, each from the moment at which it was due.

    Attributes:
        rate: calls a second; offered, or reached by calls in turn.
        seconds: of all of them, sorted.
    """

    rate: float
    seconds: tuple[float, ...]

    def percentile_ms(self, part: float) -> float:
        """Return the milliseconds that this part of the calls did not exceed.

        Args:
            part: above 0 and at most 1.
        """
        place = max(0, -int(-part * len(self.seconds) // 1) - 1)
        return round(self.seconds[place] * 1000, 2)


def offer(*, rate: float, calls: Sequence[Callable[[], object]]) -> Latencies:
    """Make calls at fixed moments; one that had to wait for a free sender has waited all the same.

    Args:
        rate: calls a second.
        calls: what is sent, in turn; what one raises ends the measurement.
    """
    numbers, started = iter(range(len(calls))), time.perf_counter()

    def work() -> list[float]:
        taken = []
        for number in numbers:  # each is taken by one sender
            due = started + number / rate
            time.sleep(max(0.0, due - time.perf_counter()))
            calls[number]()
            taken.append(time.perf_counter() - due)
        return taken

    with ThreadPoolExecutor(SENDERS) as pool:
        parts = [pool.submit(work) for _ in range(SENDERS)]
    found = [one for part in parts for one in part.result()]
    return Latencies(rate, tuple(sorted(found)))


def in_turn(*, calls: Sequence[Callable[[], object]]) -> Latencies:
    """Make calls one after the other, as fast as they are answered.

    Args:
        calls: at least one.
    """
    taken, started = [], time.perf_counter()
    for call in calls:
        before = time.perf_counter()
        call()
        taken.append(time.perf_counter() - before)
    return Latencies(len(taken) / (time.perf_counter() - started), tuple(sorted(taken)))
