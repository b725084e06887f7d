"""Amounts at Razorpay's border: its subunits are ISO's minor units, three decimals end in a nought."""

from __future__ import annotations

from typing import TYPE_CHECKING

from billing_platform.kernel.currencies import exponent
from payments.gateways.errors import GatewayRejected

if TYPE_CHECKING:
    from billing_platform.kernel.money import Money


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
    if exponent(amount.currency) == 3 and amount.amount_minor % 10:
        raise GatewayRejected("amount_invalid", f"{amount.currency} is finer than Razorpay takes.")
    return amount.amount_minor
