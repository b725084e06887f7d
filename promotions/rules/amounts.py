"""What a benefit comes to, and which share of it a refund takes back. Pure; always rounded down."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal


def worth(
    amount_minor: int, *, fixed_minor: int | None, percent: Decimal | None, cap_minor: int | None
) -> int:
    """Return what a benefit comes to for a top-up, in minor units.

    Args:
        amount_minor: of the top-up, above 0.
        fixed_minor: of a fixed benefit, else None.
        percent: of a benefit in percent, else None.
        cap_minor: the most that it comes to; None for no cap.
    """
    if percent is None:
        return fixed_minor or 0
    exact = int(amount_minor * Fraction(percent) / 100)
    return exact if cap_minor is None else min(exact, cap_minor)


def least_amount(percent: Decimal) -> int:
    """Return the least amount of which a percentage is not rounded down to nothing, in minor units.

    Args:
        percent: above 0.
    """
    return math.ceil(100 / Fraction(percent))


def share_taken(granted_minor: int, *, refunded_minor: int, paid_minor: int) -> int:
    """Return how much of what was granted goes with what was refunded, in minor units.

    Rounding down leaves the odd cent with the client until all is refunded, and then nothing is left over.

    Args:
        granted_minor: the whole bonus or discount.
        refunded_minor: of all refunds of the payment together.
        paid_minor: what was paid, above 0.

    Source: decision 0023.
    """
    return granted_minor * min(refunded_minor, paid_minor) // paid_minor
