"""The one lawful rounding of money, half away from zero, and the split that loses no cent. Called by Money.

Python's ROUND_HALF_UP and PostgreSQL's round(numeric) both round half away from zero, so both sides of the house agree.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from billing_platform.kernel.errors import InvalidAmountError

if TYPE_CHECKING:
    from collections.abc import Sequence

# Enough for bigint minor units and 30 places behind them; more is a broken input, not an amount.
_PRECISION = 60
_CONTEXT = Context(prec=_PRECISION, rounding=ROUND_HALF_UP)


def round_to_minor(exact_minor: Decimal) -> int:
    """Round an exact amount to whole minor units, half away from zero.

    Args:
        exact_minor: an exact amount in minor units (cents), any sign.

    Returns:
        Whole minor units: 0.5 gives 1, −0.5 gives −1.

    Raises:
        InvalidAmountError: not finite, or far outside of what a balance can hold.
    """
    return int(round_half_away(exact_minor, places=0))


def round_half_away(value: Decimal, *, places: int) -> Decimal:
    """Round a decimal to some places, half away from zero; for figures that are shown, and for minor units.

    Args:
        value: any finite decimal below 10^30.
        places: digits kept behind the point, 0 to 20.

    Raises:
        InvalidAmountError: not finite, or 10^30 and more.
    """
    if not value.is_finite() or value.adjusted() >= _PRECISION // 2:
        raise InvalidAmountError
    return value.quantize(Decimal(1).scaleb(-places), context=_CONTEXT)


def spread(exacts: Sequence[Fraction], total: int) -> tuple[int, ...]:
    """Round several exact figures so that they add up to a given whole, by largest remainder in a stable order.

    Each figure is cut towards zero; the missing units go one by one to the figures that lost most, the earlier one
    first when two lost the same. Every sign turned gives every result turned, so a credit note undoes its invoice.

    Args:
        exacts: exact figures in minor units, any signs.
        total: what the result must add up to; at most half a unit away from the exact sum.

    Returns:
        Whole units in the order of `exacts`, each less than one unit away from its exact figure.

    Raises:
        ValueError: `total` is not the rounded sum.
    """
    if abs(sum(exacts, Fraction(0)) - total) > Fraction(1, 2):
        raise ValueError("The total must be the rounded sum of the parts.")
    parts = [int(exact) for exact in exacts]
    missing = total - sum(parts)
    step = 1 if missing >= 0 else -1
    lost = [step * (exact - part) for exact, part in zip(exacts, parts, strict=True)]
    for index in sorted(range(len(parts)), key=lambda place: (-lost[place], place))[: abs(missing)]:
        parts[index] += step
    return tuple(parts)
