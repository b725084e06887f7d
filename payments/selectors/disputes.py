"""Disputes of payments: one, lists of them, how many wait for somebody, and their postings. Called by pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Exists, OuterRef, Q, Subquery

from accounts.selectors.keyed import postings_by_keys
from billing_platform.kernel.money import Money
from payments.enums import DECIDABLE, OPEN_DISPUTES, DisputeState
from payments.errors import DisputeNotFound
from payments.models import Attempt, Connection, Dispute, Method

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from django.db.models import QuerySet

    from accounts.selectors.keyed import KeyedPosting
    from payments.selectors.payments import PaymentQuery

_WAITING: Final = Q(problem__in=DECIDABLE, accepted_by__isnull=True)
_OF_WAY: Final = ("gateway", "label", "is_live")
_OF_PAYMENT: Final = ("public_id", "external_id", "currency", "received_minor", "received_currency")
# What a filter asks for, in words of pages.
GROUPS: Final[dict[str, Q]] = {
    "open": Q(state__in=OPEN_DISPUTES),
    "won": Q(state=DisputeState.WON),
    "lost": Q(state=DisputeState.LOST),
    "quarantined": _WAITING,
}


@dataclass(frozen=True, kw_only=True)
class DisputeView:
    """A dispute as pages show it.

    Attributes:
        attempt_id, payment: the payment's number and public id.
        gateway, connection, is_live: of the way that was paid by: its code, its label and its kind of money.
        amount: what the payer wants back.
        withdrawn: what has left the gateway and not come back.
        taken: what of it the client's balance bears.
        borne: what of it the provider bears.
        fee: what the gateway keeps for it.
        moves: how many postings were made for it.
        waits: somebody has to decide about `problem`.
        is_frozen: the saved method that paid is not charged.
    """

    id: int
    public_id: str
    tenant_id: int
    attempt_id: int
    payment: str
    paid: Money
    external_id: str
    payment_id: str
    gateway: str
    connection: str
    is_live: bool
    is_return: bool
    state: str
    state_at: datetime
    created_at: datetime
    asked_at: datetime
    next_poll_at: datetime | None
    polls: int
    moves: int
    amount: Money
    withdrawn: Money
    taken: Money
    borne: Money
    fee: Money
    reason: str
    evidence_due_at: datetime | None
    problem: str
    accepted_by: int | None
    waits: bool
    is_frozen: bool


def list_disputes(provider_id: int, query: PaymentQuery, *, limit: int) -> list[DisputeView]:
    """Return disputes, newest first, by one query.

    Args:
        provider_id: whose; its scope is open.
        query: which; its group is a key of this module's GROUPS, its days are those on which we heard of them.
        limit: at most so many.
    """
    rows = _told(provider_id)
    if query.group:
        rows = rows.filter(GROUPS[query.group])
    if query.tenant_id is not None:
        rows = rows.filter(tenant_id=query.tenant_id)
    if query.connection:
        named = Connection.objects.filter(provider_id=provider_id, public_id=query.connection)
        rows = rows.filter(connection_id__in=named.values("pk"))
    if query.since is not None:
        rows = rows.filter(created_at__gte=query.since)
    if query.until is not None:
        rows = rows.filter(created_at__lt=query.until)
    if query.before is not None:
        rows = rows.filter(pk__lt=query.before)
    return [_view(row) for row in rows.order_by("-pk")[:limit]]


def disputes_of(provider_id: int, attempt_ids: Collection[int]) -> list[DisputeView]:
    """Return the disputes of payments, oldest first, by one query.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        attempt_ids: the payments' numbers.
    """
    rows = _told(provider_id).filter(attempt_id__in=attempt_ids)
    return [_view(row) for row in rows.order_by("pk")]


def dispute_by_public_id(provider_id: int, public_id: str) -> DisputeView:
    """Return a dispute, by one query.

    Args:
        provider_id: whose; its scope is open.
        public_id: which.

    Raises:
        DisputeNotFound: the provider has no such dispute.
    """
    row = _told(provider_id).filter(public_id=public_id).first()
    if row is None:
        raise DisputeNotFound
    return _view(row)


def count_waiting_disputes(provider_id: int) -> int:
    """Return how many disputes wait for an answer to the bank or for somebody's decision.

    Args:
        provider_id: whose; its scope is open.
    """
    rows = Dispute.objects.filter(provider_id=provider_id)
    return rows.filter(Q(state__in=OPEN_DISPUTES) | _WAITING).count()


def count_undecided(provider_id: int) -> int:
    """Return how many disputes wait for somebody to decide what is posted.

    Args:
        provider_id: whose; its scope is open.
    """
    return Dispute.objects.filter(_WAITING, provider_id=provider_id).count()


def postings_of_dispute(row: DisputeView, provider_id: int) -> list[KeyedPosting]:
    """Return what was posted for a dispute, oldest first, by one query.

    Args:
        row: the dispute.
        provider_id: whose; its scope is open.
    """
    keys = [f"dispute:{row.public_id}:{number}" for number in range(1, row.moves + 1)]
    return postings_by_keys(provider_id, keys)


def _told(provider_id: int) -> QuerySet[Dispute]:
    """Return the provider's disputes with what is told of their payments, ways and methods, all by one query."""
    ways = Connection.objects.filter(provider_id=provider_id, pk=OuterRef("connection_id"))
    payments = Attempt.objects.filter(provider_id=provider_id, pk=OuterRef("attempt_id"))
    frozen = Method.objects.filter(
        provider_id=provider_id,
        connection_id=OuterRef("connection_id"),
        method_id=OuterRef("method_id"),
        frozen_at__isnull=False,
    )
    return Dispute.objects.filter(provider_id=provider_id).annotate(
        **{f"way_{name}": Subquery(ways.values(name)) for name in _OF_WAY},
        **{f"paid_{name}": Subquery(payments.values(name)) for name in _OF_PAYMENT},
        is_frozen=Exists(frozen),
    )


def _view(row: Any) -> DisputeView:
    return DisputeView(
        id=row.pk,
        public_id=row.public_id,
        tenant_id=row.tenant_id,
        attempt_id=row.attempt_id,
        payment=row.paid_public_id,
        paid=Money(row.paid_received_minor or 0, row.paid_received_currency or row.paid_currency),
        external_id=row.external_id,
        payment_id=row.paid_external_id,
        gateway=row.way_gateway,
        connection=row.way_label,
        is_live=row.way_is_live,
        is_return=row.is_return,
        state=row.state,
        state_at=row.state_at,
        created_at=row.created_at,
        asked_at=row.asked_at,
        next_poll_at=row.next_poll_at,
        polls=row.polls,
        moves=row.moves,
        amount=Money(row.amount_minor, row.currency),
        withdrawn=Money(row.withdrawn_minor, row.currency),
        taken=Money(row.taken_minor, row.currency),
        borne=Money(row.borne_minor, row.currency),
        fee=Money(row.fee_minor, row.currency),
        reason=row.reason,
        evidence_due_at=row.evidence_due_at,
        problem=row.problem,
        accepted_by=row.accepted_by,
        waits=row.problem in DECIDABLE and row.accepted_by is None,
        is_frozen=row.is_frozen,
    )
