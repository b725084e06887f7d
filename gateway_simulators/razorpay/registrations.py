"""Registration links: an invoice on whose page a customer agrees, by a payment of one rupee, to be charged later.

Source: https://razorpay.com/docs/api/payments/recurring-payments/cards/create-authorization-transaction/
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from gateway_simulators.common.messages import as_redirect
from gateway_simulators.common.pages import alert, button, page
from gateway_simulators.razorpay.account import shown
from gateway_simulators.razorpay.links import LOOK, make_order
from gateway_simulators.razorpay.payments import fail, take
from gateway_simulators.razorpay.problems import (
    Body,
    Object,
    Problem,
    amount_words,
    check,
    notes_of,
    price,
)
from gateway_simulators.razorpay.recurring import MAX_AMOUNT, confirm_token, must_be_enabled
from gateway_simulators.razorpay.signing import signed_return

if TYPE_CHECKING:
    from gateway_simulators.common.messages import Answer
    from gateway_simulators.razorpay.account import Account

# What an agreement costs, in paise: a card's is one rupee.
FIRST: Final = 100
METHODS: Final = ("card", "upi")
# What each button stands for: how the customer pays, and the bank's reason to decline later charges.
AGREED: Final = {"agree": ("card", ""), "upi": ("upi", ""), "later": ("card", "insufficient_funds")}


def create_registration(account: Account, body: Body) -> Object:
    """Make a link: `POST /v1/subscription_registration/auth_links`; a receipt is used once."""
    check(
        body,
        required=("customer", "type", "amount", "currency", "description"),
        optional=(
            *("subscription_registration", "receipt", "email_notify", "sms_notify", "expire_by"),
            *("notes", "callback_url", "callback_method"),
        ),
    )
    must_be_enabled(account)
    amount, currency = price(body)
    if body["type"] != "link":
        raise Problem(400, "The selected type is invalid.", field="type")
    if currency != "INR" or amount != FIRST:
        raise Problem(400, "The amount must be 1 rupee for cards.", field="amount")
    terms = _terms(body.get("subscription_registration") or {"method": "card"})
    receipt = str(body.get("receipt") or "")
    if receipt and account.all("invoice", receipt=receipt):
        raise Problem(400, "The receipt has already been taken.", field="receipt", reason="")
    customer = _customer(account, body["customer"])
    order = make_order(account, amount, currency, receipt, notes_of(body))
    made = account.add(
        "inv",
        "invoice",
        type="link",
        receipt=receipt or None,
        customer_id=customer["id"],
        customer_details={name: customer[name] for name in ("id", "name", "email", "contact")},
        order_id=order["id"],
        payment_id=None,
        status="issued",
        amount=amount,
        currency=currency,
        description=body["description"],
        expire_by=body.get("expire_by"),
        cancelled_at=None,
        notes=notes_of(body),
        _back=body.get("callback_url", ""),
        _method=terms["method"],
    )
    made["short_url"] = f"{account.world.url}/razorpay/link/{made['id']}"
    return shown(made)


def _terms(terms: Body) -> Body:
    check(terms, required=("method",), optional=("max_amount", "expire_at", "auth_type"))
    if terms["method"] not in METHODS:
        raise Problem(400, "The selected method is invalid.", field="method")
    if terms.get("max_amount", MAX_AMOUNT) > MAX_AMOUNT:
        raise Problem(400, "The maximum amount is too high.", field="max_amount")
    return terms


def _customer(account: Account, told: Body) -> Object:
    check(told, required=("name", "email"), optional=("contact",))
    known = account.all("customer", email=told["email"])
    if known:
        return known[0]
    return account.add(
        "cust",
        "customer",
        name=told["name"],
        email=told["email"],
        contact=told.get("contact"),
        notes={},
    )


def cancel_registration(account: Account, body: Body, name: str) -> Object:
    """Close a link: `POST /v1/invoices/{id}/cancel`."""
    check(body)
    found = account.find("invoice", name)
    if found["status"] != "issued":
        raise Problem(400, f"Operation not allowed for Invoice in {found['status']} status.")
    found.update(status="cancelled", cancelled_at=account.now)
    return shown(found)


def registration_page(account: Account, method: str, name: str, form: Body, secret: str) -> Answer:
    """Show a link's page, or do what was pressed on it.

    Args:
        account: whose.
        method: GET or POST.
        name: the invoice's id.
        form: the pressed button `choice`.
        secret: the key's, which signs the way back.
    """
    found = account.find("invoice", name)
    if found["status"] != "issued":
        return page(LOOK, 410, f"<h1>This link is {escape(found['status'])}</h1>")
    choice = form.get("choice", "") if method == "POST" else ""
    if choice not in AGREED:
        return _form(found, _declined(account, found) if choice == "decline" else "")
    way, fate = AGREED[choice]
    order = account.objects[found["order_id"]]
    payment = take(account, found, order, method=way)
    customer = account.find("customer", found["customer_id"])
    token = confirm_token(account, customer, fate, way)
    payment.update(invoice_id=name, customer_id=customer["id"], token_id=token["id"])
    found.update(status="paid", payment_id=payment["id"])
    account.tell("invoice.paid", invoice=found, payment=payment, order=order)
    told = {
        "razorpay_payment_id": payment["id"],
        "razorpay_invoice_id": name,
        "razorpay_invoice_receipt": found["receipt"] or "",
        "razorpay_invoice_status": "paid",
    }
    words = "|".join([name, found["receipt"] or "", "paid", payment["id"]])
    return as_redirect(signed_return(found["_back"], told, words, secret))


def _declined(account: Account, found: Object) -> str:
    payment = fail(account, found, account.objects[found["order_id"]], method=found["_method"])
    return str(payment["error_description"])


def _form(found: Object, error: str) -> Answer:
    return page(
        LOOK,
        200,
        f"<h1>{escape(found['description'])}</h1><strong>{amount_words(found)}</strong>{alert(error)}"
        "<p>You agree that later payments are taken from what you choose here.</p>"
        f'<form method="post">{button("agree", "Agree and pay by card", is_first=True)}'
        f"{button('upi', 'Agree and pay by UPI')}"
        f"{button('later', 'Agree with a card that is declined later')}"
        f"{button('decline', 'Decline')}</form>",
    )
