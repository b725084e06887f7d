"""The closed lists of words of payments, and the one table of an attempt's moves."""

from __future__ import annotations

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ConnectionState(TextChoices):
    """Whether a connection takes payments: `broken` when the gateway refuses its key, `off` by somebody's decision."""

    OK = "ok", _("On")
    BROKEN = "broken", _("Broken")
    OFF = "off", _("Off")


class AttemptKind(TextChoices):
    """How money is asked for: on the gateway's own page, or of a saved method."""

    CHECKOUT = "checkout", _("Hosted page")
    CHARGE = "charge", _("Saved method")


class AttemptState(TextChoices):
    """Where an attempt stands; `unknown` until the gateway has been asked what became of a lost answer."""

    CREATED = "created", _("Created")
    UNKNOWN = "unknown", _("Unknown")
    REQUIRES_ACTION = "requires_action", _("Waiting for the customer")
    PENDING = "pending", _("Pending")
    SUCCEEDED = "succeeded", _("Succeeded")
    FAILED = "failed", _("Failed")
    CANCELED = "canceled", _("Canceled")
    QUARANTINED = "quarantined", _("To be looked at")
    DISPUTED = "disputed", _("Disputed")


# Credited: what came stands in the ledger. Disputed money is a posting of its own.
CREDITED: Final = (AttemptState.SUCCEEDED, AttemptState.DISPUTED)
# Over without money; what comes late all the same moves them on.
FAILED_STATES: Final = (AttemptState.FAILED, AttemptState.CANCELED)
OPEN_STATES: Final = (
    AttemptState.CREATED,
    AttemptState.UNKNOWN,
    AttemptState.REQUIRES_ACTION,
    AttemptState.PENDING,
)
_OUTCOMES: Final = frozenset(
    {
        AttemptState.SUCCEEDED,
        AttemptState.FAILED,
        AttemptState.CANCELED,
        AttemptState.QUARANTINED,
    }
)
# Money that comes late is money: what failed may still succeed, what succeeded stays; a dispute comes and goes. What
# waits in quarantine is credited by people, or closed when the gateway has given it back. The
# trigger `payments_guard_attempt` holds the same table; a test compares the two.
MOVES: Final[dict[AttemptState, frozenset[AttemptState]]] = {
    AttemptState.CREATED: _OUTCOMES
    | {AttemptState.UNKNOWN, AttemptState.REQUIRES_ACTION, AttemptState.PENDING},
    AttemptState.UNKNOWN: _OUTCOMES | {AttemptState.REQUIRES_ACTION, AttemptState.PENDING},
    AttemptState.REQUIRES_ACTION: _OUTCOMES | {AttemptState.PENDING},
    AttemptState.PENDING: _OUTCOMES,
    AttemptState.FAILED: frozenset(
        {AttemptState.PENDING, AttemptState.SUCCEEDED, AttemptState.QUARANTINED}
    ),
    AttemptState.CANCELED: frozenset(
        {AttemptState.PENDING, AttemptState.SUCCEEDED, AttemptState.QUARANTINED}
    ),
    AttemptState.QUARANTINED: frozenset({AttemptState.SUCCEEDED, AttemptState.CANCELED}),
    AttemptState.SUCCEEDED: frozenset({AttemptState.DISPUTED}),
    AttemptState.DISPUTED: frozenset({AttemptState.SUCCEEDED}),
}


class RefundState(TextChoices):
    """Where a refund stands; `unknown` until the gateway has been asked what became of a lost answer."""

    CREATED = "created", _("Created")
    UNKNOWN = "unknown", _("Unknown")
    PENDING = "pending", _("Pending")
    SUCCEEDED = "succeeded", _("Succeeded")
    FAILED = "failed", _("Failed")


