"""Amounts at PayPal's border: strings of digits with a point, and no fractions of forint, yen and Taiwan dollar."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final

from billing_platform.kernel.currencies import exponent, minor_factor
from billing_platform.kernel.money import Money
from payments.gateways.errors import GatewayRejected

# https://developer.paypal.com/reference/currency-codes
CURRENCIES: Final = frozenset(
    [
        "AUD",
        "BRL",
        "CAD",
        "CHF",
        "CNY",
        "CZK",
        "DKK",
        "EUR",
        "GBP",
        "HKD",
        "HUF",
        "ILS",
        "JPY",
        "MXN",
        "MYR",
        "NOK",
        "NZD",
        "PHP",
        "PLN",
        "SEK",
        "SGD",
        "THB",
        "TWD",
        "USD",
    ]
)
# No decimals there, whatever ISO says.
WHOLE: Final = frozenset({"HUF", "JPY", "TWD"})
# What an amount is a multiple of, ISO minor units.
STEPS: Final = {code: minor_factor(code) for code in WHOLE if exponent(code)}


def to_paypal(amount: Money) -> dict[str, str]:
    """Turn an amount into PayPal's object.

    Args:
        amount: more than zero, ISO minor units.

    Raises:
        GatewayRejected: not positive, of three decimals, or finer than PayPal takes (`amount_invalid`).
    """
    decimals = exponent(amount.currency)
    if amount.amount_minor <= 0 or decimals > 2:
        raise GatewayRejected("amount_invalid", f"PayPal does not take {amount}.")
    major = amount.to_major()
    if amount.currency in WHOLE or decimals == 0:
        if amount.amount_minor % STEPS.get(amount.currency, 1):
            raise GatewayRejected(
                "amount_invalid", f"{amount.currency} has no fractions at PayPal."
            )
        return {"currency_code": amount.currency, "value": str(int(major))}
    return {"currency_code": amount.currency, "value": f"{major:.2f}"}


def from_paypal(found: Any) -> Money:
    """Turn PayPal's object into an amount.

    Args:
        found: `{"currency_code", "value"}`; the value may be below zero in its books.

    Raises:
        ValueError: no amount.
        UnknownCurrencyError: not on ISO's list.
    """
    value, currency = found["value"], found["currency_code"]
    if not isinstance(value, str) or not re.fullmatch(r"-?\d{1,12}(\.\d{1,2})?", value):
        raise ValueError("no amount")
    return Money.from_major(Decimal(value), currency)
