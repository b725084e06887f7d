"""PaymentIntents and their charges: made, confirmed, settled, declined, canceled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NoReturn

from gateway_simulators.stripe.account import listing, shown
from gateway_simulators.stripe.cards import BANK_DAYS, DAY_S, card_of
from gateway_simulators.stripe.charges import MANUAL, METHODS, collect, new_charge, reserve
from gateway_simulators.stripe.customers import find_customer
from gateway_simulators.stripe.events import emit
from gateway_simulators.stripe.problems import Form, Object, Problem, check, metadata, price

if TYPE_CHECKING:
    from gateway_simulators.stripe.account import Account

OPEN: Final = ("requires_payment_method", "requires_confirmation", "requires_action")
CREATE: Final = (
    "customer",
    "payment_method",
    "off_session",
    "confirm",
    "metadata",
    "description",
    "setup_future_usage",
    "return_url",
    "receipt_email",
    "statement_descriptor_suffix",
    "capture_method",
    "automatic_payment_methods[enabled]",
    "automatic_payment_methods[allow_redirects]",
    "payment_method_types[]",
)


def create_payment(account: Account, form: Form) -> Object:
    """Make a PaymentIntent, and try it at once with `confirm`: `POST /v1/payment_intents`."""
    check(form, required=("amount", "currency"), optional=CREATE)
    amount, currency = price(form, "amount", "currency")
    is_away, is_tried = form.get("off_session") == "true", form.get("confirm") == "true"
    if is_away and not is_tried:
        words = "You cannot set `off_session` to `true` unless `confirm` is `true` too."
        raise Problem(400, words, param="off_session")
    if is_tried and "payment_method" not in form:
        words = "You cannot confirm this PaymentIntent because it's missing a payment method."
        raise Problem(400, words, code="payment_intent_unexpected_state")
    if form.get("capture_method", METHODS[0]) not in METHODS:
        raise Problem(400, "Invalid capture_method.", param="capture_method")
    customer = form.get("customer")
    if customer:
        find_customer(account, customer)
    if "payment_method" in form:
        _owned(account, form["payment_method"], customer)
    made = new_payment(
        account,
        amount=amount,
        currency=currency,
        customer=customer,
        description=form.get("description"),
        metadata=metadata(form),
    )
    made["payment_method"] = form.get("payment_method")
    made["capture_method"] = form.get("capture_method", METHODS[0])
    made["_return_url"] = form.get("return_url", "")
    emit(account, "payment_intent.created", made)
    if is_tried:
        attempt(account, made, is_away=is_away)
    return made


def new_payment(account: Account, **fields: object) -> Object:
    """Make a PaymentIntent that nobody has tried yet.

    Args:
        account: where.
        fields: amount, currency, customer, description and metadata.
    """
    made = account.add(
        "pi",
        "payment_intent",
        amount_received=0,
        amount_capturable=0,
        capture_method=METHODS[0],
        status="requires_payment_method",
        payment_method=None,
        latest_charge=None,
        next_action=None,
        last_payment_error=None,
        cancellation_reason=None,
        **fields,
    )
    made["client_secret"] = f"{made['id']}_secret_{account.account_id[5:]}"
    return made


def _owned(account: Account, name: str, customer: str | None) -> Object:
    found = account.find("payment_method", name, "payment_method")
    if found["customer"] != customer or customer is None:
        words = "The payment method does not belong to the customer."
        raise Problem(400, words, param="payment_method")
    return found


def confirm_payment(account: Account, form: Form, name: str) -> Object:
    """Try a PaymentIntent: `POST /v1/payment_intents/{id}/confirm`."""
    check(form, optional=("payment_method", "off_session", "return_url"))
    found = account.find("payment_intent", name)
    _must_be_open(found, "confirm")
    if "payment_method" in form:
        found["payment_method"] = _owned(account, form["payment_method"], found["customer"])["id"]
    if found["payment_method"] is None:
        words = "You cannot confirm this PaymentIntent because it's missing a payment method."
        raise Problem(400, words, code="payment_intent_unexpected_state")
    found["_return_url"] = form.get("return_url", found["_return_url"])
    attempt(account, found, is_away=form.get("off_session") == "true")
    return found


def cancel_payment(account: Account, form: Form, name: str) -> Object:
    """Give up a PaymentIntent: `POST /v1/payment_intents/{id}/cancel`."""
    check(form, optional=("cancellation_reason",))
    found = account.find("payment_intent", name)
    if found.get("_session"):
        words = "You cannot cancel a PaymentIntent of a Checkout Session: expire the session."
        raise Problem(400, words, code="payment_intent_unexpected_state")
    if found["status"] != "requires_capture":
        _must_be_open(found, "cancel")
    return give_up(account, found, form.get("cancellation_reason"))


def give_up(account: Account, payment: Object, reason: str | None) -> Object:
    """Cancel a PaymentIntent that is still open.

    Args:
        account: whose.
        payment: the PaymentIntent.
        reason: Stripe's word, or None.
    """
    payment.update(status="canceled", cancellation_reason=reason, next_action=None)
    emit(account, "payment_intent.canceled", payment)
    return payment


def _must_be_open(payment: Object, verb: str) -> None:
    if payment["status"] not in OPEN:
        words = (
            f"You cannot {verb} this PaymentIntent because it has a status of {payment['status']}."
        )
        raise Problem(
            400, words, code="payment_intent_unexpected_state", payment_intent=shown(payment)
        )


def attempt(account: Account, payment: Object, *, is_away: bool) -> None:
    """Try to take the money.

    Args:
        account: whose.
        payment: a PaymentIntent with a method.
        is_away: the customer is not there to be asked.

    Raises:
        Problem: 402, the decline.
    """
    card = card_of(account.find("payment_method", payment["payment_method"]))
    if card.bank:
        _begin_debit(account, payment)
    elif card.is_challenged and is_away:
        decline(account, payment, "authentication_required", "authentication_required")
    elif card.is_challenged:
        url = f"{account.world.url}/stripe/challenge/{payment['id']}"
        action = {"type": "redirect_to_url", "redirect_to_url": {"url": url}}
        payment.update(status="requires_action", next_action=action)
        emit(account, "payment_intent.requires_action", payment)
    elif card.code:
        decline(account, payment, card.code, card.decline_code)
    elif payment["capture_method"] == MANUAL:
        reserve(account, payment)
    else:
        settle(account, payment)


def _begin_debit(account: Account, payment: Object) -> None:
    if payment["currency"] != "usd":
        words = "The payment method type us_bank_account only supports the currency usd."
        raise Problem(400, words, param="payment_method")
    payment.update(status="processing", next_action=None)
    new_charge(account, payment, "pending")
    account.later(BANK_DAYS * DAY_S, "bank", payment["id"])
    emit(account, "payment_intent.processing", payment)


def settle(account: Account, payment: Object) -> None:
    """Let the money arrive.

    Args:
        account: whose.
        payment: one that is tried, or a bank debit under way.
    """
    is_under_way = payment["status"] == "processing"
    charge = (
        account.find("charge", payment["latest_charge"])
        if is_under_way
        else new_charge(account, payment, "succeeded")
    )
    collect(account, payment, charge, is_bank=is_under_way)
    emit(account, "charge.succeeded", charge)
    emit(account, "payment_intent.succeeded", payment)


def refuse(account: Account, payment: Object, code: str, decline_code: str) -> Object:
    """Let a payment fail without an answer to anyone: a bank's return, a failed challenge.

    Args:
        account: whose.
        payment: the PaymentIntent.
        code: Stripe's error.
        decline_code: the bank's reason, or "".

    Returns:
        The error as it stands in the PaymentIntent.
    """
    error: Object = {"type": "card_error", "code": code, "message": "Your card was declined."}
    error["payment_method"] = shown(account.find("payment_method", payment["payment_method"]))
    if decline_code:
        error["decline_code"] = decline_code
    if payment["status"] == "processing":
        account.find("charge", payment["latest_charge"])["status"] = "failed"
    else:
        new_charge(account, payment, "failed")
    payment.update(status="requires_payment_method", next_action=None, last_payment_error=error)
    emit(account, "payment_intent.payment_failed", payment)
    return error


def decline(account: Account, payment: Object, code: str, decline_code: str) -> NoReturn:
    """Refuse a payment before whoever asked for it.

    Args:
        account: whose.
        payment: the PaymentIntent.
        code: Stripe's error.
        decline_code: the bank's reason.

    Raises:
        Problem: always, 402.
    """
    error = refuse(account, payment, code, decline_code)
    words = error["message"]
    fields = {"code": code, "decline_code": decline_code, "charge": payment["latest_charge"]}
    raise Problem(402, words, "card_error", payment_intent=shown(payment), **fields)


def list_payments(account: Account, form: Form) -> Object:
    """List PaymentIntents: `GET /v1/payment_intents`."""
    found = account.all("payment_intent")
    return listing("/v1/payment_intents", form, found, filters=("customer",))
