"""How the time of a run grows with the number of tenants: the exponent of the best power law through the figures."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def exponent(points: Sequence[tuple[int, float]]) -> float:
    """Return k of the power law `seconds = c × tenants^k` that fits best (least squares over the logarithms).

    Args:
        points: (tenants, seconds), at least two numbers of tenants.

    Returns:
        1.0 for a run that is linear.

    Raises:
        ValueError: fewer than two different numbers of tenants.
    """
    if len({tenants for tenants, _ in points}) < 2:
        raise ValueError("An exponent needs figures of at least two numbers of tenants.")
    xs = [math.log(tenants) for tenants, _ in points]
    ys = [math.log(seconds) for _, seconds in points]
    mean_x, mean_y = math.fsum(xs) / len(xs), math.fsum(ys) / len(ys)
    above = math.fsum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True))
    below = math.fsum((x - mean_x) ** 2 for x in xs)
    return above / below
