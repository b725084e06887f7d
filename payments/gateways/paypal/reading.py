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
# Of the reasons why money of a dispute moves, those that are PayPal's own price:
# https://developer.paypal.com/api/customer-disputes/v1/definitions/money_movement_reason
FEES: Final = frozenset({"DISPUTE_FEE", "CHARGEBACK_FEE", "DISPUTE_SETTLEMENT_FEE"})
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
    payment = payment_of(captures[0], is_live=is_live) if captures else None
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
    """Read a dispute; while it is open its money is held, unless it is an inquiry."""
    amount = from_paypal(found["dispute_amount"])
    nothing = Money.zero(amount.currency)
    state, withdrawn = DisputeState.OPEN, amount
    if found["status"] == "RESOLVED":
        outcome = found["dispute_outcome"]
        given = outcome.get("amount_refunded")
        withdrawn = from_paypal(given) if given else nothing
        state = DisputeState.LOST if withdrawn else DisputeState.WON
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
    )


def _dispute_fee(found: Found, currency: str) -> Money | None:
    """Return what PayPal keeps for a dispute, None when it does not say, or says it in another currency."""
    moved = found.get("fund_movements")
    if moved is None:
        return None
    ours = [one for one in moved if one["party"] == "SELLER" and one["reason"] in FEES]
    amounts = [(from_paypal(one["amount"]), one["type"] == "DEBIT") for one in ours]
    if any(amount.currency != currency for amount, _ in amounts):
        return None
    kept = sum(amount.amount_minor * (1 if is_out else -1) for amount, is_out in amounts)
    return Money(max(kept, 0), currency)


def movements_of(found: Found) -> list[Movement]:
    """Read a line of the transaction search: what moved, and PayPal's fee on it."""
    info = found["transaction_info"]
    code, name = info["transaction_event_code"], text_of(info["transaction_id"])
    kind = next((kind for start, kind in MOVEMENTS if code.startswith(start)), MovementKind.OTHER)
    at = datetime.fromisoformat(info["transaction_initiation_date"])
    if kind is MovementKind.DISPUTE_FEE:
        # A line of its own, that names the dispute's.
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
