"""Disputes in words: where they stand, why the payer's bank asks, and why one waits for a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from billing_platform.portal.words import Vocabulary
from payments.enums import DisputeProblem, DisputeState

if TYPE_CHECKING:
    from payments.selectors.disputes import DisputeView

STAFF_STATES: Final[dict[str, str]] = {
    DisputeState.INQUIRY: "dispute_inquiry",
    DisputeState.OPEN: "dispute_open",
    DisputeState.WON: "dispute_won",
    DisputeState.LOST: "dispute_lost",
}
_UNKNOWN: Final = gettext_noop("The payer does not recognise the payment.")
_FRAUD: Final = gettext_noop("The payer says that somebody else used the card or account.")
_NOT_RECEIVED: Final = gettext_noop("The payer says that nothing was delivered.")
_NOT_AS_SOLD: Final = gettext_noop("The payer says that it is not what was sold.")
_NO_CREDIT: Final = gettext_noop("The payer expected a refund that did not come.")
_TWICE: Final = gettext_noop("The payer says that it was charged twice.")
_CANCELED: Final = gettext_noop("The payer says that the subscription was canceled.")
_AMOUNT: Final = gettext_noop("The payer says that the amount is not right.")
_RETURNED: Final = gettext_noop("The bank could not take the money from the account.")
_REASONS: Final[dict[str, str]] = {
    "bank_cannot_process": _RETURNED,
    "incorrect_account_details": gettext_noop("The account's details are not right."),
    "insufficient_funds": gettext_noop("There was not enough money on the account."),
    "debit_not_authorized": gettext_noop("The account's owner did not agree to the debit."),
    "customer_initiated": gettext_noop("The account's owner called the debit back."),
    "fraudulent": _FRAUD,
    "fraud": _FRAUD,
    "UNAUTHORISED": _FRAUD,
    "unrecognized": _UNKNOWN,
    "product_not_received": _NOT_RECEIVED,
    "MERCHANDISE_OR_SERVICE_NOT_RECEIVED": _NOT_RECEIVED,
    "product_unacceptable": _NOT_AS_SOLD,
    "MERCHANDISE_OR_SERVICE_NOT_AS_DESCRIBED": _NOT_AS_SOLD,
    "credit_not_processed": _NO_CREDIT,
    "CREDIT_NOT_PROCESSED": _NO_CREDIT,
    "duplicate": _TWICE,
    "DUPLICATE_TRANSACTION": _TWICE,
    "PAYMENT_BY_OTHER_MEANS": _TWICE,
    "subscription_canceled": _CANCELED,
    "CANCELED_RECURRING_BILLING": _CANCELED,
    "INCORRECT_AMOUNT": _AMOUNT,
}
PROBLEMS: Final = Vocabulary(
    {
        DisputeProblem.AMOUNT: gettext_noop(
            "More has left the gateway than is left of the payment after refunds and other disputes."
        ),
        DisputeProblem.CURRENCY: gettext_noop(
            "The gateway has withdrawn another currency than was paid."
        ),
        DisputeProblem.PAYMENT: gettext_noop(
            "The payment itself is not credited yet. Decide on it first."
        ),
    }
)


def reason_words(row: DisputeView) -> str:
    """Return why the payer's bank asks for the money, in plain words.

    Args:
        row: the dispute.
    """
    other = gettext_noop("The payer's bank asks for the money back.")
    return _(_REASONS.get(row.reason, _RETURNED if row.is_return else other))


def customer_pill(row: DisputeView) -> str:
    """Return how a customer reads where a dispute stands.

    Args:
        row: a dispute of theirs.
    """
    if row.is_return:
        return "dispute_returned"
    if row.state == DisputeState.WON:
        return "dispute_credited" if not row.taken else "dispute_disputed"
    return "dispute_final" if row.state == DisputeState.LOST else "dispute_disputed"
