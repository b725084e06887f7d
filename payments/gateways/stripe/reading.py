"""Stripe's objects in our words; the gateway hands over what it fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from payments.gateways.methods import MethodKind, PaidWith, SavedMethod
from payments.gateways.stripe.amounts import has_fraction
from payments.gateways.stripe.fields import (
    flag,
    id_of,
    inner,
    moment,
    money,
    number,
    state,
    text,
    unreadable,
    words,
)
from payments.gateways.values import (
    Checkout,
    CheckoutState,
    GatewayPayment,
    GatewayRefund,
    PaymentState,
    RefundState,
)

if TYPE_CHECKING:
    from billing_platform.kernel.money import Money

Found = dict[str, Any]

PAYMENT_STATES: Final = {
    "succeeded": PaymentState.SUCCEEDED,
    "processing": PaymentState.PENDING,
    "requires_capture": PaymentState.PENDING,
    "requires_action": PaymentState.REQUIRES_ACTION,
    "requires_confirmation": PaymentState.REQUIRES_ACTION,
    "requires_payment_method": PaymentState.FAILED,
    "canceled": PaymentState.CANCELED,
}
REFUND_STATES: Final = {
    "requires_action": RefundState.PENDING,
    **{one.value: one for one in RefundState},
}
CHECKOUT_STATES: Final = {one.value: one for one in CheckoutState}
SETUP_STATES: Final = {
    "requires_payment_method": CheckoutState.OPEN,
    "requires_confirmation": CheckoutState.OPEN,
    "requires_action": CheckoutState.OPEN,
    "processing": CheckoutState.OPEN,
    "succeeded": CheckoutState.COMPLETE,
    "canceled": CheckoutState.EXPIRED,
}
# What we keep and show of Stripe's kinds of methods.
KINDS: Final = {
    "card": MethodKind.CARD,
    "us_bank_account": MethodKind.BANK_ACCOUNT,
    "sepa_debit": MethodKind.BANK_ACCOUNT,
}
# The mark of a payment whose page lets the customer try again after a decline.
PAGE: Final = "page"
# What is fetched along with a payment, and with a page, so that they are read in one call.
FEE: Final = "latest_charge.balance_transaction"
WHOLE_PAGE: Final = [
    f"payment_intent.{FEE}",
    "payment_intent.payment_method",
    "setup_intent.payment_method",
]


def is_declined_on_page(found: Found) -> bool:
    """Return whether a PaymentIntent was declined on a hosted page that may still be open.

    Args:
        found: the PaymentIntent.
    """
    flow = (inner(found, "metadata") or {}).get("flow")
    return flow == PAGE and text(found, "status") == "requires_payment_method"


def to_payment(found: Found, *, may_try_again: bool = False) -> GatewayPayment:
    """Read a PaymentIntent.

    Args:
        found: with `latest_charge.balance_transaction` expanded, if the fee is wanted.
        may_try_again: it was declined on a page that is still open.

    Raises:
        GatewayUnavailable: a field is missing or odd (`unknown_state`).
    """
    failure = inner(found, "last_payment_error") or {}
    stands = state(PAYMENT_STATES, found)
    return GatewayPayment(
        payment_id=text(found, "id"),
        state=PaymentState.REQUIRES_ACTION if may_try_again else stands,
        amount=money(found, "amount"),
        received=money(found, "amount_received"),
        reference=_reference(found),
        is_live=flag(found, "livemode"),
        failure_code=words(failure, "decline_code") or words(failure, "code"),
        fee=_fee(found),
        paid_with=_paid_with(found, failure),
    )


def _reference(found: Found) -> str:
    return words(inner(found, "metadata") or {}, "reference")


def _paid_with(found: Found, failure: Found) -> PaidWith | None:
    charge = inner(found, "latest_charge") or {}
    used = inner(charge, "payment_method_details") or inner(failure, "payment_method") or {}
    kind = KINDS.get(words(used, "type"))
    face = inner(used, words(used, "type")) if kind else None
    if kind is None or face is None:
        return None
    name = words(face, "bank_name") or words(face, "bank_code")
    return PaidWith(kind, words(face, "brand"), words(face, "last4"), name)


def _fee(found: Found) -> Money | None:
    line = inner(inner(found, "latest_charge") or {}, "balance_transaction")
    if line is None or has_fraction(number(line, "fee"), text(line, "currency")):
        # A fee finer than the currency is no reason to doubt the payment.
        return None
    return money(line, "fee", is_signed=True)


def to_checkout(found: Found) -> Checkout:
    """Read a Checkout Session.

    Args:
        found: with its PaymentIntent or SetupIntent and their method expanded, unless it was just opened.

    Raises:
        GatewayUnavailable: a field is missing or odd (`unknown_state`).
    """
    stands = state(CHECKOUT_STATES, found)
    is_open = stands is CheckoutState.OPEN
    paid, setup = inner(found, "payment_intent"), inner(found, "setup_intent")
    if stands is CheckoutState.COMPLETE and paid is None and setup is None:
        raise unreadable("payment_intent")
    return Checkout(
        checkout_id=text(found, "id"),
        state=stands,
        url=text(found, "url") if is_open else "",
        reference=_reference(found),
        is_live=flag(found, "livemode"),
        # What was declined on an open page is nobody's business yet: the customer may try another card there.
        payment=None if is_open or paid is None else to_payment(paid),
        method=None if is_open else _kept(paid or setup or {}),
        expires_at=moment(found, "expires_at"),
        failure_code=_setup_failure(setup or {}),
    )


def to_form(found: Found) -> Checkout:
    """Read a SetupIntent that a form of ours is for: a page without an address.

    Args:
        found: with its method expanded.

    Raises:
        GatewayUnavailable: a field is missing or odd (`unknown_state`).
    """
    return Checkout(
        checkout_id=text(found, "id"),
        state=state(SETUP_STATES, found),
        url="",
        reference=_reference(found),
        is_live=flag(found, "livemode"),
        method=_kept(found),
        failure_code=_setup_failure(found),
    )


def _setup_failure(setup: Found) -> str:
    failure = inner(setup, "last_setup_error") or {}
    return words(failure, "decline_code") or words(failure, "code")


def _kept(intent: Found) -> SavedMethod | None:
    method = inner(intent, "payment_method")
    is_done = intent.get("status") in {"succeeded", "processing"}
    return to_method(method) if is_done and method and id_of(method, "customer") else None


def to_method(found: Found) -> SavedMethod | None:
    """Read a PaymentMethod; None when it is of a kind that we do not keep.

    Args:
        found: the PaymentMethod.

    Raises:
        GatewayUnavailable: a field is missing or odd (`unknown_state`).
    """
    method_id, customer_id = text(found, "id"), id_of(found, "customer")
    holder = words(inner(found, "billing_details") or {}, "name")
    kind = text(found, "type")
    face = inner(found, kind)
    if kind == "card" and face is not None:
        return SavedMethod(
            method_id,
            customer_id,
            MethodKind.CARD,
            brand=text(face, "brand"),
            last4=text(face, "last4"),
            expires=(number(face, "exp_year"), number(face, "exp_month")),
            holder=holder,
        )
    if kind in {"us_bank_account", "sepa_debit"} and face is not None:
        return SavedMethod(
            method_id,
            customer_id,
            MethodKind.BANK_ACCOUNT,
            last4=text(face, "last4"),
            holder=holder,
            bank_name=words(face, "bank_name") or words(face, "bank_code"),
        )
    return None


def to_refund(found: Found) -> GatewayRefund:
    """Read a Refund.

    Args:
        found: the Refund.

    Raises:
        GatewayUnavailable: a field is missing or odd (`unknown_state`).
    """
    return GatewayRefund(
        refund_id=text(found, "id"),
        payment_id=id_of(found, "payment_intent"),
        state=state(REFUND_STATES, found),
        amount=money(found, "amount"),
        reference=_reference(found),
        failure_code=words(found, "failure_reason"),
    )
