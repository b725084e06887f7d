"""Exact figures: decimals, fractions and plain text, never rounded by accident. Called by pricing and selectors."""

from __future__ import annotations

from decimal import Context, Decimal, Inexact
from fractions import Fraction
from math import floor
from typing import Final

INFINITY: Final = Decimal("Infinity")
# Quantities have at most 18 places (ingestion refuses more), so a boundary cut to 18 places divides them exactly.
QUANTITY_PLACES: Final = 18
_EXACT: Final = Context(prec=400, traps=[Inexact])


def to_decimal(value: Fraction) -> Decimal:
    """Return a fraction as the decimal that equals it.

    Args:
        value: a fraction whose denominator has no other prime factors than 2 and 5.

    Raises:
        decimal.Inexact: no decimal equals it.
    """
    return _EXACT.divide(Decimal(value.numerator), Decimal(value.denominator))


def cut(value: Fraction, places: int) -> Fraction:
    """Return the largest decimal of some places at or below a value.

    Args:
        value: any fraction.
        places: digits kept behind the point.
    """
    return Fraction(floor(value * 10**places), 10**places)


def round_half_away(value: Fraction) -> int:
    """Return a value as a whole number, half away from zero, like PostgreSQL's round(numeric).

    Args:
        value: exact minor units.
    """
    whole = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return whole if value >= 0 else -whole


def plain(value: Decimal) -> str:
    """Return a decimal in plain notation without needless zeros: 0.00000012, 15, 0.

    Args:
        value: a finite decimal.
    """
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def major(exact_minor: Decimal, exponent: int) -> str:
    """Return exact minor units as plain text in major units: 12.5 cents is 0.125.

    Args:
        exact_minor: exact minor units.
        exponent: the currency's decimal places.
    """
    return plain(exact_minor.scaleb(-exponent, context=_EXACT))
