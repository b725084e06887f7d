"""Payments in words: states for customers and for the provider's people, and why one did not succeed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from billing_platform.portal.words import Vocabulary
from payments.enums import GIVEN_UP, NEVER_MADE, AttemptState, Problem, RefundState, RequestState
from payments.gateways.declines import CARD_DECLINES, GENERAL
from payments.gateways.refusals import known_decline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from payments.types import PaymentView

# What a customer sees of a state: money that is looked at is on its way, as far as the customer can tell.
CUSTOMER_STATES: Final[dict[str, str]] = {
    AttemptState.CREATED: "payment_pending",
    AttemptState.UNKNOWN: "payment_pending",
    AttemptState.PENDING: "payment_pending",
    AttemptState.QUARANTINED: "payment_pending",
    AttemptState.REQUIRES_ACTION: "payment_unfinished",
    AttemptState.SUCCEEDED: "payment_succeeded",
    AttemptState.DISPUTED: "payment_disputed",
    AttemptState.FAILED: "payment_failed",
    AttemptState.CANCELED: "payment_canceled",
}
STAFF_STATES: Final[dict[str, str]] = {
    **CUSTOMER_STATES,
    AttemptState.UNKNOWN: "payment_unknown",
    AttemptState.QUARANTINED: "payment_quarantined",
}
# Of a refund; that an answer was lost concerns the provider's people only.
CUSTOMER_REFUNDS: Final[dict[str, str]] = {
    RefundState.CREATED: "refund_pending",
    RefundState.UNKNOWN: "refund_pending",
    RefundState.PENDING: "refund_pending",
    RefundState.SUCCEEDED: "refund_succeeded",
    RefundState.FAILED: "refund_failed",
}
STAFF_REFUNDS: Final[dict[str, str]] = {
    **CUSTOMER_REFUNDS,
    RefundState.UNKNOWN: "refund_unknown",
}
STAFF_REQUESTS: Final[dict[str, str]] = {state: f"request_{state}" for state in RequestState}
# What staff settle among themselves is no concern of the customer.
CUSTOMER_REQUESTS: Final[dict[str, str]] = {
    **STAFF_REQUESTS,
    RequestState.WAITING: "request_asked",
}
# Why a payment ended that no gateway has refused; what gateways say stands in `payments.gateways.declines`.
_ENDINGS: Final[dict[str, str]] = {
    "expired": gettext_noop("The payment page was left until it closed. Nothing was taken."),
    "never_started": gettext_noop("The payment page could not be opened. Nothing was taken."),
    GIVEN_UP: gettext_noop("It is not known that anything was taken. Nothing was credited."),
    "given_back": gettext_noop("The money was given back. Nothing was credited."),
}
PROBLEMS: Final = Vocabulary(
    {
        Problem.AMOUNT: gettext_noop("The gateway has taken another amount than was asked for."),
        Problem.CURRENCY: gettext_noop("The gateway has taken another currency."),
        Problem.MODE: gettext_noop("Test money came to a live connection, or the reverse."),
        Problem.REFERENCE: gettext_noop("The gateway's payment names another one than this."),
        Problem.TWICE: gettext_noop(
            "The customer paid twice: another payment was credited before."
        ),
    }
)


def payment_pill(row: PaymentView, states: Mapping[str, str]) -> str:
    """Return a payment's state in words: of what succeeded, whether it went back, whole or in part.

    Args:
        row: the payment.
        states: CUSTOMER_STATES or STAFF_STATES.
    """
    if row.state == AttemptState.SUCCEEDED and row.is_refunded:
        return "payment_refunded"
    if row.state == AttemptState.SUCCEEDED and row.is_partly_refunded:
        return "payment_partly_refunded"
    return states[row.state]


def card_failures() -> list[tuple[str, str]]:
    """Return what may go wrong while a card is entered, by the gateway's words, for a form that shows it at once."""
    return [(code, _(decline.words)) for code, decline in CARD_DECLINES.items()]


def failure_words(code: str) -> str:
    """Return why a payment did not succeed, for the customer; empty without a reason.

    Args:
        code: the gateway's or the bank's word.
    """
    if not code:
        return ""
    if code in _ENDINGS:
        return _(_ENDINGS[code])
    decline = known_decline(code)
    return _(decline.words if decline else GENERAL)


def refund_failure_words(code: str, person: str) -> str:
    """Return why a refund failed, for the provider's people; empty without a reason.

    Args:
        code: the gateway's word, or ours where the gateway has no such refund.
        person: who took it for not made, or "".
    """
    if not code:
        return ""
    if code == NEVER_MADE:
        return _("The gateway has no such refund: it never got the question. It can be made anew.")
    if code == GIVEN_UP:
        return _("The gateway never answered; %s took it for not made.") % person
    return _("The gateway says: %s.") % code
