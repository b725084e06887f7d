"""How often Python looks for garbage that points to itself: seldom, since what a process loads or reads is none."""

from __future__ import annotations

import gc


def collect_seldom() -> None:
    """Look after each 50,000 new objects and not after 700.

    A batch of 1,000 events makes tens of thousands of objects, and the migrations' models hundreds of thousands: to
    look through them each time costs a tenth of the time of either.
    """
    gc.set_threshold(50_000, 20, 20)
