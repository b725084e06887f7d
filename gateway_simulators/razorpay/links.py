"""Orders and payment links: what a customer is asked to pay, and the page on which it is done."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from gateway_simulators.common.messages import as_redirect
from gateway_simulators.common.pages import Look, alert, button, page
from gateway_simulators.razorpay.account import shown
from gateway_simulators.razorpay.outcomes import LATE, decline, line, paid
from gateway_simulators.razorpay.payments import hold, take
from gateway_simulators.razorpay.problems import (
    Body,
    Object,
    Problem,
    amount_words,
    check,
    notes_of,
    price,
)
from gateway_simulators.razorpay.signing import signed_return

if TYPE_CHECKING:
    from gateway_simulators.common.messages import Answer
    from gateway_simulators.razorpay.account import Account

RECEIPT_MAX: Final = 40
EXPIRES_S: Final = 180 * 86_400
LOOK: Final = Look("Razorpay", "Razorpay simulator, test mode", accent="#0d5fd8", ground="#eef2fb")
# What is typed as a UPI address decides, as in Razorpay's test mode.
UPI: Final = {
    "failure@razorpay": "decline",
    "success@razorpay": "pay",
    LATE: "decline",
    "pending@razorpay": "pending",
}


def create_order(account: Account, body: Body) -> Object:
    """Make an order: `POST /v1/orders`."""
    check(
        body,
        required=("amount", "currency"),
        optional=("receipt", "notes", "partial_payment", "payment"),
    )
    amount, currency = price(body)
    return shown(
        make_order(account, amount, currency, str(body.get("receipt") or ""), notes_of(body))
    )


def make_order(
    account: Account, amount: int, currency: str, receipt: str, notes: dict[str, str]
) -> Object:
    """Make an order for whatever asks the customer to pay.

    Args:
        account: whose.
        amount: in subunits.
        currency: ISO code.
        receipt: of who asks, at most 40 characters.
        notes: of who asks.

    Raises:
        Problem: the receipt is too long.
    """
    if len(receipt) > RECEIPT_MAX:
        raise Problem(400, "The receipt may not be greater than 40 characters.", field="receipt")
    return account.add(
        "order",
        "order",
        amount=amount,
        amount_paid=0,
        amount_due=amount,
        currency=currency,
        receipt=receipt or None,
        status="created",
        attempts=0,
        notes=notes,
    )


def create_link(account: Account, body: Body) -> Object:
    """Make a payment link: `POST /v1/payment_links`; a reference is used once."""
    check(
        body,
        required=("amount",),
        optional=(
            "currency",
            "accept_partial",
            "description",
            "reference_id",
            "customer",
            "notify",
            "reminder_enable",
            "notes",
            "callback_url",
            "callback_method",
            "expire_by",
        ),
    )
    amount, currency = price(body)
    reference = str(body.get("reference_id") or "")
    if len(reference) > RECEIPT_MAX:
        words = "The reference id may not be greater than 40 characters."
        raise Problem(400, words, field="reference_id")
    if reference and account.all("payment_link", reference_id=reference):
        words = f"payment link with given reference_id ({reference}) already exists"
        raise Problem(400, words, field="reference_id", reason="")
    if body.get("callback_url") and body.get("callback_method") != "get":
        raise Problem(400, "callback_method must be get", field="callback_method")
    notes = notes_of(body)
    order = make_order(account, amount, currency, reference, notes)
    made = account.add(
        "plink",
        "payment_link",
        amount=amount,
        amount_paid=0,
        currency=currency,
        description=body.get("description", ""),
        reference_id=reference,
        callback_url=body.get("callback_url", ""),
        callback_method=body.get("callback_method", ""),
        expire_by=body.get("expire_by", 0),
        cancelled_at=0,
        notes=notes,
        order_id=order["id"],
        payments=[],
        status="created",
    )
    made["short_url"] = f"{account.world.url}/razorpay/link/{made['id']}"
    return link_shown(account, made)


def link_shown(account: Account, link: Object) -> Object:
    """Return a link as it stands, expired when its time is over."""
    link["payments"] = [line(account.objects[one["payment_id"]]) for one in link["payments"]]
    until = link["expire_by"] or link["created_at"] + EXPIRES_S
    if link["status"] == "created" and account.now >= until:
        link["status"] = "expired"
    return shown(link)


def cancel_link(account: Account, body: Body, name: str) -> Object:
    """Close a link: `POST /v1/payment_links/{id}/cancel`."""
    check(body)
    link = account.find("payment_link", name)
    if link_shown(account, link)["status"] != "created":
        raise Problem(400, f"Payment link cannot be cancelled as it is {link['status']}.")
    link.update(status="cancelled", cancelled_at=account.now)
    return shown(link)


def link_page(
    account: Account, method: str, name: str, form: dict[str, str], secret: str
) -> Answer:
    """Show a link's page, or do what was pressed on it.

    Args:
        account: whose.
        method: GET or POST.
        name: the link's id.
        form: the pressed button `choice`, and `upi`.
        secret: the key's, which signs the way back.
    """
    link = account.objects.get(name, {})
    if link.get("entity") != "payment_link":
        return page(LOOK, 404, "<h1>This link does not exist</h1>")
    if link_shown(account, link)["status"] != "created":
        return page(LOOK, 410, f"<h1>This link is {escape(link['status'])}</h1>")
    if method != "POST":
        return _form(link, "")
    return _press(account, link, form, secret)


def _press(account: Account, link: Object, form: dict[str, str], secret: str) -> Answer:
    choice = UPI.get(form.get("upi", ""), form.get("choice", ""))
    way = "upi" if form.get("upi") else "card"
    order = account.objects[link["order_id"]]
    link["_vpa"] = form.get("upi", "")
    if choice == "decline":
        payment = decline(account, link, order, form.get("upi", ""))
        link["payments"].append(line(payment))
        return _form(link, str(payment["error_description"]))
    if choice == "pay":
        payment = take(account, link, order, method=way)
        paid(account, link, payment)
    elif choice == "pending":
        payment = hold(account, link, order, method=way)
        link["payments"].append(line(payment))
    else:
        return _form(link, "Press one of the buttons.")
    return as_redirect(_back(link, payment, secret))


def _back(link: Object, payment: Object, secret: str) -> str:
    told = {
        "razorpay_payment_id": payment["id"],
        "razorpay_payment_link_id": link["id"],
        "razorpay_payment_link_reference_id": link["reference_id"],
        "razorpay_payment_link_status": link["status"],
    }
    words = "|".join([link["id"], link["reference_id"], link["status"], payment["id"]])
    return signed_return(link["callback_url"], told, words, secret)


def _form(link: Object, error: str) -> Answer:
    return pay_form(link["description"], link, "", error=error)


def pay_form(words: str, due: Object, target: str, *, error: str = "", more: str = "") -> Answer:
    """Return the page with the buttons: pay, be declined, or leave it undecided.

    Args:
        words: what is paid, or "".
        due: with amount and currency.
        target: where the form goes; "" is the page itself.
        error: what went wrong before, or "".
        more: HTML behind the form.
    """
    action = f' action="{escape(target)}"' if target else ""
    return page(
        LOOK,
        200,
        f"<h1>{escape(words or 'Payment')}</h1>"
        f"<strong>{escape(amount_words(due))}</strong>{alert(error)}"
        f'<form method="post"{action}><label for="upi">UPI address, or empty to pay by card</label>'
        '<input id="upi" name="upi" autocomplete="off">'
        f"{button('pay', 'Pay', is_first=True)}{button('decline', 'Decline')}"
        f"{button('pending', 'Leave pending')}</form>{more}",
    )
