"""Amounts at Razorpay's border: its subunits are ISO's minor units, three decimals end in a nought."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from billing_platform.kernel.currencies import CURRENCY_CODES, exponent
from payments.gateways.errors import GatewayRejected

if TYPE_CHECKING:
    from billing_platform.kernel.money import Money

# What an amount is a multiple of, and the least, ISO minor units: https://razorpay.com/docs/api/orders/create
STEPS: Final = {code: 10 for code in CURRENCY_CODES if exponent(code) == 3}
MINIMUMS: Final = {"INR": 100, "USD": 100}


def to_razorpay(amount: Money) -> int:
    """Turn an amount into Razorpay's integer.

    Args:
        amount: more than zero, ISO minor units.

    Raises:
        GatewayRejected: not positive, or finer than Razorpay takes (`amount_invalid`).

    Source: https://razorpay.com/docs/api/orders/entity (amount).
    """
    if amount.amount_minor <= 0:
        raise GatewayRejected("amount_invalid", "The amount must be more than zero.")
    if amount.amount_minor % STEPS.get(amount.currency, 1):
        raise GatewayRejected("amount_invalid", f"{amount.currency} is finer than Razorpay takes.")
    return amount.amount_minor
