"""Matches by hand that wait for a second person. Called by pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from billing_platform.kernel.money import Money
from payments.enums_bank import MatchRequestState
from payments.models import BankLine, BankMatchRequest

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRequestView:
    """A match that was asked for; the fields as of `BankMatchRequest`."""

    line_id: int
    tenant_id: int
    target: str
    amount: Money
    reason: str
    requested_by: int
    requested_at: datetime


def waiting_match(provider_id: int, line_id: int) -> MatchRequestView | None:
    """Return the match of a line that waits for a second person, None when there is none.

    Args:
        provider_id: whose; its scope is open.
        line_id: which.
    """
    row = _waiting(provider_id).filter(line_id=line_id).first()
    return match_request_view(row) if row else None


def waiting_matches(provider_id: int, *, limit: int) -> list[tuple[str, MatchRequestView]]:
    """Return the matches that wait with their lines' public ids, newest first, by two queries.

    Args:
        provider_id: whose; its scope is open.
        limit: at most so many.
    """
    rows = list(_waiting(provider_id).order_by("-pk")[:limit])
    lines = BankLine.objects.filter(provider_id=provider_id, pk__in=[row.line_id for row in rows])
    names = dict(lines.values_list("pk", "public_id"))
    return [(names[row.line_id], match_request_view(row)) for row in rows]


def count_waiting_matches(provider_id: int) -> int:
    """Return how many matches wait for a second person; the provider's scope is open."""
    return _waiting(provider_id).count()


def match_request_view(row: BankMatchRequest) -> MatchRequestView:
    """Return the view of a row."""
    return MatchRequestView(
        line_id=row.line_id,
        tenant_id=row.tenant_id,
        target=row.target,
        amount=Money(row.amount_minor, row.currency),
        reason=row.reason,
        requested_by=row.requested_by,
        requested_at=row.requested_at,
    )


def _waiting(provider_id: int) -> QuerySet[BankMatchRequest]:
    return BankMatchRequest.objects.filter(provider_id=provider_id, state=MatchRequestState.WAITING)
