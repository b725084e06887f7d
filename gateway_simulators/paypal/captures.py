"""Captures and what becomes of them: fees, refunds, reviews, disputes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway_simulators.paypal.account import shown
from gateway_simulators.paypal.disputes import PAID, open_dispute
from gateway_simulators.paypal.problems import (
    Body,
    Object,
    cents,
    check,
    figure,
    impossible,
    money,
)

if TYPE_CHECKING:
    from gateway_simulators.paypal.account import Account


def make_capture(account: Account, unit: Object, payer: str) -> Object:
    """Take an order's money; the payer's name decides: `declined@`, `pending@`, `dispute@`.

    Args:
        account: whose.
        unit: the purchase unit.
        payer: e-mail address.

    Raises:
        Problem: `INSTRUMENT_DECLINED`.
    """
    if payer.startswith("declined@"):
        words = "The instrument presented was either declined by the processor or bank."
        raise impossible("INSTRUMENT_DECLINED", words)
    made = account.add(
        "",
        "capture",
        status="PENDING",
        amount=unit["amount"],
        custom_id=unit.get("custom_id", ""),
        invoice_id=unit.get("invoice_id", ""),
        final_capture=True,
        _refunded=0,
    )
    if payer.startswith("pending@"):
        made["status_details"] = {"reason": "ECHECK"}
        account.tell("PAYMENT.CAPTURE.PENDING", made)
        return made
    complete(account, made)
    if payer.startswith("dispute@"):
        open_dispute(account, made)
    return made


def complete(account: Account, capture: Object) -> None:
    """Let a capture's money arrive."""
    amount = capture["amount"]
    fee = figure(cents(amount["value"]) * 349 // 10_000 + 49, amount["currency_code"])
    net = figure(cents(amount["value"]) - cents(fee), amount["currency_code"])
    capture.pop("status_details", None)
    capture.update(
        status="COMPLETED",
        seller_receivable_breakdown={
            "gross_amount": amount,
            "paypal_fee": {**amount, "value": fee},
            "net_amount": {**amount, "value": net},
        },
    )
    account.book(capture["id"], "T0006", amount, is_out=False, fee=fee)
    account.tell("PAYMENT.CAPTURE.COMPLETED", capture)


def deny(account: Account, capture: Object) -> None:
    """Let a pending capture fail."""
    capture.update(status="DECLINED", status_details={"reason": "OTHER"})
    account.tell("PAYMENT.CAPTURE.DENIED", capture)


def refund(account: Account, body: Body, name: str) -> Object:
    """Give money back: `POST /v2/payments/captures/{id}/refund`; without an amount all that is left."""
    check(body, optional=("amount", "custom_id", "invoice_id", "note_to_payer"))
    capture = account.find("capture", name)
    return shown(give_back(account, capture, body))


def give_back(
    account: Account, capture: Object, body: Body, *, is_reversal: bool = False
) -> Object:
    """Make a refund, as the API or the dashboard does, or PayPal itself when it takes a payment back.

    Args:
        account: whose.
        capture: the payment.
        body: an amount, or nothing for all that is left.
        is_reversal: nobody of the account asked for it; the event names a refund all the same.

    Raises:
        Problem: nothing is left, or less than what is asked for.
    """
    amount = capture["amount"]
    left = cents(amount["value"]) - capture["_refunded"]
    if capture["status"] not in PAID:
        raise impossible("CAPTURE_NOT_COMPLETED", "The capture is not completed.")
    if left == 0:
        raise impossible("CAPTURE_FULLY_REFUNDED", "The capture has already been fully refunded.")
    asked = left
    if "amount" in body:
        text, currency = money(body["amount"], "/amount")
        asked = cents(text)
        if currency != amount["currency_code"]:
            raise impossible("CURRENCY_MISMATCH", "Currency must be the same as the capture's.")
        if asked > left:
            words = "The refund amount must be less than or equal to the capture amount."
            raise impossible("REFUND_AMOUNT_EXCEEDED", words)
    capture["_refunded"] += asked
    capture["status"] = "REFUNDED" if asked == left else "PARTIALLY_REFUNDED"
    made = account.add(
        "",
        "refund",
        status="COMPLETED",
        amount={**amount, "value": figure(asked, amount["currency_code"])},
        custom_id=body.get("custom_id", ""),
        links=[{"rel": "up", "href": f"/v2/payments/captures/{capture['id']}", "method": "GET"}],
    )
    code, word = ("T1106", "REVERSED") if is_reversal else ("T1107", "REFUNDED")
    account.book(made["id"], code, made["amount"], is_out=True)
    account.tell(f"PAYMENT.CAPTURE.{word}", made)
    return made


def fail_refund(account: Account, refunded: Object) -> Object:
    """Let a refund come back."""
    capture = account.objects[refunded["links"][0]["href"].rpartition("/")[2]]
    refunded["status"] = "FAILED"
    capture.update(
        status="COMPLETED", _refunded=capture["_refunded"] - cents(refunded["amount"]["value"])
    )
    account.tell("PAYMENT.REFUND.FAILED", refunded)
    return refunded
