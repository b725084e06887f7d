"""SetupIntents: a method is saved for later charges, with the customer's consent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway_simulators.stripe.account import listing, shown
from gateway_simulators.stripe.cards import card_of, new_method
from gateway_simulators.stripe.customers import find_customer, keep
from gateway_simulators.stripe.events import emit
from gateway_simulators.stripe.problems import Form, Object, Problem, check, metadata

if TYPE_CHECKING:
    from gateway_simulators.stripe.account import Account
    from gateway_simulators.stripe.cards import Card

CREATE = (
    "customer",
    "usage",
    "metadata",
    "description",
    "automatic_payment_methods[enabled]",
    "automatic_payment_methods[allow_redirects]",
    "payment_method_types[]",
)
OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")


def create_setup(account: Account, form: Form) -> Object:
    """Make a SetupIntent: `POST /v1/setup_intents`."""
    check(form, optional=CREATE)
    if "customer" in form:
        find_customer(account, form["customer"])
    made = new_setup(account, form.get("customer"), metadata(form))
    emit(account, "setup_intent.created", made)
    return made


def new_setup(account: Account, customer: str | None, notes: dict[str, str]) -> Object:
    """Make a SetupIntent that nobody has tried yet.

    Args:
        account: where.
        customer: whose method it will be, or None.
        notes: metadata.
    """
    made = account.add(
        "seti",
        "setup_intent",
        customer=customer,
        usage="off_session",
        status="requires_payment_method",
        payment_method=None,
        next_action=None,
        last_setup_error=None,
        metadata=notes,
        _return_url="",
    )
    made["client_secret"] = f"{made['id']}_secret_{account.account_id[5:]}"
    return made


def try_setup(account: Account, setup: Object, card: Card, *, holder: str) -> None:
    """Save a card or a bank account, after a challenge if the card asks for one.

    Args:
        account: whose.
        setup: a SetupIntent that is open.
        card: what the customer entered.
        holder: the name on it.

    Raises:
        Problem: 402, the bank said no.
    """
    method = new_method(account, card, holder=holder)
    setup["payment_method"] = method["id"]
    if card.is_challenged:
        url = f"{account.world.url}/stripe/challenge/{setup['id']}"
        action = {"type": "redirect_to_url", "redirect_to_url": {"url": url}}
        setup.update(status="requires_action", next_action=action)
        emit(account, "setup_intent.requires_action", setup)
    elif card.code == "card_declined":
        error = refuse_setup(account, setup, card.code, card.decline_code)
        fields = {name: value for name, value in error.items() if name not in {"type", "message"}}
        raise Problem(402, error["message"], "card_error", setup_intent=shown(setup), **fields)
    else:
        finish_setup(account, setup)


def refuse_setup(account: Account, setup: Object, code: str, decline_code: str) -> Object:
    """Let the saving of a method fail.

    Args:
        account: whose.
        setup: the SetupIntent.
        code: Stripe's error.
        decline_code: the bank's reason, or "".

    Returns:
        The error as it stands in the SetupIntent.
    """
    error = {"type": "card_error", "code": code, "message": "Your card was declined."}
    if decline_code:
        error["decline_code"] = decline_code
    setup.update(
        status="requires_payment_method",
        payment_method=None,
        next_action=None,
        last_setup_error=error,
    )
    emit(account, "setup_intent.setup_failed", setup)
    return error


def finish_setup(account: Account, setup: Object) -> None:
    """Save the method that was entered.

    Args:
        account: whose.
        setup: the SetupIntent with its method.
    """
    method = account.find("payment_method", setup["payment_method"])
    if setup["customer"]:
        keep(account, method, setup["customer"])
    setup.update(status="succeeded", next_action=None, last_setup_error=None)
    emit(account, "setup_intent.succeeded", setup)


def confirm_setup(account: Account, form: Form, name: str) -> Object:
    """Save an existing method: `POST /v1/setup_intents/{id}/confirm`."""
    check(form, required=("payment_method",), optional=("return_url",))
    found = account.find("setup_intent", name)
    must_be_open(found, "confirm")
    method = account.find("payment_method", form["payment_method"], "payment_method")
    found["_return_url"] = form.get("return_url", "")
    try_setup(account, found, card_of(method), holder=method["billing_details"]["name"] or "")
    return found


def cancel_setup(account: Account, form: Form, name: str) -> Object:
    """Give up a SetupIntent: `POST /v1/setup_intents/{id}/cancel`."""
    check(form, optional=("cancellation_reason",))
    found = account.find("setup_intent", name)
    must_be_open(found, "cancel")
    found.update(status="canceled", next_action=None)
    emit(account, "setup_intent.canceled", found)
    return found


def must_be_open(setup: Object, verb: str) -> None:
    """Refuse what can only be done to a SetupIntent under way.

    Args:
        setup: the SetupIntent.
        verb: for the sentence.

    Raises:
        Problem: `setup_intent_unexpected_state`.
    """
    if setup["status"] not in OPEN:
        words = f"You cannot {verb} this SetupIntent because it has a status of {setup['status']}."
        raise Problem(400, words, code="setup_intent_unexpected_state", setup_intent=shown(setup))


def list_setups(account: Account, form: Form) -> Object:
    """List SetupIntents: `GET /v1/setup_intents`."""
    return listing("/v1/setup_intents", form, account.all("setup_intent"), filters=("customer",))
