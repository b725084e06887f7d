"""Read PayPal's answers into our words; what does not read is an unknown state, never a guess."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from billing_platform.kernel.money import Money
from payments.gateways.answers import text_of
from payments.gateways.methods import MethodKind, PaidWith, SavedMethod
from payments.gateways.paypal.amounts import from_paypal
from payments.gateways.values import (
    Checkout,
    CheckoutState,
    DisputeState,
    GatewayDispute,
    GatewayPayment,
    GatewayRefund,
    Movement,
    MovementKind,
    PaymentState,
    RefundState,
)

Found = dict[str, Any]

CAPTURE_STATES: Final = {
    "PENDING": PaymentState.PENDING,
    "COMPLETED": PaymentState.SUCCEEDED,
    "PARTIALLY_REFUNDED": PaymentState.SUCCEEDED,
    "REFUNDED": PaymentState.SUCCEEDED,
    "DECLINED": PaymentState.FAILED,
    "FAILED": PaymentState.FAILED,
}
RANKS: Final = {PaymentState.SUCCEEDED: 0, PaymentState.PENDING: 1}
REFUND_STATES: Final = {
    "PENDING": RefundState.PENDING,
    "COMPLETED": RefundState.SUCCEEDED,
    "FAILED": RefundState.FAILED,
    "CANCELLED": RefundState.CANCELED,
}
ORDER_STATES: Final = {
    "CREATED": CheckoutState.OPEN,
    "SAVED": CheckoutState.OPEN,
    "APPROVED": CheckoutState.OPEN,
    "PAYER_ACTION_REQUIRED": CheckoutState.OPEN,
    "VOIDED": CheckoutState.EXPIRED,
    "COMPLETED": CheckoutState.COMPLETE,
}
# T00xx payments, T0106 what a dispute costs, T11xx reversals and refunds, T12xx adjustments for disputes:
# https://developer.paypal.com/docs/transaction-search/transaction-event-codes/
MOVEMENTS: Final = (
    ("T00", MovementKind.PAYMENT),
    ("T0106", MovementKind.DISPUTE_FEE),
    ("T11", MovementKind.REFUND),
    ("T12", MovementKind.DISPUTE),
)
# Lines that are denied or still pending: https://developer.paypal.com/docs/api/transaction-search/v1/
UNMOVED: Final = frozenset({"D", "P"})
# Of the reasons why money of a dispute moves, those that are PayPal's own price:
# https://developer.paypal.com/api/customer-disputes/v1/definitions/money_movement_reason
FEES: Final = frozenset({"DISPUTE_FEE", "CHARGEBACK_FEE", "DISPUTE_SETTLEMENT_FEE"})
# Each way in which a dispute ends; with protection PayPal has paid, and one without a decision has taken nothing:
# https://developer.paypal.com/docs/api/customer-disputes/v1/#definition-dispute_outcome
OUTCOMES: Final = {
    "RESOLVED_BUYER_FAVOUR": DisputeState.LOST,
    "ACCEPTED": DisputeState.LOST,
    "RESOLVED_SELLER_FAVOUR": DisputeState.WON,
    "RESOLVED_WITH_PAYOUT": DisputeState.WON,
    "CANCELED_BY_BUYER": DisputeState.WON,
    "DENIED": DisputeState.WON,
    "NONE": DisputeState.WON,
}
# A setup page's id beside an order's; PayPal tells them apart by their address only.
SETUP: Final = "setup:"


def payment_of(found: Found, *, is_live: bool) -> GatewayPayment:
    """Read a capture.

    Args:
        found: the resource.
        is_live: of the credentials.
    """
    state = CAPTURE_STATES[found["status"]]
    amount = from_paypal(found["amount"])
    fee = (found.get("seller_receivable_breakdown") or {}).get("paypal_fee")
    reason = (found.get("status_details") or {}).get("reason", "")
    return GatewayPayment(
        payment_id=text_of(found["id"]),
        state=state,
        amount=amount,
        received=amount if state is PaymentState.SUCCEEDED else Money.zero(amount.currency),
        reference=found.get("custom_id") or "",
        is_live=is_live,
        failure_code=str(reason).lower() if state is PaymentState.FAILED else "",
        fee=from_paypal(fee) if fee else None,
    )


def checkout_of(found: Found, *, is_live: bool) -> Checkout:
    """Read an order.

    Args:
        found: the resource.
        is_live: of the credentials.
    """
    state = ORDER_STATES[found["status"]]
    unit = found["purchase_units"][0]
    captures = (unit.get("payments") or {}).get("captures") or []
    source = (found.get("payment_source") or {}).get("paypal") or {}
    vault = (source.get("attributes") or {}).get("vault") or {}
    payments = [payment_of(one, is_live=is_live) for one in captures]
    # Of several the one that took the money counts, then one that still may.
    payments.sort(key=lambda one: RANKS.get(one.state, len(RANKS)))
    payment = payments[0] if payments else None
    if payment is not None and source.get("email_address"):
        # A capture by itself does not say who paid it.
        used = PaidWith(MethodKind.AGREEMENT, name=text_of(source["email_address"]))
        payment = replace(payment, paid_with=used)
    return Checkout(
        checkout_id=text_of(found["id"]),
        state=state,
        url=_link(found, "payer-action", "approve") if state is CheckoutState.OPEN else "",
        reference=unit.get("custom_id") or "",
        is_live=is_live,
        payment=payment,
        method=_vaulted(vault, source) if vault.get("status") == "VAULTED" else None,
    )


def setup_of(
    found: Found, *, reference: str, is_live: bool, method: SavedMethod | None
) -> Checkout:
    """Read a setup token.

    Args:
        found: the resource.
        reference: PayPal keeps none of ours.
        is_live: of the credentials.
        method: what was kept of it, or None.
    """
    is_open = found["status"] in {"PAYER_ACTION_REQUIRED", "CREATED", "APPROVED"}
    state = CheckoutState.OPEN if is_open else CheckoutState.COMPLETE
    return Checkout(
        checkout_id=f"{SETUP}{text_of(found['id'])}",
        state=CheckoutState.COMPLETE if method else state,
        url=_link(found, "approve") if found["status"] == "PAYER_ACTION_REQUIRED" else "",
        reference=reference,
        is_live=is_live,
        method=method,
    )


def method_of(found: Found) -> SavedMethod:
    """Read a payment token: the agreement that a payer knows by their e-mail address."""
    source = found["payment_source"]["paypal"]
    return SavedMethod(
        method_id=text_of(found["id"]),
        customer_id=text_of(found["customer"]["id"]),
        kind=MethodKind.AGREEMENT,
        payer=source.get("email_address") or "",
        number=text_of(found["id"]),
    )


def refund_of(found: Found) -> GatewayRefund:
    """Read a refund; its payment stands in its links only."""
    state = REFUND_STATES[found["status"]]
    return GatewayRefund(
        refund_id=text_of(found["id"]),
        payment_id=text_of(_link(found, "up").rpartition("/")[2]),
        state=state,
        amount=from_paypal(found["amount"]),
        reference=found.get("custom_id") or "",
        failure_code="failed" if state is RefundState.FAILED else "",
    )


def dispute_of(found: Found) -> GatewayDispute:
    """Read a dispute; while it is open its money is held, unless it is an inquiry.

    How it ended is PayPal's word, and what the seller has lost by it is what moved: `amount_refunded` is also said of
    what PayPal paid itself.

    Source: https://developer.paypal.com/api/customer-disputes/v1/definitions/fund_movement_list
    """
    amount = from_paypal(found["dispute_amount"])
    nothing = Money.zero(amount.currency)
    state, withdrawn, is_lost = DisputeState.OPEN, amount, False
    if found["status"] == "RESOLVED":
        state, withdrawn = _outcome(found, amount)
        is_lost = OUTCOMES[found["dispute_outcome"]["outcome_code"]] is DisputeState.LOST
    elif found["dispute_life_cycle_stage"] == "INQUIRY":
        state, withdrawn = DisputeState.INQUIRY, nothing
    until = found.get("seller_response_due_date")
    return GatewayDispute(
        dispute_id=text_of(found["dispute_id"]),
        payment_id=text_of(found["disputed_transactions"][0]["seller_transaction_id"]),
        state=state,
        amount=amount,
        withdrawn=withdrawn,
        reason=found["reason"],
        evidence_due_at=datetime.fromisoformat(until) if until else None,
        fee=_dispute_fee(found, amount.currency),
        # Lost, and nothing of ours by what is told until now: a movement may be told later.
        is_awaited=is_lost and not withdrawn,
    )


def _outcome(found: Found, amount: Money) -> tuple[DisputeState, Money]:
    """Return how a dispute ended, and what has left the seller for it."""
    outcome = found["dispute_outcome"]
    state = OUTCOMES[outcome["outcome_code"]]
    gone = _lost(found, amount)
    if gone is None:
        given = outcome.get("amount_refunded")
        gone = Money.zero(amount.currency)
        if state is DisputeState.LOST:
            gone = from_paypal(given) if given else amount
    # Lost to somebody else: PayPal itself has paid.
    return state if gone else DisputeState.WON, gone


def _lost(found: Found, amount: Money) -> Money | None:
    """Return what moved away from the seller without fees, None when PayPal tells of no movement but fees."""
    moved = [one for one in found.get("fund_movements") or [] if one["reason"] not in FEES]
    if not moved:
        # A fee is taken when the dispute begins, and says nothing of its end.
        return None
    left = [_signed(one) for one in moved if _is_sellers(one)]
    if any(one.currency != amount.currency for one in left):
        # In another currency only whether the money is gone can be told, not how much of it.
        is_gone = sum(one.amount_minor for one in left) > 0
        return amount if is_gone else Money.zero(amount.currency)
    return Money(max(sum(one.amount_minor for one in left), 0), amount.currency)


def _dispute_fee(found: Found, currency: str) -> Money | None:
    """Return what PayPal keeps for a dispute, None when it does not say, or says it in another currency."""
    moved = found.get("fund_movements")
    if moved is None:
        return None
    kept = [_signed(one) for one in moved if _is_sellers(one) and one["reason"] in FEES]
    if any(one.currency != currency for one in kept):
        return None
    return Money(max(sum(one.amount_minor for one in kept), 0), currency)


def _is_sellers(movement: Found) -> bool:
    return bool(movement.get("party") == "SELLER")


def _signed(movement: Found) -> Money:
    amount = from_paypal(movement["amount"])
    return amount if movement["type"] == "DEBIT" else -amount


def movements_of(found: Found) -> list[Movement]:
    """Read a line of the transaction search: what moved, and PayPal's fee on it; nothing yet, or never, moves none."""
    info = found["transaction_info"]
    if info.get("transaction_status") in UNMOVED:
        return []
    code, name = info["transaction_event_code"], text_of(info["transaction_id"])
    kind = next((kind for start, kind in MOVEMENTS if code.startswith(start)), MovementKind.OTHER)
    at = datetime.fromisoformat(info["transaction_initiation_date"])
    if kind in {MovementKind.DISPUTE, MovementKind.DISPUTE_FEE}:
        # Lines of their own ids: what they refer to is the payment, no line names its dispute.
        name = info.get("paypal_reference_id") or name
    lines = [Movement(name, kind, from_paypal(info["transaction_amount"]), at)]
    if info.get("fee_amount"):
        lines.append(Movement(name, MovementKind.FEE, from_paypal(info["fee_amount"]), at))
    return lines


def _vaulted(vault: Found, source: Found) -> SavedMethod:
    return SavedMethod(
        method_id=text_of(vault["id"]),
        customer_id=text_of(vault["customer"]["id"]),
        kind=MethodKind.AGREEMENT,
        payer=source.get("email_address") or "",
        number=text_of(vault["id"]),
    )


def _link(found: Found, *names: str) -> str:
    return next((one["href"] for one in found.get("links") or [] if one["rel"] in names), "")
