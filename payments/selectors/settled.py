"""Payments that were credited, in the order in which they were opened. Called by who documents them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from billing_platform.kernel.money import Money
from payments.models import Attempt

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class SettledPayment:
    """A payment that was credited.

    Attributes:
        amount: what was credited.
    """

    id: int
    public_id: str
    tenant_id: int
    posting_id: int
    amount: Money
    settled_at: datetime


def settled_payments(provider_id: int, *, after: int, limit: int) -> list[SettledPayment]:
    """Return credited payments behind a row, by one query.

    Args:
        provider_id: whose; its scope is open.
        after: the row's number; 0 for the first.
        limit: at most so many.
    """
    rows = Attempt.objects.filter(provider_id=provider_id, posting_id__isnull=False, pk__gt=after)
    return [
        SettledPayment(
            id=row.pk,
            public_id=row.public_id,
            tenant_id=row.tenant_id,
            posting_id=row.posting_id,
            amount=Money(row.received_minor, row.received_currency),
            settled_at=row.settled_at,
        )
        for row in rows.order_by("pk")[:limit]
        if row.posting_id and row.received_minor is not None and row.settled_at
    ]
