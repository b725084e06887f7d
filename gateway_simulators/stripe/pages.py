"""The pages that Stripe hosts: Checkout and the bank's 3-D Secure challenge."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from gateway_simulators.common.messages import as_redirect
from gateway_simulators.common.pages import Look, alert, button, page
from gateway_simulators.stripe.books import amount_words
from gateway_simulators.stripe.cards import BY_LAST4, card_of_number, new_method
from gateway_simulators.stripe.checkouts import complete, payment_of
from gateway_simulators.stripe.customers import keep
from gateway_simulators.stripe.payments import attempt, refuse, settle
from gateway_simulators.stripe.problems import Form, Object, Problem
from gateway_simulators.stripe.setups import finish_setup, refuse_setup, try_setup

if TYPE_CHECKING:
    from gateway_simulators.common.messages import Answer
    from gateway_simulators.stripe.account import Account

# What each button enters for the customer; `pay` takes the number that was typed.
BUTTONS: Final = {"decline": "0002", "challenge": "3155", "bank": "6789"}
LOOK: Final = Look("Stripe", "Stripe simulator, test mode", accent="#635bff")


def checkout_page(account: Account, method: str, name: str, form: Form) -> Answer:
    """Show a Checkout page, or do what was pressed on it.

    Args:
        account: whose.
        method: GET or POST.
        name: the session's id.
        form: the pressed button `choice`, with `number` and `holder`.
    """
    try:
        session = account.find("checkout.session", name)
    except Problem:
        return _document(404, "Something went wrong", "<p>This page does not exist.</p>")
    if session["status"] != "open":
        return _ended(session, method)
    if method != "POST":
        return _form(account, session, "")
    try:
        entity = _press(account, session, form)
    except Problem as problem:
        return _form(account, session, str(problem))
    if entity["status"] == "requires_action":
        return as_redirect(entity["next_action"]["redirect_to_url"]["url"])
    complete(account, session)
    return as_redirect(_success(session))


def _press(account: Account, session: Object, form: Form) -> Object:
    choice, holder = form.get("choice", ""), form.get("holder", "")
    if choice != "pay" and choice not in BUTTONS:
        raise Problem(400, "Press one of the buttons.")
    card = (
        BY_LAST4[BUTTONS[choice]] if choice in BUTTONS else card_of_number(form.get("number", ""))
    )
    if session["mode"] == "setup":
        setup = account.find("setup_intent", session["setup_intent"])
        try_setup(account, setup, card, holder=holder)
        return setup
    payment = payment_of(account, session)
    saved = new_method(account, card, holder=holder)
    payment["payment_method"] = saved["id"]
    attempt(account, payment, is_away=False)
    _keep_if_agreed(account, session, payment)
    return payment


def _keep_if_agreed(account: Account, session: Object, payment: Object) -> None:
    if session["_is_kept"] and session["customer"] and payment["status"] != "requires_action":
        keep(
            account, account.find("payment_method", payment["payment_method"]), session["customer"]
        )


def challenge_page(account: Account, method: str, name: str, form: Form) -> Answer:
    """Show the bank's question, or take its answer.

    Args:
        account: whose.
        method: GET or POST.
        name: the PaymentIntent's or SetupIntent's id.
        form: the pressed button `choice`: complete or fail.
    """
    entity = account.objects.get(name, {})
    if entity.get("status") != "requires_action":
        return _document(404, "Nothing to confirm", "<p>This step is over.</p>")
    if method != "POST":
        return _document(
            200,
            "3-D Secure 2",
            "<p>Your bank asks whether it is you.</p>"
            + button("complete", "Complete", is_first=True)
            + button("fail", "Fail"),
        )
    if form.get("choice") == "complete":
        _confirmed(account, entity)
    else:
        _refused(account, entity)
    return as_redirect(_after(account, entity))


def _confirmed(account: Account, entity: Object) -> None:
    session = _session_of(account, entity)
    if entity["object"] == "setup_intent":
        finish_setup(account, entity)
    else:
        settle(account, entity)
        if session:
            _keep_if_agreed(account, session, entity)
    if session:
        complete(account, session)


def _refused(account: Account, entity: Object) -> None:
    if entity["object"] == "setup_intent":
        refuse_setup(account, entity, "setup_intent_authentication_failure", "")
    else:
        refuse(account, entity, "payment_intent_authentication_failure", "")


def _session_of(account: Account, entity: Object) -> Object | None:
    found = account.all("checkout.session", **{entity["object"]: entity["id"]})
    return found[0] if found else None


def _after(account: Account, entity: Object) -> str:
    session = _session_of(account, entity)
    if session is None:
        word = "succeeded" if entity["status"] == "succeeded" else "failed"
        joint = "&" if "?" in entity["_return_url"] else "?"
        secret = f"{entity['object']}_client_secret={entity['client_secret']}"
        query = f"{entity['object']}={entity['id']}&{secret}&redirect_status={word}"
        return f"{entity['_return_url']}{joint}{query}"
    return _success(session) if session["status"] == "complete" else str(session["url"])


def _success(session: Object) -> str:
    return str(session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"]))


def _ended(session: Object, method: str) -> Answer:
    if session["status"] == "complete" and method == "POST":
        return as_redirect(_success(session))
    if session["status"] == "complete":
        return _document(200, "All done", "<p>You have completed this page already.</p>")
    back = f'<p><a href="{escape(session["cancel_url"] or "")}">Back</a></p>'
    return _document(410, "This page has expired", back)


def _form(account: Account, session: Object, error: str) -> Answer:
    is_setup = session["mode"] == "setup"
    title = "Save a payment method" if is_setup else escape(session["_line"])
    rows = (
        []
        if is_setup
        else [f"<strong>{amount_words(session['amount_total'], session['currency'])}</strong>"]
    )
    rows += [
        alert(error),
        '<label for="number">Card number</label>',
        '<input id="number" name="number" value="4242 4242 4242 4242" inputmode="numeric">',
        '<label for="holder">Name on card</label>',
        '<input id="holder" name="holder" autocomplete="off">',
        button("pay", "Save card" if is_setup else "Pay", is_first=True),
        button("decline", "Decline"),
        button("challenge", "3-D Secure"),
    ]
    if session["currency"] == "usd":
        rows.append(button("bank", "Bank account" if is_setup else "Pending bank debit"))
    if session["cancel_url"]:
        rows.append(f'<p><a id="back" href="{escape(session["cancel_url"])}">Back</a></p>')
    return _document(200, title, "".join(rows))


def _document(status: int, title: str, inner: str) -> Answer:
    return page(LOOK, status, f'<h1>{title}</h1><form method="post">{inner}</form>')
