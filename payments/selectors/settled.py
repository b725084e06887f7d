"""Payments that were credited, in the order in which they were opened. Called by who documents them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from billing_platform.kernel.money import Money
from payments.models import Attempt, Topup

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class SettledPayment:
    """A payment that was credited.

    Attributes:
        amount: what came in.
        topup: public id of the top-up that it is for, or "".
    """

    id: int
    public_id: str
    tenant_id: int
    posting_id: int
    amount: Money
    settled_at: datetime
    topup: str


def settled_payments(provider_id: int, *, after: int, limit: int) -> list[SettledPayment]:
    """Return credited payments behind a row, by two queries.

    Args:
        provider_id: whose; its scope is open.
        after: the row's number; 0 for the first.
        limit: at most so many.
    """
    rows = Attempt.objects.filter(provider_id=provider_id, posting_id__isnull=False, pk__gt=after)
    found = list(rows.order_by("pk")[:limit])
    mine: Any = Topup.objects.filter(
        provider_id=provider_id, attempt_id__in=[row.pk for row in found]
    )
    topups = dict(mine.values_list("attempt_id", "public_id"))
    return [
        SettledPayment(
            id=row.pk,
            public_id=row.public_id,
            tenant_id=row.tenant_id,
            posting_id=row.posting_id,
            amount=Money(row.received_minor, row.received_currency),
            settled_at=row.settled_at,
            topup=topups.get(row.pk, ""),
        )
        for row in found
        if row.posting_id and row.received_minor is not None and row.settled_at
    ]
