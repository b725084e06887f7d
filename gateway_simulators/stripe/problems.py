"""Stripe's error bodies and its strict reading of parameters; the account's operations raise and call them."""

from __future__ import annotations

import re
from typing import Any, Final

Form = dict[str, str]
Object = dict[str, Any]

# Below it Stripe takes no payment; in Stripe's units.
MINIMUM: Final = {"usd": 50, "eur": 50, "cad": 50, "aud": 50, "chf": 50, "gbp": 30, "jpy": 50}
MAXIMUM: Final = 99_999_999


class Problem(Exception):
    """An answer that is an error, as Stripe words it."""

    def __init__(
        self, status: int, message: str, kind: str = "invalid_request_error", **fields: Any
    ) -> None:
        self.status = status
        self.body = {"error": {"type": kind, "message": message, **fields}}
        super().__init__(message)


def shape(name: str) -> str:
    """Return a parameter's name without list positions and without what lies behind `metadata` and `expand`.

    Args:
        name: as it was sent, for instance `line_items[0][quantity]`.
    """
    plain = re.sub(r"\[\d*\]", "[]", name)
    return re.sub(
        r"^expand\[\].*", "expand", re.sub(r"(^|\[)metadata(\]?).*", r"\1metadata\2", plain)
    )


def check(form: Form, *, required: tuple[str, ...] = (), optional: tuple[str, ...] = ()) -> None:
    """Refuse unknown and missing parameters.

    Args:
        form: what was sent.
        required: shapes that must be there and not empty.
        optional: shapes that may be there.

    Raises:
        Problem: `parameter_unknown` or `parameter_missing`, with the parameter.
    """
    allowed = {*required, *optional, "expand"}
    for name in form:
        if shape(name) not in allowed:
            words = f"Received unknown parameter: {name}"
            raise Problem(400, words, code="parameter_unknown", param=name)
    there = {shape(name) for name, value in form.items() if value}
    for name in required:
        if name not in there:
            words = f"Missing required param: {name}."
            raise Problem(400, words, code="parameter_missing", param=name)


def positive(form: Form, name: str) -> int:
    """Read a whole number of one or more.

    Args:
        form: what was sent.
        name: of a parameter that is there.

    Raises:
        Problem: `parameter_invalid_integer`.
    """
    words = ""
    if not form[name].isdecimal():
        words = f"Invalid integer: {form[name]}"
    elif int(form[name]) < 1:
        words = "This value must be greater than or equal to 1."
    if words:
        raise Problem(400, words, code="parameter_invalid_integer", param=name)
    return int(form[name])


def price(form: Form, amount_name: str, currency_name: str) -> tuple[int, str]:
    """Read an amount that Stripe would charge.

    Args:
        form: what was sent.
        amount_name: the parameter of the amount.
        currency_name: the parameter of the currency.

    Raises:
        Problem: `parameter_invalid_integer`, `amount_too_small`, `amount_too_large`, or no currency.
    """
    amount, currency = positive(form, amount_name), form[currency_name].lower()
    if not re.fullmatch("[a-z]{3}", currency):
        raise Problem(400, f"Invalid currency: {currency}.", param=currency_name)
    if amount < MINIMUM.get(currency, 1):
        words = f"Amount must be at least {MINIMUM[currency]} {currency}."
        raise Problem(400, words, code="amount_too_small", param=amount_name)
    if amount > MAXIMUM:
        words = f"Amount must be no more than {MAXIMUM} {currency}."
        raise Problem(400, words, code="amount_too_large", param=amount_name)
    return amount, currency


def missing(noun: str, name: str, param: str = "id") -> Problem:
    """Return the answer for an object that is not in this account.

    Args:
        noun: what it would be.
        name: its id.
        param: the parameter that names it.
    """
    status = 404 if param == "id" else 400
    return Problem(status, f"No such {noun}: '{name}'", code="resource_missing", param=param)


def metadata(form: Form, within: str = "") -> dict[str, str]:
    """Read `metadata[name]` parameters.

    Args:
        form: what was sent.
        within: the parameter that holds them, or "".
    """
    start = f"{within}[metadata][" if within else "metadata["
    return {k[len(start) : -1]: v for k, v in form.items() if k.startswith(start)}
