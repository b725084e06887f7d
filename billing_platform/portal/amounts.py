"""Amounts that people type: as their language writes them, and where that is not meant, as it can only be meant."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from babel.numbers import NumberFormatError, parse_decimal
from django.utils.translation import get_language

_SHAPE: Final = re.compile(r"[-+]?[0-9.,]*[0-9]")
_LENGTH_MAX: Final = 20
_MAGNITUDE_MAX: Final = 15


def amount_of(text: str) -> Decimal | None:
    """Return an amount typed by a person, or None where it is none.

    `1,234` is a thousand and more in English, and one and a bit in German; `12,50` is the same in both.

    Args:
        text: with or without signs between thousands, with a point or a comma before the decimals.
    """
    typed = text.strip()
    if len(typed) > _LENGTH_MAX or not _SHAPE.fullmatch(typed):
        return None
    amount = _read(typed.removeprefix("+"))
    fits = amount is not None and amount.adjusted() < _MAGNITUDE_MAX
    return amount if fits else None


def _read(typed: str) -> Decimal | None:
    try:
        return parse_decimal(typed, locale=get_language() or "en", strict=True)
    except NumberFormatError:
        whole, sign, rest = typed.rpartition(max(",.", key=typed.rfind))
    other = "," if sign == "." else "."
    # One sign of a kind stands before the decimals; the other kind may stand between thousands.
    if sign in whole or not rest.isdecimal():
        return None
    digits = whole.replace(other, "")
    return Decimal(f"{digits or '0'}.{rest}") if digits != "-" else Decimal(f"-0.{rest}")
