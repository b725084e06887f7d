"""Amounts at Stripe's border: its integer units are not ISO's minor units for every currency."""

from __future__ import annotations

from typing import Final

from billing_platform.kernel.currencies import CURRENCY_CODES, exponent
from billing_platform.kernel.money import Money
from payments.gateways.errors import GatewayRejected

# ISO has no decimals for them, Stripe counts two that must be 00.
HUNDREDFOLD: Final = frozenset({"ISK", "UGX"})
# ISO has two decimals, Stripe counts whole units.
WHOLE_UNITS: Final = frozenset({"MGA"})
# What an amount is a multiple of, ISO minor units: the third decimal is a nought.
STEPS: Final = {
    **dict.fromkeys(WHOLE_UNITS, 100),
    **{code: 10 for code in CURRENCY_CODES if exponent(code) == 3},
}
# The least of a charge, ISO minor units; `amount_too_small` has the last word, since the account's own currency counts:
# https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
MINIMUMS: Final = {
    **dict.fromkeys(("USD", "AUD", "BRL", "CAD", "CHF", "EUR", "INR", "NZD", "SGD"), 50),
    **dict.fromkeys(("AED", "MYR", "PLN", "RON"), 200),
    "GBP": 30,
    "DKK": 250,
    "NOK": 300,
    "SEK": 300,
    "HKD": 400,
    "MXN": 1000,
    "THB": 1000,
    "CZK": 1500,
    "HUF": 17500,
    "JPY": 50,
}


def to_stripe(amount: Money) -> int:
    """Turn an amount into Stripe's integer.

    Args:
        amount: more than zero, ISO minor units.

    Returns:
        Stripe's integer units of the same currency.

    Raises:
        GatewayRejected: not positive, or finer than Stripe takes (`amount_invalid`).

    Source: https://docs.stripe.com/currencies (zero-decimal, three-decimal, special cases).
    """
    minor = amount.amount_minor
    if minor <= 0:
        raise GatewayRejected("amount_invalid", "The amount must be more than zero.")
    if amount.currency in HUNDREDFOLD:
        return minor * 100
    if minor % STEPS.get(amount.currency, 1):
        raise GatewayRejected("amount_invalid", f"{amount.currency} is finer than Stripe takes.")
    return minor // 100 if amount.currency in WHOLE_UNITS else minor


def from_stripe(units: int, currency: str) -> Money:
    """Turn Stripe's integer into an amount.

    Args:
        units: Stripe's integer units, any sign.
        currency: Stripe's word, in lower case.

    Returns:
        The amount in ISO minor units.

    Raises:
        GatewayRejected: a fraction that the currency does not have (`amount_invalid`).
        UnknownCurrencyError: not on ISO's list; `fields.money` makes both an answer that cannot be trusted.
    """
    code = currency.upper()
    if has_fraction(units, currency):
        raise GatewayRejected("amount_invalid", f"{code} has no fractions.")
    if code in HUNDREDFOLD:
        return Money(units // 100, code)
    return Money(units * 100 if code in WHOLE_UNITS else units, code)


def has_fraction(units: int, currency: str) -> bool:
    """Return whether an integer of Stripe's is finer than its currency.

    Args:
        units: Stripe's integer units.
        currency: Stripe's word.
    """
    return currency.upper() in HUNDREDFOLD and units % 100 != 0
