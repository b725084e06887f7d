"""Stripe's disputes and the lines of its books in our words; the gateway hands over what it fetched."""

from __future__ import annotations

from typing import Any, Final

from billing_platform.kernel.money import Money
from payments.gateways.stripe.fields import id_of, inner, moment, money, state, text, unreadable
from payments.gateways.values import DisputeState, GatewayDispute, Movement, MovementKind

Found = dict[str, Any]

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
# Why a bank sends a debit back after it had succeeded; Stripe tells it as a dispute that is lost from the beginning:
# https://docs.stripe.com/payments/ach-direct-debit#disputed-payments
RETURNS: Final = frozenset(
    {
        "bank_cannot_process",
        "customer_initiated",
        "debit_not_authorized",
        "incorrect_account_details",
        "insufficient_funds",
    }
)
WITH_PAYMENT: Final = {"expand": ["payment_intent"]}
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
        fee=_fee(found, amount),
        is_return=text(found, "reason") in RETURNS,
        method_id=id_of(inner(found, "payment_intent") or {}, "payment_method"),
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


def _fee(found: Found, amount: Money) -> Money | None:
    """Return what Stripe keeps for a dispute, by the lines that `_withdrawn` has looked at."""
    kept = [money(line, "fee", is_signed=True) for line in found["balance_transactions"]]
    if any(one.currency != amount.currency for one in kept):
        return None
    return Money(max(sum(one.amount_minor for one in kept), 0), amount.currency)


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
    kept = MovementKind.DISPUTE_FEE if kind is MovementKind.DISPUTE else MovementKind.FEE
    return [*lines, Movement(about, kept, -fee, at)] if fee else lines
