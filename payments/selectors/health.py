"""How payments keep up: who has something due, and how long the oldest undecided payment has waited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db.models import Min

from payments.enums import OPEN_DISPUTES, OPEN_REFUNDS, AttemptState
from payments.models import Attempt, Connection, Dispute, MethodSetup, Refund, WebhookEvent

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

# A page that the customer left is no worry of ours; an answer that we wait for is, and money that nobody took.
UNRESOLVED: Final = (
    AttemptState.CREATED,
    AttemptState.UNKNOWN,
    AttemptState.PENDING,
    AttemptState.QUARANTINED,
)


def oldest_unresolved(provider_id: int) -> datetime | None:
    """Return when the oldest payment or refund was opened that waits for its gateway or for somebody's decision.

    Args:
        provider_id: whose; its scope is open.
    """
    payments, refunds = Attempt.objects.all(), Refund.objects.all()
    return _oldest(
        payments.filter(provider_id=provider_id), refunds.filter(provider_id=provider_id)
    )


def oldest_unresolved_of_all() -> datetime | None:
    """Return the same over all providers; the system's scope is open."""
    return _oldest(Attempt.objects.all(), Refund.objects.all())


def _oldest(payments: QuerySet[Attempt], refunds: QuerySet[Refund]) -> datetime | None:
    waiting = (payments.filter(state__in=UNRESOLVED), refunds.filter(state__in=OPEN_REFUNDS))
    found = [rows.aggregate(oldest=Min("created_at"))["oldest"] for rows in waiting]
    return min((at for at in found if at is not None), default=None)


def longest_unasked_dispute() -> datetime | None:
    """Return when the gateway last spoke of the open dispute that it was asked about the longest ago, of all providers.

    The system's scope is open.
    """
    rows = Dispute.objects.filter(state__in=OPEN_DISPUTES)
    found: datetime | None = rows.aggregate(oldest=Min("asked_at"))["oldest"]
    return found


def providers_at_gateways(*, due_at: datetime | None = None) -> list[int]:
    """Return the providers with a connection, since money comes back after it was switched off, or with something due.

    Args:
        due_at: only those with a payment, a refund, a dispute, a page that saves a method or an event that is due at
            this moment. The system's scope is open.
    """
    if due_at is None:
        return sorted(set(Connection.objects.values_list("provider_id", flat=True)))
    attempts = Attempt.objects.filter(next_poll_at__lte=due_at)
    events = WebhookEvent.objects.filter(next_try_at__lte=due_at)
    found = attempts.values_list("provider_id", flat=True).distinct()
    refunds = Refund.objects.filter(next_poll_at__lte=due_at)
    setups = MethodSetup.objects.filter(next_poll_at__lte=due_at)
    disputes = Dispute.objects.filter(next_poll_at__lte=due_at)
    found = found.union(
        *(rows.values_list("provider_id", flat=True) for rows in (refunds, setups, disputes))
    )
    return sorted({*found, *events.values_list("provider_id", flat=True).distinct()})
