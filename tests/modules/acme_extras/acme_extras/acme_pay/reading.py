"""Read Acme Pay's answers into our words; what does not read is an unknown state, never a guess."""

from datetime import UTC, datetime
from typing import Any

from billing_platform.kernel.money import Money
from payments.gateways.values import (
    Checkout,
    CheckoutState,
    GatewayEvent,
    GatewayPayment,
    GatewayRefund,
    Movement,
    MovementKind,
    PaymentState,
    RefundState,
    Topic,
)


def payment_of(found: dict[str, Any]) -> GatewayPayment:
    """Read a payment."""
    amount = Money(found["amount"], found["currency"])
    is_paid = found["state"] == "paid"
    return GatewayPayment(
        payment_id=found["id"],
        state=PaymentState.SUCCEEDED if is_paid else PaymentState(found["state"]),
        amount=amount,
        received=amount if is_paid else Money.zero(amount.currency),
        reference=found["reference"],
        is_live=found["live"],
        failure_code=found.get("failure", ""),
    )


def checkout_of(found: dict[str, Any]) -> Checkout:
    """Read a hosted page."""
    state = CheckoutState(found["state"])
    return Checkout(
        checkout_id=found["id"],
        state=state,
        url=found["url"] if state is CheckoutState.OPEN else "",
        reference=found["reference"],
        is_live=found["live"],
        payment=payment_of(found["payment"]) if found["payment"] else None,
    )


def refund_of(found: dict[str, Any]) -> GatewayRefund:
    """Read a refund."""
    return GatewayRefund(
        refund_id=found["id"],
        payment_id=found["payment"],
        state=RefundState(found["state"]),
        amount=Money(found["amount"], found["currency"]),
        reference=found["reference"],
        failure_code="",
    )


def event_of(found: dict[str, Any]) -> GatewayEvent:
    """Read an event."""
    return GatewayEvent(
        event_id=found["id"],
        kind=found["kind"],
        topic=Topic(found["kind"].partition(".")[0]),
        object_id=found["object"],
        account_id=found["account"],
        is_live=found["live"],
        created_at=datetime.fromtimestamp(found["at"], UTC),
    )


def movement_of(found: dict[str, Any]) -> Movement:
    """Read a line of the books."""
    return Movement(
        object_id=found["object"],
        kind=MovementKind(found["kind"]),
        amount=Money(found["amount"], found["currency"]),
        at=datetime.fromtimestamp(found["at"], UTC),
    )
