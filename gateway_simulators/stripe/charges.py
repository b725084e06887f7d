"""Charges: made of a PaymentIntent, reserved until they are captured, and what a capture brings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway_simulators.stripe.account import shown
from gateway_simulators.stripe.books import fee_of, move
from gateway_simulators.stripe.cards import DAY_S, card_of
from gateway_simulators.stripe.events import emit
from gateway_simulators.stripe.problems import Form, Object, Problem, check, positive

if TYPE_CHECKING:
    from gateway_simulators.stripe.account import Account

# How a PaymentIntent is captured: by itself, or by whoever made it.
MANUAL: Final = "manual"
METHODS: Final = ("automatic", MANUAL)


def new_charge(account: Account, payment: Object, status: str) -> Object:
    """Make a charge of a PaymentIntent.

    Args:
        account: whose.
        payment: with its method.
        status: of the charge.
    """
    method = account.find("payment_method", payment["payment_method"])
    made = account.add(
        "ch",
        "charge",
        amount=payment["amount"],
        amount_refunded=0,
        currency=payment["currency"],
        customer=payment["customer"],
        payment_intent=payment["id"],
        payment_method=payment["payment_method"],
        payment_method_details={
            "type": method["type"],
            method["type"]: dict(method[method["type"]]),
        },
        status=status,
        paid=status == "succeeded",
        refunded=False,
        disputed=False,
        _is_refundable=True,
        balance_transaction=None,
        metadata=payment["metadata"],
    )
    made["receipt_url"] = f"{account.world.url}/stripe/receipts/{made['id']}"
    payment["latest_charge"] = made["id"]
    return made


def collect(
    account: Account, payment: Object, charge: Object, *, is_bank: bool, amount: int = 0
) -> None:
    """Let a charge's money arrive.

    Args:
        account: whose.
        payment: its PaymentIntent.
        charge: what is collected.
        is_bank: a bank debit.
        amount: all of the charge when 0.
    """
    taken = amount or charge["amount"]
    fee = fee_of(taken, charge["currency"], is_bank=is_bank)
    kind = "payment" if is_bank else "charge"
    line = move(account, kind=kind, category="charge", amount=taken, fee=fee, source=charge)
    charge.update(status="succeeded", paid=True, balance_transaction=line["id"])
    payment.update(
        status="succeeded",
        amount_received=taken,
        amount_capturable=0,
        next_action=None,
        last_payment_error=None,
    )
    if card_of(account.find("payment_method", payment["payment_method"])).is_disputed:
        account.later(DAY_S, "dispute", charge["id"])


def reserve(account: Account, payment: Object) -> None:
    """Reserve the money of a PaymentIntent whose maker captures it.

    Args:
        account: whose.
        payment: one that is tried.
    """
    charge = new_charge(account, payment, "succeeded")
    payment.update(status="requires_capture", amount_capturable=charge["amount"], next_action=None)
    emit(account, "payment_intent.amount_capturable_updated", payment)


def capture_payment(account: Account, form: Form, name: str) -> Object:
    """Take what is reserved, or a part of it: `POST /v1/payment_intents/{id}/capture`."""
    check(form, optional=("amount_to_capture",))
    found = account.find("payment_intent", name)
    if found["status"] != "requires_capture":
        words = (
            "This PaymentIntent could not be captured because it has a status of"
            f" {found['status']}. Only a PaymentIntent with one of the following statuses may be"
            " captured: requires_capture."
        )
        code = "payment_intent_unexpected_state"
        raise Problem(400, words, code=code, payment_intent=shown(found))
    amount = found["amount_capturable"]
    if "amount_to_capture" in form:
        amount = positive(form, "amount_to_capture")
    if amount > found["amount_capturable"]:
        words = "The amount to capture is greater than what can be captured."
        raise Problem(400, words, code="amount_too_large", param="amount_to_capture")
    charge = account.find("charge", found["latest_charge"])
    collect(account, found, charge, is_bank=False, amount=amount)
    emit(account, "charge.captured", charge)
    emit(account, "payment_intent.succeeded", found)
    return found
