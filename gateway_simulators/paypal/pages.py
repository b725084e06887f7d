"""PayPal's pages: log in or create an account, agree and continue, or cancel."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from gateway_simulators.common.messages import as_page, as_redirect
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
STYLE: Final = """
body{font:16px/1.5 system-ui,sans-serif;margin:0;background:#f5f7fa;color:#10243e}
main{max-width:26rem;margin:8vh auto;padding:2rem;background:#fff;border-radius:12px;box-shadow:0 2px 12px #0002}
h1{font-size:1.1rem;margin:0}strong{display:block;font-size:2rem;margin:.2rem 0 1rem}
label{display:block;font-size:.85rem;margin:.8rem 0 .2rem}
input{width:100%;box-sizing:border-box;padding:.6rem;border:1px solid #c4ccd8;border-radius:6px;font:inherit}
button{width:100%;padding:.7rem;margin-top:.6rem;border:1px solid #c4ccd8;border-radius:20px;background:#fff;
font:inherit;cursor:pointer}
button.first{background:#0057b8;border-color:#0057b8;color:#fff}a{color:#0057b8}small{color:#5b6784}
"""


def page(account: Account, method: str, name: str, form: dict[str, str]) -> Answer:
    """Show the page of an order or a setup token, or do what was pressed on it.

    Args:
        account: whose.
        method: GET or POST.
        name: of the order or the setup token.
        form: the pressed button `choice`, and `email`.
    """
    found = account.objects.get(name, {})
    if found.get("status") != "PAYER_ACTION_REQUIRED":
        return _document(410, "<h1>Things don't appear to be working at the moment</h1>")
    if method != "POST":
        return _document(200, _log_in(found))
    return _press(account, found, form)


def _press(account: Account, found: Object, form: dict[str, str]) -> Answer:
    choice, name = form.get("choice", ""), found["id"]
    if choice == "cancel":
        return as_redirect(_with(found["_context"]["cancel_url"], token=name))
    if choice in {"login", "create"}:
        return _document(200, _agree(found, form.get("email") or PAYER))
    if choice not in BUTTONS:
        return _document(200, _log_in(found))
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
        "<button class='first' name='choice' value='login'>Log In</button>"
        "<button name='choice' value='create'>Create an Account</button>"
        "<button name='choice' value='cancel'>Cancel and return</button></form>"
    )


def _agree(found: Object, email: str) -> str:
    return (
        f"{_heading(found)}<form method='post'><input type='hidden' name='email' value='{escape(email)}'>"
        f"<p>Pay as {escape(email)}</p>"
        "<button class='first' name='choice' value='agree'>Agree &amp; Continue</button>"
        "<button name='choice' value='decline'>Pay by a card that is declined</button>"
        "<button name='choice' value='pending'>Pay by e-check</button>"
        "<button name='choice' value='cancel'>Cancel and return</button></form>"
    )


def _heading(found: Object) -> str:
    if found["_kind"] != "order":
        return "<h1>Save PayPal for later payments</h1>"
    amount = found["purchase_units"][0]["amount"]
    figure = f"{amount['value']} {amount['currency_code']}"
    return f"<h1>Pay with PayPal</h1><strong>{escape(figure)}</strong>"


def _with(url: str, **query: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"


def _document(status: int, inner: str) -> Answer:
    return as_page(
        status,
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>PayPal</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<style>{STYLE}</style></head><body><main>{inner}"
        "<small>PayPal simulator, sandbox</small></main></body></html>",
    )
