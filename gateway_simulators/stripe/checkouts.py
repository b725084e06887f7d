"""Checkout Sessions: hosted pages on which a customer pays or saves a method."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway_simulators.stripe.account import listing
from gateway_simulators.stripe.customers import find_customer
from gateway_simulators.stripe.events import emit
from gateway_simulators.stripe.payments import give_up, new_payment
from gateway_simulators.stripe.problems import (
    Form,
    Object,
    Problem,
    check,
    metadata,
    positive,
    price,
)
from gateway_simulators.stripe.setups import new_setup

if TYPE_CHECKING:
    from gateway_simulators.stripe.account import Account

DAY_S: Final = 86_400
COMMON: Final = (
    "customer",
    "cancel_url",
    "client_reference_id",
    "metadata",
    "payment_method_types[]",
    "expires_at",
    "locale",
)
PAYMENT: Final = (
    *COMMON,
    "line_items[][quantity]",
    "line_items[][price_data][currency]",
    "line_items[][price_data][unit_amount]",
    "line_items[][price_data][product_data][name]",
    "payment_intent_data[metadata]",
    "payment_intent_data[description]",
    "payment_intent_data[setup_future_usage]",
    "submit_type",
)
SETUP: Final = (*COMMON, "currency", "setup_intent_data[metadata]")
LINE: Final = "line_items[0][price_data]"


def create_session(account: Account, form: Form) -> Object:
    """Open a page: `POST /v1/checkout/sessions`."""
    mode = form.get("mode")
    check(form, required=("mode", "success_url"), optional=SETUP if mode == "setup" else PAYMENT)
    if mode not in {"payment", "setup"}:
        raise Problem(400, "Invalid mode: must be one of payment, setup.", param="mode")
    customer = form.get("customer")
    if customer:
        find_customer(account, customer)
    fields = _priced(form) if mode == "payment" else _saving(account, form)
    expires = positive(form, "expires_at") if "expires_at" in form else account.now + DAY_S
    if not 1800 <= expires - account.now <= DAY_S:
        words = "The `expires_at` timestamp must be between 30 minutes and 24 hours from now."
        raise Problem(400, words, param="expires_at")
    made = account.add(
        "cs_test",
        "checkout.session",
        mode=mode,
        status="open",
        customer=customer,
        client_reference_id=form.get("client_reference_id"),
        success_url=form["success_url"],
        cancel_url=form.get("cancel_url"),
        expires_at=expires,
        metadata=metadata(form),
        **fields,
    )
    made["url"] = f"{account.world.url}/stripe/pay/{made['id']}"
    account.later(expires - account.now, "session", made["id"])
    return made


def _priced(form: Form) -> Object:
    names = (f"{LINE}[currency]", f"{LINE}[unit_amount]", f"{LINE}[product_data][name]")
    for name in (*names, "line_items[0][quantity]"):
        if not form.get(name):
            words = f"Missing required param: {name}."
            raise Problem(400, words, code="parameter_missing", param=name)
    if any(name.startswith("line_items[1]") for name in form):
        raise Problem(400, "The simulator takes one line.", param="line_items")
    if form["line_items[0][quantity]"] != "1":
        raise Problem(400, "The simulator takes a quantity of one.", param="line_items")
    amount, currency = price(form, f"{LINE}[unit_amount]", f"{LINE}[currency]")
    return {
        "amount_total": amount,
        "currency": currency,
        "payment_status": "unpaid",
        "payment_intent": None,
        "setup_intent": None,
        "_line": form[f"{LINE}[product_data][name]"],
        "_notes": metadata(form, "payment_intent_data"),
        "_description": form.get("payment_intent_data[description]"),
        "_is_kept": form.get("payment_intent_data[setup_future_usage]") == "off_session",
    }


def _saving(account: Account, form: Form) -> Object:
    if not form.get("currency") and "payment_method_types[0]" not in form:
        words = "Missing required param: currency."
        raise Problem(400, words, code="parameter_missing", param="currency")
    setup = new_setup(account, form.get("customer"), metadata(form, "setup_intent_data"))
    return {
        "amount_total": None,
        "currency": form.get("currency"),
        "payment_status": "no_payment_required",
        "payment_intent": None,
        "setup_intent": setup["id"],
    }


def payment_of(account: Account, session: Object) -> Object:
    """Return the page's PaymentIntent, made on the first try.

    Args:
        account: whose.
        session: of mode payment.
    """
    if session["payment_intent"]:
        return account.find("payment_intent", session["payment_intent"])
    made = new_payment(
        account,
        amount=session["amount_total"],
        currency=session["currency"],
        customer=session["customer"],
        description=session["_description"],
        metadata=session["_notes"],
        _session=session["id"],
    )
    session["payment_intent"] = made["id"]
    emit(account, "payment_intent.created", made)
    return made


def complete(account: Account, session: Object) -> None:
    """Close a page on which the customer did what was wanted.

    Args:
        account: whose.
        session: the page.
    """
    session.update(status="complete", url=None)
    if session["mode"] == "payment":
        is_paid = payment_of(account, session)["status"] == "succeeded"
        session["payment_status"] = "paid" if is_paid else "unpaid"
    emit(account, "checkout.session.completed", session)


def after_debit(account: Account, payment: Object) -> None:
    """Tell the page of a bank debit how it went in the end.

    Args:
        account: whose.
        payment: the PaymentIntent, settled or failed.
    """
    for session in account.all("checkout.session", payment_intent=payment["id"]):
        is_paid = payment["status"] == "succeeded"
        session["payment_status"] = "paid" if is_paid else "unpaid"
        word = "succeeded" if is_paid else "failed"
        emit(account, f"checkout.session.async_payment_{word}", session)


def expire_session(account: Account, form: Form, name: str) -> Object:
    """Close a page: `POST /v1/checkout/sessions/{id}/expire`."""
    check(form)
    found = account.find("checkout.session", name)
    if found["status"] != "open":
        words = (
            'Only Checkout Sessions with a status in ["open"] can be expired.'
            f" This Checkout Session has a status of `{found['status']}`."
        )
        raise Problem(400, words)
    return close(account, found)


def close(account: Account, session: Object) -> Object:
    """Close a page that is open, with what was begun on it.

    Args:
        account: whose.
        session: the page.
    """
    session.update(status="expired", url=None)
    if session["payment_intent"]:
        give_up(account, payment_of(account, session), "automatic")
    if session["setup_intent"]:
        account.find("setup_intent", session["setup_intent"])["status"] = "canceled"
    emit(account, "checkout.session.expired", session)
    return session


def list_sessions(account: Account, form: Form) -> Object:
    """List pages: `GET /v1/checkout/sessions`."""
    filters = ("payment_intent", "customer", "status")
    return listing("/v1/checkout/sessions", form, account.all("checkout.session"), filters=filters)
