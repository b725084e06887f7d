"""Stripe's objects in our words; the gateway hands over what it fetched."""

from __future__ import annotations

from typing import Any, Final

from billing_platform.kernel.money import Money
from payments.gateways.stripe.fields import (
    flag,
    id_of,
    inner,
    moment,
    money,
    number,
    state,
    text,
    unreadable,
    words,
)
from payments.gateways.values import (
    Checkout,
    CheckoutState,
    DisputeState,
    GatewayDispute,
    GatewayPayment,
    GatewayRefund,
    MethodKind,
    Movement,
    MovementKind,
    PaymentState,
    RefundState,
    SavedMethod,
)

Found = dict[str, Any]

PAYMENT_STATES: Final = {
    "succeeded": PaymentState.SUCCEEDED,
    "processing": PaymentState.PENDING,
    "requires_capture": PaymentState.PENDING,
    "requires_action": PaymentState.REQUIRES_ACTION,
    "requires_confirmation": PaymentState.REQUIRES_ACTION,
    "requires_payment_method": PaymentState.FAILED,
    "canceled": PaymentState.CANCELED,
}
REFUND_STATES: Final = {
    "requires_action": RefundState.PENDING,
    **{one.value: one for one in RefundState},
}
CHECKOUT_STATES: Final = {one.value: one for one in CheckoutState}
# Only `won` brings money back and only an inquiry has moved none; an appeal is a dispute that goes on.
DISPUTE_STATES: Final = {
    "warning_needs_response": DisputeState.INQUIRY,
    "warning_under_review": DisputeState.INQUIRY,
    "warning_closed": DisputeState.WON,
    "prevented": DisputeState.WON,
    "needs_response": DisputeState.OPEN,
    "under_review": DisputeState.OPEN,
    "appeal_needs_response": DisputeState.OPEN,
    "appeal_under_review": DisputeState.OPEN,
    "won": DisputeState.WON,
    "lost": DisputeState.LOST,
}
MOVEMENTS: Final = {
    "charge": MovementKind.PAYMENT,
    "payment": MovementKind.PAYMENT,
    "refund": MovementKind.REFUND,
    "payment_refund": MovementKind.REFUND,
    "refund_failure": MovementKind.REFUND,
    "payment_failure_refund": MovementKind.REFUND,
    "stripe_fee": MovementKind.FEE,
    "stripe_fx_fee": MovementKind.FEE,
    "network_cost": MovementKind.FEE,
}
# The mark of a payment whose page lets the customer try again after a decline.
PAGE: Final = "page"


def is_declined_on_page(found: Found) -> bool:
    """Return whether a PaymentIntent was declined on a hosted page that may still be open.

    Args:
        found: the PaymentIntent.
    """
    flow = (inner(found, "metadata") or {}).get("flow")
    return flow == PAGE and text(found, "status") == "requires_payment_method"


def to_payment(found: Found, *, may_try_again: bool = False) -> GatewayPayment:
    """Read a PaymentIntent.

    Args:
        found: with `latest_charge.balance_transaction` expanded, if the fee is wanted.
        may_try_again: it was declined on a page that is still open.

    Raises:
        GatewayUnavailable: a field is missing or odd (`unknown_state`).
    """
    failure = inner(found, "last_payment_error") or {}
    stands = state(PAYMENT_STATES, found)
    return GatewayPayment(
        payment_id=text(found, "id"),
        state=PaymentState.REQUIRES_ACTION if may_try_again else stands,
        amount=money(found, "amount"),
        received=money(found, "amount_received"),
        reference=_reference(found),
        is_live=flag(found, "livemode"),
        failure_code=words(failure, "decline_code") or words(failure, "code"),
        fee=_fee(found),
    )


def _reference(found: Found) -> str:
    return words(inner(found, "metadata") or {}, "reference")


def _fee(found: Found) -> Money | None:
    line = inner(inner(found, "latest_charge") or {}, "balance_transaction")
    return None if line is None else money(line, "fee", is_signed=True)


