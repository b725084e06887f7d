"""F: the one function that says what a quantity costs. The hourly job asks its SQL form, everything else this one.

Called by the hourly deduction, the estimate on the page, preview and what-if; a property test holds both forms
equal.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

from usage.pricing.exact import round_half_away

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal

    from usage.pricing.tiers import Tier

# The same rule in SQL, of a quantity and the tier `f` that it lies in. numeric's division rounds, div() and mod() do
# not, hence the count of begun packages in two terms.
AMOUNT_SQL: Final = """(f.base + f.unit * CASE WHEN f.pkg IS NULL THEN {quantity} - f.off
    ELSE div({quantity} - f.off, f.pkg) + CASE WHEN mod({quantity} - f.off, f.pkg) > 0 THEN 1 ELSE 0 END END)"""
# Of the tiers below the right one most end below the quantity, and one comparison rules them out.
TIER_SQL: Final = "{quantity} <= f.hi AND {quantity} > f.lo"
# The rule once more, for thousands of quantities at once: what is the same for all of them is worked out once per tier
# (`base - unit * off`), and tiers in which nothing is due are left out, so LEFT JOIN: what finds no tier owes nothing.
BULK_TIERS_SQL: Final = """(
    SELECT g.*, g.base = 0 AS is_plain
      FROM (SELECT f.price_id, f.lo, f.hi, f.off, f.unit, f.pkg,
                   CASE WHEN f.pkg IS NULL THEN f.base - f.unit * f.off ELSE f.base END AS base
              FROM {tiers} f WHERE {where} AND (f.base <> 0 OR f.unit <> 0)) g
    OFFSET 0)"""
_UNITS_SQL: Final = """CASE WHEN f.pkg IS NULL THEN {quantity}
    ELSE div({quantity} - f.off, f.pkg) + CASE WHEN mod({quantity} - f.off, f.pkg) > 0 THEN 1 ELSE 0 END END"""
BULK_AMOUNT_SQL: Final = f"""CASE WHEN f.is_plain THEN f.unit * {_UNITS_SQL}
    ELSE f.base + f.unit * {_UNITS_SQL} END"""


def rate(tiers: Sequence[Tier], quantity: Decimal) -> Fraction:
    """Return the exact amount of a quantity.

    Args:
        tiers: the compiled rows of a price.
        quantity: the quantity so far in the period.

    Returns:
        Exact minor units.

    Raises:
        LookupError: no row matches, which `check_tiling` makes impossible.
    """
    for tier in tiers:
        if tier.lo < quantity <= tier.hi:
            return _amount(tier, Fraction(quantity))
    raise LookupError("The tiers of this price do not tile the line.")


def due_minor(amounts: Iterable[Fraction]) -> int:
    """Return what a period owes: the exact amounts of its segments, summed and rounded once, half away from zero.

    Args:
        amounts: exact minor units, one per segment.

    Source: decision 0002.
    """
    return round_half_away(sum(amounts, Fraction(0)))


def _amount(tier: Tier, quantity: Fraction) -> Fraction:
    above = quantity - Fraction(tier.off)
    if tier.pkg is not None:
        above = Fraction(-((-above) // Fraction(tier.pkg)))
    return Fraction(tier.base) + Fraction(tier.unit) * above