OPEN_REFUNDS: Final = (RefundState.CREATED, RefundState.UNKNOWN, RefundState.PENDING)
# A bank may send money back days after it went; what has failed stays failed. The trigger `payments_guard_refund`
# holds the same table; a test compares the two.
REFUND_MOVES: Final[dict[RefundState, frozenset[RefundState]]] = {
    RefundState.CREATED: frozenset(
        {RefundState.UNKNOWN, RefundState.PENDING, RefundState.SUCCEEDED, RefundState.FAILED}
    ),
    RefundState.UNKNOWN: frozenset(
        {RefundState.PENDING, RefundState.SUCCEEDED, RefundState.FAILED}
    ),
    RefundState.PENDING: frozenset({RefundState.SUCCEEDED, RefundState.FAILED}),
    RefundState.SUCCEEDED: frozenset({RefundState.FAILED}),
    RefundState.FAILED: frozenset(),
}


# Why a refund or a charge ended that its gateway has not: our words among the gateways'.
NEVER_MADE: Final = "never_made"
GIVEN_UP: Final = "given_up"


class RefundDestination(TextChoices):
    """Where money of a payment goes back to: where it came from, or the customer's balance."""

    ORIGINAL = "original", _("Original payment method")
    BALANCE = "balance", _("Balance")


class RequestState(TextChoices):
    """Where a request for a refund stands; `waiting` is for a second person."""

    ASKED = "asked", _("Asked")
    WAITING = "waiting", _("Waiting for a second person")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")


# What a second person declines is looked at again; the trigger `payments_guard_refund_request` lets an open one go
# anywhere, and a decided one nowhere.
OPEN_REQUESTS: Final = (RequestState.ASKED, RequestState.WAITING)


class NoWayBack(TextChoices):
    """Why a payment cannot go back to where it came from; it can still go to the balance."""

    NONE = "", _("None")
    CONNECTION = "connection", _("The gateway cannot be called by this connection any more.")
    AGE = "age", _("The payment is older than what its gateway gives back.")
    METHOD = "method", _("An earlier refund came back: the card or account is closed.")
    TAXED = "taxed", _("A taxed top-up goes back with its tax, so not to the balance.")


class DisputeState(TextChoices):
    """Where a dispute stands; an inquiry has moved no money."""

    INQUIRY = "inquiry", _("Inquiry")
    OPEN = "open", _("Open")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")


OPEN_DISPUTES: Final = (DisputeState.INQUIRY, DisputeState.OPEN)
# Decided is decided: only a later instance of the banks may decide otherwise. The trigger `payments_guard_dispute`
# holds the same table; a test compares the two.
DISPUTE_MOVES: Final[dict[DisputeState, frozenset[DisputeState]]] = {
    DisputeState.INQUIRY: frozenset({DisputeState.OPEN, DisputeState.WON, DisputeState.LOST}),
    DisputeState.OPEN: frozenset({DisputeState.WON, DisputeState.LOST}),
    DisputeState.WON: frozenset({DisputeState.LOST}),
    DisputeState.LOST: frozenset({DisputeState.WON}),
}


class DisputeProblem(TextChoices):
    """Why money that a dispute has taken at the gateway is not taken from the client by itself."""

    NONE = "", _("None")
    AMOUNT = "amount", _("More than is left of the payment")
    CURRENCY = "currency", _("Another currency than was paid")
    PAYMENT = "payment", _("The payment is not credited")


# What the provider's people may decide on; a payment that is not credited has to be decided on itself.
DECIDABLE: Final = (DisputeProblem.AMOUNT, DisputeProblem.CURRENCY)


class Problem(TextChoices):
    """Why money that a gateway has taken is not credited by itself."""

    NONE = "", _("None")
    AMOUNT = "amount", _("The amount differs")
    CURRENCY = "currency", _("The currency differs")
    MODE = "mode", _("Test money at a live connection, or the reverse")
    REFERENCE = "reference", _("The payment names another attempt")
    TWICE = "twice", _("It was paid twice")


# What the provider's people may take as it came; the rest is not money of this attempt.
ACCEPTABLE: Final = (Problem.AMOUNT, Problem.CURRENCY, Problem.TWICE)