def to_checkout(found: Found) -> Checkout:
    """Read a Checkout Session.

    Args:
        found: with its PaymentIntent or SetupIntent and their method expanded, unless it was just opened.

    Raises:
        GatewayUnavailable: a field is missing or odd (`unknown_state`).
    """
    stands = state(CHECKOUT_STATES, found)
    is_open = stands is CheckoutState.OPEN
    paid, setup = inner(found, "payment_intent"), inner(found, "setup_intent")
    if stands is CheckoutState.COMPLETE and paid is None and setup is None:
        raise unreadable("payment_intent")
    return Checkout(
        checkout_id=text(found, "id"),
        state=stands,
        url=text(found, "url") if is_open else "",
        reference=_reference(found),
        is_live=flag(found, "livemode"),
        # What was declined on an open page is nobody's business yet: the customer may try another card there.
        payment=None if is_open or paid is None else to_payment(paid),
        method=None if is_open else _kept(paid or setup or {}),
        expires_at=moment(found, "expires_at"),
    )


def _kept(intent: Found) -> SavedMethod | None:
    method = inner(intent, "payment_method")
    is_done = intent.get("status") in {"succeeded", "processing"}
    return to_method(method) if is_done and method and id_of(method, "customer") else None


def to_method(found: Found) -> SavedMethod | None:
    """Read a PaymentMethod; None when it is of a kind that we do not keep.

    Args:
        found: the PaymentMethod.

    Raises:
        GatewayUnavailable: a field is missing or odd (`unknown_state`).
    """
    method_id, customer_id = text(found, "id"), id_of(found, "customer")
    holder = words(inner(found, "billing_details") or {}, "name")
    kind = text(found, "type")
    face = inner(found, kind)
    if kind == "card" and face is not None:
        return SavedMethod(
            method_id,
            customer_id,
            MethodKind.CARD,
            brand=text(face, "brand"),
            last4=text(face, "last4"),
            expires=(number(face, "exp_year"), number(face, "exp_month")),
            holder=holder,
        )
    if kind in {"us_bank_account", "sepa_debit"} and face is not None:
        return SavedMethod(
            method_id,
            customer_id,
            MethodKind.BANK_ACCOUNT,
            last4=text(face, "last4"),
            holder=holder,
            bank_name=words(face, "bank_name") or words(face, "bank_code"),
        )
    return None


def to_refund(found: Found) -> GatewayRefund:
    """Read a Refund.

    Args:
        found: the Refund.

    Raises:
        GatewayUnavailable: a field is missing or odd (`unknown_state`).
    """
    return GatewayRefund(
        refund_id=text(found, "id"),
        payment_id=id_of(found, "payment_intent"),
        state=state(REFUND_STATES, found),
        amount=money(found, "amount"),
        reference=_reference(found),
        failure_code=words(found, "failure_reason"),
    )


def to_dispute(found: Found) -> GatewayDispute:
    """Read a Dispute; what was withdrawn comes from its balance transactions, not from its state.

    Args:
        found: the Dispute.

    Raises:
        GatewayUnavailable: a field is missing or odd (`unknown_state`).
    """
    amount = money(found, "amount")
    evidence = inner(found, "evidence_details") or {}
    return GatewayDispute(
        dispute_id=text(found, "id"),
        payment_id=id_of(found, "payment_intent"),
        state=state(DISPUTE_STATES, found),
        amount=amount,
        withdrawn=_withdrawn(found, amount),
        reason=text(found, "reason"),
        evidence_due_at=None if evidence.get("due_by") is None else moment(evidence, "due_by"),
    )


def _withdrawn(found: Found, amount: Money) -> Money:
    lines = found.get("balance_transactions")
    if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
        raise unreadable("balance_transactions")
    moved = [money(line, "amount", is_signed=True) for line in lines]
    if any(one.currency != amount.currency for one in moved):
        # Settled in another currency: only whether the money is gone can be told, not how much of it.
        is_gone = sum(one.amount_minor for one in moved) < 0
        return amount if is_gone else Money.zero(amount.currency)
    total = -sum(one.amount_minor for one in moved)
    return Money(max(total, 0), amount.currency)


def to_movements(found: Found) -> list[Movement]:
    """Read a balance transaction: the gross amount, and Stripe's fee as a line of its own.

    Args:
        found: with its source expanded.

    Raises:
        GatewayUnavailable: a field is missing or odd (`unknown_state`).
    """
    kind = MOVEMENTS.get(text(found, "type"), MovementKind.OTHER)
    source = inner(found, "source") or {}
    if source.get("object") == "dispute":
        kind = MovementKind.DISPUTE
    about = (
        id_of(source, "payment_intent") if kind is MovementKind.PAYMENT else id_of(found, "source")
    )
    at, fee = moment(found, "created"), money(found, "fee", is_signed=True)
    lines = [Movement(about, kind, money(found, "amount", is_signed=True), at)]
    return [*lines, Movement(about, MovementKind.FEE, -fee, at)] if fee else lines
