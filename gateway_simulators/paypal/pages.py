"""PayPal's pages: log in or create an account, agree and continue, or cancel."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from gateway_simulators.common.messages import as_redirect
from gateway_simulators.common.pages import Look, button, page
from gateway_simulators.paypal.orders import approve

if TYPE_CHECKING:
    from gateway_simulators.common.messages import Answer
    from gateway_simulators.paypal.account import Account
    from gateway_simulators.paypal.problems import Object

PAYER: Final = "ok@payer.example"
# What a button types for the payer.
BUTTONS: Final = {
    "agree": "",
    "decline": "declined@payer.example",
    "pending": "pending@payer.example",
}
LOOK: Final = Look("PayPal", "PayPal simulator, sandbox", accent="#0057b8", ink="#10243e")


def payer_page(account: Account, method: str, name: str, form: dict[str, str]) -> Answer:
    """Show the page of an order or a setup token, or do what was pressed on it.

    Args:
        account: whose.
        method: GET or POST.
        name: of the order or the setup token.
        form: the pressed button `choice`, and `email`.
    """
    found = account.objects.get(name, {})
    if found.get("status") != "PAYER_ACTION_REQUIRED":
        return page(LOOK, 410, "<h1>Things don't appear to be working at the moment</h1>")
    if method != "POST":
        return page(LOOK, 200, _log_in(found))
    return _press(account, found, form)


def _press(account: Account, found: Object, form: dict[str, str]) -> Answer:
    choice, name = form.get("choice", ""), found["id"]
    if choice == "cancel":
        return as_redirect(_with(found["_context"]["cancel_url"], token=name))
    if choice in {"login", "create"}:
        return page(LOOK, 200, _agree(found, form.get("email") or PAYER))
    if choice not in BUTTONS:
        return page(LOOK, 200, _log_in(found))
    payer = BUTTONS[choice] or form.get("email") or PAYER
    if found["_kind"] == "order":
        approve(account, found, payer)
        return as_redirect(_with(found["_context"]["return_url"], token=name, PayerID="PAYER1"))
    found.update(status="APPROVED", _payer=payer)
    if found["_kind"] == "agreement_token":
        return as_redirect(_with(found["_context"]["return_url"], ba_token=name))
    return as_redirect(_with(found["_context"]["return_url"], approval_token_id=name))


def _log_in(found: Object) -> str:
    return (
        f"{_heading(found)}<form method='post'><label for='email'>Email</label>"
        f"<input id='email' name='email' value='{PAYER}'>"
        f"{button('login', 'Log In', is_first=True)}{button('create', 'Create an Account')}"
        f"{button('cancel', 'Cancel and return')}</form>"
    )


def _agree(found: Object, email: str) -> str:
    return (
        f"{_heading(found)}<form method='post'><input type='hidden' name='email' value='{escape(email)}'>"
        f"<p>Pay as {escape(email)}</p>"
        f"{button('agree', 'Agree & Continue', is_first=True)}"
        f"{button('decline', 'Pay by a card that is declined')}"
        f"{button('pending', 'Pay by e-check')}{button('cancel', 'Cancel and return')}</form>"
    )


def _heading(found: Object) -> str:
    if found["_kind"] != "order":
        return "<h1>Save PayPal for later payments</h1>"
    amount = found["purchase_units"][0]["amount"]
    figure = f"{amount['value']} {amount['currency_code']}"
    return f"<h1>Pay with PayPal</h1><strong>{escape(figure)}</strong>"


def _with(url: str, **query: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"
