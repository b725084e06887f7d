"""Payments, their capture, their refunds and disputes: what happens to money at Razorpay."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from gateway_simulators.razorpay.account import shown
from gateway_simulators.razorpay.problems import Body, Object, Problem, check, notes_of

if TYPE_CHECKING:
    from gateway_simulators.razorpay.account import Account

# Two percent, and eighteen percent of tax on it.
FEE: Final = (2, 100)
TAX: Final = (18, 118)
REFUND_KEY: Final = r"[A-Za-z0-9_-]{10,}"
FAILED: Final = {
    "error_code": "BAD_REQUEST_ERROR",
    "error_description": "Your payment didn't go through as it was declined by the bank.",
    "error_source": "bank",
    "error_step": "payment_authorization",
    "error_reason": "payment_failed",
}


def take(account: Account, source: Object, order: Object, *, method: str) -> Object:
    """Take a payment of an order: authorised and captured at once.

    Args:
        account: whose.
        source: the payment link; its notes are the payment's.
        order: what is paid.
        method: `card`, `upi` or `netbanking`.
    """
    payment = _new(account, source, order, method)
    order["attempts"] += 1
    authorize(account, payment)
    collect(account, payment)
    return payment


def fail(account: Account, source: Object, order: Object, *, method: str) -> Object:
    """Let a payment be declined."""
    payment = _new(account, source, order, method)
    order.update(status="attempted", attempts=order["attempts"] + 1)
    payment.update(status="failed", **FAILED)
    account.tell("payment.failed", payment=payment)
    return payment


def waiting(account: Account, amount: int, currency: str, notes: dict[str, str]) -> Object:
    """Let another shop of the same account reserve money, to capture it itself when it sends the goods.

    Args:
        account: whose.
        amount: in subunits.
        currency: ISO code.
        notes: of that shop.
    """
    order = account.add(
        "order", "order", amount=amount, currency=currency, status="attempted", attempts=1
    )
    payment = _new(account, {"notes": notes}, order, "card")
    authorize(account, payment)
    return payment


def hold(account: Account, source: Object, order: Object, *, method: str) -> Object:
    """Let a payment stay undecided, as UPI may for a day."""
    payment = _new(account, source, order, method)
    order.update(status="attempted", attempts=order["attempts"] + 1)
    return payment


def lapse(account: Account, payment: Object) -> None:
    """Let a payment that was undecided time out; the bank may still authorise it later."""
    payment.update(status="failed", **{**FAILED, "error_reason": "payment_timed_out"})
    account.tell("payment.failed", payment=payment)


def authorize(account: Account, payment: Object) -> None:
    """Let the bank authorise a payment, one that had failed too; it waits for its capture."""
    payment.update(dict.fromkeys(FAILED), status="authorized")
    account.tell("payment.authorized", payment=payment)


def auto_refund(account: Account, payment: Object) -> Object:
    """Give back what is authorised and was never captured, as Razorpay does by itself.

    Raises:
        ValueError: it is not waiting for its capture.

    Source: https://razorpay.com/docs/payments/refunds/auto-refunds
    """
    if payment["status"] != "authorized":
        raise ValueError("Only a payment that is authorised is given back by itself.")
    return give_back(account, payment, payment["amount"], {}, None)


def collect(account: Account, payment: Object) -> None:
    """Capture a payment that is authorised."""
    order = account.objects[payment["order_id"]]
    fee = payment["amount"] * FEE[0] // FEE[1]
    payment.update(status="captured", captured=True, fee=fee, tax=fee * TAX[0] // TAX[1])
    order.update(status="paid", amount_paid=order["amount"], amount_due=0)
    account.tell("payment.captured", payment=payment)
    account.tell("order.paid", payment=payment, order=order)


def capture(account: Account, body: Body, name: str) -> Object:
    """Capture an authorised payment: `POST /v1/payments/{id}/capture`."""
    check(body, required=("amount", "currency"))
    payment = account.find("payment", name)
    if payment["status"] != "authorized":
        raise Problem(400, "This payment has already been captured", reason="")
    if (body["amount"], body["currency"]) != (payment["amount"], payment["currency"]):
        words = "Capture amount must be equal to the amount authorized"
        raise Problem(400, words, field="amount")
    collect(account, payment)
    return shown(payment)


def refund(account: Account, body: Body, name: str, key: str) -> Object:
    """Give money back: `POST /v1/payments/{id}/refund`, once per `X-Refund-Idempotency`."""
    check(body, optional=("amount", "speed", "notes", "receipt"))
    asked = json.dumps([name, body], sort_keys=True)
    if key:
        if not re.fullmatch(REFUND_KEY, key):
            raise Problem(400, "The idempotency key is invalid.")
        if key in account.kept:
            before, refund_id = account.kept[key]
            if before != asked:
                raise Problem(400, "Different request body sent for the same idempotency key.")
            return shown(account.objects[refund_id])
    payment = account.find("payment", name)
    made = _refund(account, payment, body)
    if key:
        account.kept[key] = [asked, made["id"]]
    return shown(made)


def _refund(account: Account, payment: Object, body: Body) -> Object:
    left = payment["amount"] - payment["amount_refunded"]
    amount = body.get("amount", left)
    if payment["status"] not in {"captured", "refunded"}:
        raise Problem(400, "The payment status should be captured for action to be taken")
    if left == 0:
        raise Problem(400, "The payment has been fully refunded already")
    if type(amount) is not int or not 0 < amount <= left:
        words = "The refund amount provided is greater than amount captured"
        raise Problem(400, words, field="amount")
    return give_back(account, payment, amount, notes_of(body), body.get("receipt"))


def give_back(
    account: Account, payment: Object, amount: int, notes: dict[str, str], receipt: str | None
) -> Object:
    """Make a refund that is processed at once, as the API or the dashboard does."""
    made = account.add(
        "rfnd",
        "refund",
        amount=amount,
        currency=payment["currency"],
        payment_id=payment["id"],
        notes=notes,
        receipt=receipt,
        status="pending",
        speed_processed=None,
    )
    payment["amount_refunded"] += amount
    is_whole = payment["amount_refunded"] == payment["amount"]
    payment.update(
        status="refunded" if is_whole else "captured",
        refund_status="full" if is_whole else "partial",
    )
    account.tell("refund.created", refund=made, payment=payment)
    made.update(status="processed", speed_processed="normal")
    account.tell("refund.processed", refund=made, payment=payment)
    return made


def fail_refund(account: Account, name: str) -> Object:
    """Let a refund come back days later."""
    found = account.find("refund", name)
    payment = account.objects[found["payment_id"]]
    found.update(status="failed")
    payment.update(status="captured", amount_refunded=payment["amount_refunded"] - found["amount"])
    account.tell("refund.failed", refund=found, payment=payment)
    return found


def payment_shown(payment: Object, query: dict[str, str]) -> Object:
    """Return a payment, with its card where that is asked for: `GET /v1/payments/{id}?expand[]=card`."""
    check(query, optional=("expand[]",))
    if query.get("expand[]", "card") != "card":
        raise Problem(400, "The expand value is invalid.", field="expand")
    found = shown(payment)
    return {**found, "card": payment["_card"]} if "expand[]" in query else found


def _new(account: Account, source: Object, order: Object, method: str) -> Object:
    is_card = method == "card"
    card = {
        "id": f"card_{order['id'][6:]}",
        "entity": "card",
        "name": "",
        "last4": "1111",
        "network": "Visa",
        "type": "debit",
        "issuer": "UTIB",
        "international": False,
    }
    return account.add(
        "pay",
        "payment",
        amount=order["amount"],
        currency=order["currency"],
        status="created",
        method=method,
        card_id=card["id"] if is_card else None,
        vpa=source.get("_vpa") or None,
        bank="HDFC" if method == "netbanking" else None,
        _card=card if is_card else None,
        order_id=order["id"],
        invoice_id=None,
        customer_id=None,
        token_id=None,
        captured=False,
        amount_refunded=0,
        refund_status=None,
        notes=dict(source["notes"]),
        fee=None,
        tax=None,
        **dict.fromkeys(FAILED),
    )