class EventState(TextChoices):
    """What became of a gateway's event."""

    RECEIVED = "received", _("Received")
    PROCESSED = "processed", _("Processed")
    IGNORED = "ignored", _("Ignored")
    FAILED = "failed", _("Failed")


class SetupState(TextChoices):
    """What became of a page on which a method is saved."""

    OPEN = "open", _("Open")
    DONE = "done", _("Saved")
    CLOSED = "closed", _("Closed")


class MethodState(TextChoices):
    """Whether a saved method can be charged: `gone` at the gateway, `deleted` by its owner and shown no more."""

    ACTIVE = "active", _("Active")
    GONE = "gone", _("Gone")
    DELETED = "deleted", _("Deleted")


class RechargeMode(TextChoices):
    """How much an auto-recharge adds: always the same, or what is missing to a target."""

    AMOUNT = "amount", _("by an amount")
    TARGET = "target", _("to a target")


class RechargeState(TextChoices):
    """Where a recharge stands: before a payment was opened, with one that is not decided, over."""

    CLAIMED = "claimed", _("Claimed")
    CHARGING = "charging", _("Charging")
    DONE = "done", _("Done")


class Hindrance(TextChoices):
    """Why a wallet is not recharged just now; the first that holds, in this order."""

    NONE = "", _("None")
    OFF = "off", _("Switched off")
    AUTO_PAY_OFF = "auto_pay_off", _("Auto-pay is off")
    NO_METHOD = "no_method", _("No default payment method")
    GATEWAY = "gateway", _("The way to pay is not available")
    PAUSED = "paused", _("Waits for the customer")
    WAITING = "waiting", _("Waits before it tries again")
    UNDERWAY = "underway", _("A payment is on its way")
    REFUSED = "refused", _("Not possible at present")
    DAILY_CAP = "daily_cap", _("The limit of the day is reached")
    MONTHLY_CAP = "monthly_cap", _("The limit of the month is reached")
    ENOUGH = "enough", _("There is enough credit")


class TopupState(TextChoices):
    """Where a top-up stands: nothing or not all has come, all has come, or its payment came to nothing."""

    OPEN = "open", _("Open")
    CREDITED = "credited", _("Credited")
    CLOSED = "closed", _("Closed")


# Money that comes late is money, and what a bank takes back opens it again. The trigger `payments_guard_topup` holds
# the same table; a test compares the two.
TOPUP_MOVES: Final[dict[TopupState, frozenset[TopupState]]] = {
    TopupState.OPEN: frozenset({TopupState.CREDITED, TopupState.CLOSED}),
    TopupState.CREDITED: frozenset({TopupState.OPEN}),
    TopupState.CLOSED: frozenset({TopupState.OPEN, TopupState.CREDITED}),
}


class TaxPoint(TextChoices):
    """When prepaid money is taxed: when it is used, or when it comes in (setting `tax.point`)."""

    CONSUMPTION = "consumption", _("When it is used")
    TOP_UP = "top_up", _("When it comes in")


class TopupBar(TextChoices):
    """Why a tenant may not make a top-up; codes of promotions and of tax stand beside these."""

    TENANT_CLOSED = "tenant_closed", _("This account is closed.")
    AMOUNT = "invalid_amount", _("Pay more than nothing.")
    CURRENCY = "currency_refused", _("Top-ups in this currency are not possible.")
    TOO_SMALL = "amount_too_small", _("This is less than the smallest top-up.")
    TOO_LARGE = "amount_too_large", _("This is more than the largest top-up.")
    OWN_SMALL = (
        "below_own_minimum",
        _("This is less than the smallest top-up that your organization allows itself."),
    )
    OWN_LARGE = (
        "above_own_maximum",
        _("This is more than the largest top-up that your organization allows itself."),
    )
    FREE = "nothing_to_pay", _("Nothing would be left to pay.")
