"""Compile a price to tier rows that tile the whole line, in exact minor units. Called when a price becomes active.

Every pricing model becomes rows in which the amount is `base + unit * x`, where x is `q - off`, or the number of
begun packages; so rating is one look-up, in SQL and here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from usage.enums import PricingModel
from usage.errors import InvalidPriceError
from usage.pricing.exact import INFINITY, QUANTITY_PLACES, cut, to_decimal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from usage.pricing.spec import PriceSpec

NEGATIVE_INFINITY: Final = Decimal("-Infinity")


@dataclass(frozen=True, slots=True)
class Tier:
    """For lo < q <= hi the amount is base + unit * x in minor units; x = q - off, or begun packages of `pkg` units."""

    lo: Decimal
    hi: Decimal
    off: Decimal
    base: Decimal
    unit: Decimal
    pkg: Decimal | None = None


# The row of a fee: its total already holds exact minor units.
IDENTITY: Final = (Tier(NEGATIVE_INFINITY, INFINITY, Decimal(0), Decimal(0), Decimal(1)),)


def compile_price(spec: PriceSpec, *, exponent: int) -> tuple[Tier, ...]:
    """Return the tier rows of a price.

    Args:
        spec: the checked figures, in major units.
        exponent: the currency's decimal places.

    Returns:
        Rows in rising order that tile (−inf, +inf].

    Raises:
        InvalidPriceError: the rows would leave a gap (a fault in this module, found before it costs money).
    """
    rows: Iterable[Tier] = _MODELS[spec.model](spec)
    factor = Fraction(10) ** exponent * (1 - Fraction(spec.discount_percent) / 100)
    rows = [_scaled(row, factor) for row in rows]
    if spec.minimum is not None:
        least = Fraction(spec.minimum) * 10**exponent
        rows = [part for row in rows for part in _split(row, least, below=True)]
    if spec.cap is not None:
        most = Fraction(spec.cap) * 10**exponent
        rows = [part for row in rows for part in _split(row, most, below=False)]
    tiers = tuple(rows)
    check_tiling(tiers)
    return tiers


def check_tiling(tiers: tuple[Tier, ...]) -> None:
    """Refuse rows that do not tile the line: a gap would drop a meter from the bill without a word.

    Args:
        tiers: rows in rising order.

    Raises:
        InvalidPriceError: a gap, an overlap, or an end that is missing.
    """
    edges = [NEGATIVE_INFINITY, *(tier.hi for tier in tiers)]
    if not tiers or edges[-1] != INFINITY:
        raise InvalidPriceError(message=_("The tiers of a price end at infinity."))
    for tier, lo in zip(tiers, edges, strict=False):
        if tier.lo != lo or tier.lo >= tier.hi:
            raise InvalidPriceError(message=_("The tiers of a price leave a gap."))


def _zero(included: Decimal) -> Tier:
    # Nothing is due up to here, so that exactly one row matches every quantity.
    return Tier(NEGATIVE_INFINITY, included, Decimal(0), Decimal(0), Decimal(0))


def _per_unit(spec: PriceSpec) -> Iterator[Tier]:
    if spec.allows_negative:
        yield Tier(NEGATIVE_INFINITY, INFINITY, Decimal(0), Decimal(0), spec.unit)
        return
    yield _zero(spec.included)
    yield Tier(spec.included, INFINITY, spec.included, Decimal(0), spec.unit)


def _package(spec: PriceSpec) -> Iterator[Tier]:
    yield _zero(spec.included)
    yield Tier(spec.included, INFINITY, spec.included, Decimal(0), spec.unit, spec.package_size)


def _graduated(spec: PriceSpec) -> Iterator[Tier]:
    yield _zero(spec.included)
    lo, below = Fraction(0), Fraction(0)
    start = Fraction(spec.included)
    for tier in spec.tiers:
        base = below + Fraction(tier.flat)
        bound = to_decimal(start + lo)
        if tier.up_to == INFINITY:
            yield Tier(bound, INFINITY, bound, to_decimal(base), tier.unit)
            return
        up_to = Fraction(tier.up_to)
        yield Tier(bound, to_decimal(start + up_to), bound, to_decimal(base), tier.unit)
        below = base + Fraction(tier.unit) * (up_to - lo)
        lo = up_to


def _volume(spec: PriceSpec) -> Iterator[Tier]:
    yield _zero(spec.included)
    start, lo = Fraction(spec.included), Fraction(0)
    for tier in spec.tiers:
        open_end = tier.up_to == INFINITY
        hi = INFINITY if open_end else to_decimal(start + Fraction(tier.up_to))
        yield Tier(to_decimal(start + lo), hi, spec.included, tier.flat, tier.unit)
        lo = lo if open_end else Fraction(tier.up_to)


_MODELS: Final[dict[PricingModel, Callable[[PriceSpec], Iterator[Tier]]]] = {
    PricingModel.PER_UNIT: _per_unit,
    PricingModel.PACKAGE: _package,
    PricingModel.GRADUATED: _graduated,
    PricingModel.VOLUME: _volume,
}


def _scaled(row: Tier, factor: Fraction) -> Tier:
    return replace(
        row,
        base=to_decimal(Fraction(row.base) * factor),
        unit=to_decimal(Fraction(row.unit) * factor),
    )


def _split(row: Tier, bound: Fraction, *, below: bool) -> Iterator[Tier]:
    """Yield a row whose amounts are held at or above (`below`: lifted where lower) or at or below a bound."""
    flat = replace(row, base=to_decimal(bound), unit=Decimal(0), pkg=None)
    if row.unit == 0:
        value = Fraction(row.base)
        yield row if (value >= bound if below else value <= bound) else flat
        return
    at = _crossing(row, bound)
    lower, upper = (flat, row) if below else (row, flat)
    if at <= _low(row):
        yield upper
    elif row.hi != INFINITY and at >= Fraction(row.hi):
        yield lower
    else:
        edge = to_decimal(at)
        yield replace(lower, hi=edge)
        yield replace(upper, lo=edge)


def _crossing(row: Tier, bound: Fraction) -> Fraction:
    """Return the last quantity whose amount is at or below a bound; amounts never fall within a row."""
    steps = (bound - Fraction(row.base)) / Fraction(row.unit)
    if row.pkg is not None:
        return Fraction(row.off) + floor(steps) * Fraction(row.pkg)
    return cut(Fraction(row.off) + steps, QUANTITY_PLACES)


def _low(row: Tier) -> Fraction:
    # Far below every quantity that a column or a check lets through.
    return Fraction(-(10**40)) if row.lo == NEGATIVE_INFINITY else Fraction(row.lo)
