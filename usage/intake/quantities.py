"""Read quantities exactly: never through a float, never rounded. Pure; called by the readers and by metering."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from usage.intake.verdicts import BadEventError, Reason

# Ten to the eighteenth is a billion billions; sums of such values stay far inside what NUMERIC holds.
MAX_INTEGER_DIGITS = 18
MAX_DECIMALS = 18
MAX_TEXT = 64
# Within the limits by its form alone, as nearly all quantities are.
_PLAIN = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,18})?", re.ASCII)
_CANONICAL = re.compile(
    r"(?:0|-?[1-9][0-9]{0,17}|-?(?:0|[1-9][0-9]{0,17})\.[0-9]{0,17}[1-9])", re.ASCII
)
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?", re.ASCII)


def read_quantity(value: object) -> Decimal:
    """Return a quantity as it was sent, digit for digit.

    Args:
        value: a decimal string, an int or a Decimal (JSON numbers are read as these, never as floats).

    Returns:
        A finite Decimal with at most 18 integer digits and at most 18 decimals, trailing zeros not counted.

    Raises:
        BadEventError: `invalid_quantity` (not a finite number), `too_large`, `too_many_decimals`.
    """
    if isinstance(value, str) and _PLAIN.fullmatch(value):
        return Decimal(value)
    number = _to_decimal(value)
    if not number.is_finite():
        raise BadEventError(Reason.INVALID_QUANTITY)
    if number and number.adjusted() >= MAX_INTEGER_DIGITS:
        raise BadEventError(Reason.TOO_LARGE)
    if decimals(number) > MAX_DECIMALS:
        raise BadEventError(Reason.TOO_MANY_DECIMALS)
    return number


def is_canonical(value: object) -> bool:
    """Return whether a quantity is written as `plain` would write it."""
    return isinstance(value, str) and _CANONICAL.fullmatch(value) is not None


def is_plain(text: str) -> bool:
    """Return whether a text is a quantity within the limits by its form alone."""
    return _PLAIN.fullmatch(text) is not None


def decimals(number: Decimal) -> int:
    """Return how many digits after the point a finite number needs, trailing zeros left out."""
    exponent = int(number.as_tuple().exponent)
    if exponent >= -MAX_DECIMALS or not number:
        return max(0, -exponent) if number else 0
    digits = number.as_tuple().digits
    zeros = next((index for index, digit in enumerate(reversed(digits)) if digit), len(digits))
    return max(0, -exponent - zeros)


def _to_decimal(value: object) -> Decimal:
    if isinstance(value, str):
        if len(value) > MAX_TEXT or not _NUMBER.fullmatch(value):
            raise BadEventError(_refusal_of(value))
        return Decimal(value)
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    raise BadEventError(Reason.INVALID_QUANTITY)


def _refusal_of(text: str) -> Reason:
    # A number in form but beyond any size is told apart from a word, so that the sender sees what to mend.
    if not re.fullmatch(r"[+-]?[0-9.eE+-]+", text):
        return Reason.INVALID_QUANTITY
    try:
        number = Decimal(text)
    except InvalidOperation:
        return Reason.INVALID_QUANTITY
    if not number.is_finite():
        return Reason.INVALID_QUANTITY
    return Reason.TOO_LARGE if number.adjusted() >= MAX_INTEGER_DIGITS else Reason.TOO_MANY_DECIMALS
