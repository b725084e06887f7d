"""The hosted checkout of an order: the script that leads to it, the form, and the POST that it comes back by.

Source: https://razorpay.com/docs/payments/payment-gateway/web-integration/hosted/
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gateway_simulators.common.messages import Answer
from gateway_simulators.common.pages import button, page
from gateway_simulators.razorpay.links import LOOK, UPI, pay_form
from gateway_simulators.razorpay.outcomes import decline
from gateway_simulators.razorpay.payments import FAILED, hold, take
from gateway_simulators.razorpay.problems import Object, Problem, check

if TYPE_CHECKING:
    from gateway_simulators.razorpay.account import Account

SCRIPT: Final = Path(__file__).parent / "browser" / "checkout.js"
OPENED: Final = "/v1/checkout/embedded"
REQUIRED: Final = ("key_id", "order_id", "callback_url")
OPTIONAL: Final = ("amount", "currency", "name", "description", "image", "cancel_url")
# What may stand in brackets behind them.
NESTED: Final = r"(prefill|notes|theme)\[\w+\]"


def script() -> Answer:
    """Return the stand-in of checkout.js: `GET /checkout.js`."""
    kind = "text/javascript; charset=utf-8"
    return Answer(200, SCRIPT.read_bytes(), kind, {"Cache-Control": "no-store"})


def open_form(account: Account, form: dict[str, str]) -> Answer:
    """Show the hosted form of an order: `POST /v1/checkout/embedded`.

    Args:
        account: of the key that the form names.
        form: what the merchant's page sent.

    Raises:
        Problem: a field too many or too few, another amount than the order's, or an order that is paid.
    """
    plain = {name: value for name, value in form.items() if not re.fullmatch(NESTED, name)}
    check(plain, required=REQUIRED, optional=OPTIONAL)
    order = account.find("order", form["order_id"])
    asked = form.get("amount", str(order["amount"])), form.get("currency", order["currency"])
    if asked != (str(order["amount"]), order["currency"]):
        words = "Payment amount is different from your order amount."
        raise Problem(400, words, field="amount")
    _must_be_due(order)
    order.update(
        _callback=form["callback_url"],
        _cancel=form.get("cancel_url", ""),
        _words=form.get("description") or form.get("name", ""),
    )
    return _form(order)


def press(account: Account, name: str, form: dict[str, str], secret: str) -> Answer:
    """Do what was pressed on an order's form.

    Args:
        account: whose.
        name: of the order.
        form: the pressed button `choice`, and `upi`.
        secret: the key's, which signs the way back.

    Raises:
        Problem: there is no such order or nobody opened its form, or it is paid.
    """
    order = account.find("order", name)
    if "_callback" not in order:
        raise Problem(400, "The id provided does not exist", reason="")
    _must_be_due(order)
    upi = form.get("upi", "")
    choice, way = UPI.get(upi, form.get("choice", "")), "upi" if upi else "card"
    source = {**order, "_vpa": upi}
    if choice == "pay":
        payment = take(account, source, order, method=way)
        words = f"{order['id']}|{payment['id']}"
        signed = hmac.new(secret.encode(), words.encode(), hashlib.sha256).hexdigest()
        told = {"razorpay_payment_id": payment["id"], "razorpay_order_id": order["id"]}
        return _back(order, "The payment is done.", {**told, "razorpay_signature": signed})
    if choice == "decline":
        return _back(order, "The payment failed.", _error(decline(account, source, order, upi)))
    if choice == "pending":
        hold(account, source, order, method=way)
        return page(LOOK, 200, "<h1>The bank has not answered yet</h1>")
    return _form(order)


def _must_be_due(order: Object) -> None:
    if order["status"] == "paid":
        words = "Your payment has been already processed for this order."
        raise Problem(400, words, reason="order_already_paid")


def _error(payment: Object) -> dict[str, str]:
    told = {f"error[{name.removeprefix('error_')}]": str(payment[name]) for name in FAILED}
    named = {"payment_id": payment["id"], "order_id": payment["order_id"]}
    return {**told, "error[metadata]": json.dumps(named)}


def _form(order: Object) -> Answer:
    cancel = order["_cancel"]
    more = f'<p><a href="{escape(cancel)}">Cancel</a></p>' if cancel else ""
    return pay_form(order["_words"], order, f"/razorpay/checkout/{order['id']}", more=more)


def _back(order: Object, words: str, told: dict[str, str]) -> Answer:
    """Return the form by which a browser posts what became of it; a real page sends it off by itself."""
    fields = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in told.items()
    )
    inner = (
        f'<h1>{words}</h1><form method="post" action="{escape(order["_callback"])}">{fields}'
        f"{button('', 'Back to the shop', is_first=True, name='')}</form>"
    )
    return page(LOOK, 200, inner)
