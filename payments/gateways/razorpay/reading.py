"""Read Razorpay's answers into our words; what does not read is an unknown state, never a guess."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from billing_platform.kernel.clock import from_epoch
from billing_platform.kernel.ids import is_public_id
from billing_platform.kernel.money import Money
from payments.gateways.answers import text_of
from payments.gateways.methods import MethodKind, PaidWith
from payments.gateways.values import (
    Checkout,
    CheckoutState,
    DisputeState,
    GatewayDispute,
    GatewayPayment,
    GatewayRefund,
    PaymentState,
    RefundState,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

Found = dict[str, Any]

PAYMENT_STATES: Final = {
    "created": PaymentState.PENDING,
    # Captured by itself; where it is not, Razorpay gives it back.
    "authorized": PaymentState.PENDING,
    "captured": PaymentState.SUCCEEDED,
    "refunded": PaymentState.SUCCEEDED,
    "failed": PaymentState.FAILED,
}
REFUND_STATES: Final = {
    "pending": RefundState.PENDING,
    "processed": RefundState.SUCCEEDED,
    "failed": RefundState.FAILED,
}
LINK_STATES: Final = {
    "created": CheckoutState.OPEN,
    "partially_paid": CheckoutState.OPEN,
    "paid": CheckoutState.COMPLETE,
    "cancelled": CheckoutState.EXPIRED,
    "expired": CheckoutState.EXPIRED,
}
# Our word for a payment that Razorpay gave back by itself.
AUTO_REFUNDED: Final = "auto_refunded"
DISPUTE_STATES: Final = {
    "open": DisputeState.OPEN,
    "under_review": DisputeState.OPEN,
    "action_required": DisputeState.OPEN,
    "won": DisputeState.WON,
    "closed": DisputeState.WON,
    "lost": DisputeState.LOST,
}


def payment_of(found: Found, *, is_live: bool) -> GatewayPayment:
    """Read a payment.

    Args:
        found: the entity.
        is_live: of the key.
    """
    state, reason = PAYMENT_STATES[found["status"]], found.get("error_reason") or ""
    if is_given_back(found):
        state, reason = PaymentState.FAILED, AUTO_REFUNDED
    amount = _money(found["amount"], found["currency"])
    fee = found.get("fee")
    return GatewayPayment(
        payment_id=text_of(found["id"]),
        state=state,
        amount=amount,
        received=amount if state is PaymentState.SUCCEEDED else Money.zero(amount.currency),
        reference=reference_of(found),
        is_live=is_live,
        failure_code=reason if state is PaymentState.FAILED else "",
        fee=None if fee is None else _money(fee, found["currency"]),
        paid_with=_paid_with(found),
    )


def is_given_back(found: Found) -> bool:
    """Return whether Razorpay gave a payment back by itself, before it was captured: it has brought nothing.

    Args:
        found: the entity of a payment.

    Source: https://razorpay.com/docs/payments/refunds/auto-refunds (a second payment of one order, a late one).
    """
    if found["status"] != "refunded":
        return False
    is_captured = found["captured"]
    if not isinstance(is_captured, bool):
        raise TypeError("not said")
    return not is_captured


def _paid_with(found: Found) -> PaidWith | None:
    match found.get("method"):
        case "card":
            # Only a payment that was asked for with its card has one.
            card = found.get("card") or {}
            brand, last4 = str(card.get("network") or ""), str(card.get("last4") or "")
            return PaidWith(MethodKind.CARD, brand.lower(), last4) if last4 else None
        case "upi":
            return PaidWith(MethodKind.UPI, name=str(found.get("vpa") or ""))
        case "netbanking":
            return PaidWith(MethodKind.BANK_ACCOUNT, name=str(found.get("bank") or ""))
    return None


def checkout_of(found: Found, *, is_live: bool, payment: GatewayPayment | None) -> Checkout:
    """Read a payment link.

    Args:
        found: the entity.
        is_live: of the key.
        payment: what it led to, or None.
    """
    state = LINK_STATES[found["status"]]
    until = found.get("expire_by") or 0
    return Checkout(
        checkout_id=text_of(found["id"]),
        state=state,
        url=text_of(found["short_url"]) if state is CheckoutState.OPEN else "",
        reference=found["reference_id"] or "",
        is_live=is_live,
        payment=payment,
        expires_at=from_epoch(until) if until else None,
    )


def refund_of(found: Found) -> GatewayRefund:
    """Read a refund."""
    return GatewayRefund(
        refund_id=text_of(found["id"]),
        payment_id=text_of(found["payment_id"]),
        state=REFUND_STATES[found["status"]],
        amount=_money(found["amount"], found["currency"]),
        reference=reference_of(found),
        failure_code="failed" if found["status"] == "failed" else "",
    )


def dispute_of(found: Found, *, adjustments: Iterable[Found] = ()) -> GatewayDispute:
    """Read a dispute; a bank's question (`retrieval`) has moved no money.

    Args:
        found: the entity.
        adjustments: lines of the settlements' report; those of this dispute say what it costs.
    """
    until = found.get("respond_by")
    state = DISPUTE_STATES[found["status"]]
    is_question = found.get("phase") == "retrieval" and not found["amount_deducted"]
    if is_question and state is DisputeState.OPEN:
        state = DisputeState.INQUIRY
    return GatewayDispute(
        dispute_id=text_of(found["id"]),
        payment_id=text_of(found["payment_id"]),
        state=state,
        amount=_money(found["amount"], found["currency"]),
        withdrawn=_money(found["amount_deducted"], found["currency"]),
        reason=found["reason_code"],
        evidence_due_at=from_epoch(until) if until else None,
        fee=_dispute_fee(found, adjustments),
        is_fee_final=True,
    )


def _dispute_fee(found: Found, adjustments: Iterable[Found]) -> Money | None:
    mine = [one for one in adjustments if one.get("dispute_id") == found["id"]]
    if not mine or any(one["currency"] != found["currency"] for one in mine):
        return None
    return _money(sum(one["fee"] for one in mine), found["currency"])


def is_ours(found: Found) -> bool:
    """Return whether a payment was asked for here; an account may have other shops, whose payments are theirs.

    Args:
        found: the entity of a payment.
    """
    return is_public_id(reference_of(found), "pay")


def reference_of(found: Found) -> str:
    """Return the reference that an entity's notes carry, or "" when it is not ours.

    Args:
        found: an entity; without notes Razorpay sends an empty list.
    """
    notes = found.get("notes")
    return str(notes.get("reference", "")) if isinstance(notes, dict) else ""


def _money(units: Any, currency: Any) -> Money:
    if type(units) is not int or units < 0:
        raise ValueError("no amount")
    return Money(units, text_of(currency))
