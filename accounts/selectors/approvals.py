"""Postings that wait for a second person, and those decided lately. Called by pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from accounts.enums import ApprovalState
from accounts.models import Approval
from billing_platform.kernel.money import Money

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class ApprovalView:
    """A posting that was asked for; users by their numbers."""

    id: int
    tenant_id: int
    kind: str
    amount: Money
    reason: str
    state: str
    requested_by: int
    requested_at: datetime
    decided_by: int | None
    decided_at: datetime | None


def list_approvals(provider_id: int, *, limit: int) -> list[ApprovalView]:
    """Return what waits, then what was decided lately, newest first.

    Args:
        provider_id: whose; its scope is open.
        limit: how many of each at most.
    """
    rows = Approval.objects.filter(provider_id=provider_id).order_by("-pk")
    waiting = rows.filter(state=ApprovalState.WAITING)[:limit]
    decided = rows.exclude(state=ApprovalState.WAITING)[:limit]
    return [_view(row) for row in (*waiting, *decided)]


def count_waiting(provider_id: int) -> int:
    """Return how many postings wait for a second person.

    Args:
        provider_id: whose; its scope is open.
    """
    rows = Approval.objects.filter(provider_id=provider_id, state=ApprovalState.WAITING)
    return rows.count()


def _view(row: Approval) -> ApprovalView:
    return ApprovalView(
        id=row.pk,
        tenant_id=row.tenant_id,
        kind=row.kind,
        amount=Money(row.amount_minor, row.currency),
        reason=row.reason,
        state=row.state,
        requested_by=row.requested_by,
        requested_at=row.requested_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
    )
