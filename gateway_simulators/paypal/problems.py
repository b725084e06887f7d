"""PayPal's error bodies and its strict reading of bodies; the account's operations raise and call them."""

from __future__ import annotations

import re
from typing import Any, Final

Body = dict[str, Any]
Object = dict[str, Any]

# No decimals at PayPal, whatever ISO says.
WHOLE: Final = frozenset({"JPY", "HUF", "TWD"})


class Problem(Exception):
    """An answer that is an error, as PayPal words it."""

    def __init__(self, status: int, name: str, words: str, *, issue: str = "") -> None:
        self.status = status
        details = [{"issue": issue, "description": words}] if issue else []
        self.body = {"name": name, "message": words, "debug_id": "sim", "details": details}
        super().__init__(words)


def invalid(words: str, issue: str = "INVALID_PARAMETER_SYNTAX") -> Problem:
    """Return the answer to a body that does not fit its schema."""
    return Problem(400, "INVALID_REQUEST", words, issue=issue)


def impossible(issue: str, words: str) -> Problem:
    """Return the answer to what fits its schema and cannot be done."""
    return Problem(422, "UNPROCESSABLE_ENTITY", words, issue=issue)


def not_found() -> Problem:
    """Return the answer for what is not in this account."""
    words = "The specified resource does not exist."
    return Problem(404, "RESOURCE_NOT_FOUND", words, issue="INVALID_RESOURCE_ID")


def check(
    body: Body, *, required: tuple[str, ...] = (), optional: tuple[str, ...] = (), where: str = ""
) -> None:
    """Refuse unknown and missing fields.

    Args:
        body: an object of what was sent.
        required: names that must be there.
        optional: names that may be there.
        where: the path to the object, for the error.

    Raises:
        Problem: `INVALID_PARAMETER` or `MISSING_REQUIRED_PARAMETER`.
    """
    if not isinstance(body, dict):
        raise invalid(f"{where or 'body'} is no object.")
    for name in body:
        if name not in {*required, *optional}:
            raise invalid(f"Unknown field {where}/{name}.", "INVALID_PARAMETER")
    for name in required:
        if body.get(name) in {None, ""} if not isinstance(body.get(name), dict | list) else False:
            raise invalid(
                f"A required field is missing: {where}/{name}.", "MISSING_REQUIRED_PARAMETER"
            )


def whole(query: Body, name: str, most: int, default: int | None = None) -> int:
    """Read a figure of a query, 1 to a most.

    Args:
        query: of the address.
        name: of the parameter.
        most: the highest figure that is taken.
        default: when there is none; the most when None.

    Raises:
        Problem: no figure, or out of range.
    """
    text = query.get(name, str(most if default is None else default))
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise invalid(f"{name} is a figure from 1 to {most}.", "INVALID_PARAMETER_VALUE")
    return int(text)


def money(value: Any, where: str) -> tuple[str, str]:
    """Read an amount; PayPal takes a string of digits with a point, and no fractions of what has none.

    Args:
        value: `{"currency_code", "value"}`.
        where: the path to it, for the error.

    Returns:
        The figure as it was sent and the currency.
    """
    check(value, required=("currency_code", "value"), where=where)
    figure, currency = value["value"], value["currency_code"]
    if not isinstance(figure, str) or not re.fullmatch(r"\d{1,10}(\.\d{2})?", figure):
        raise invalid(f"{where}/value is no amount.")
    if not isinstance(currency, str) or not re.fullmatch("[A-Z]{3}", currency):
        raise invalid(f"{where}/currency_code is no currency.", "INVALID_CURRENCY_CODE")
    if currency in WHOLE and "." in figure:
        raise impossible("DECIMALS_NOT_SUPPORTED", "Currency does not support decimals.")
    if not figure.strip("0."):
        raise impossible("CANNOT_BE_ZERO_OR_NEGATIVE", "Must be greater than zero.")
    return figure, currency


def cents(figure: str) -> int:
    """Return an amount's figure in hundredths."""
    whole, _, part = figure.partition(".")
    return int(whole) * 100 + int(part or 0)


def figure(hundredths: int, currency: str) -> str:
    """Return hundredths as PayPal writes them."""
    if currency in WHOLE:
        return str(hundredths // 100)
    return f"{hundredths // 100}.{hundredths % 100:02d}"
