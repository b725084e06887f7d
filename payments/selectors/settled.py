"""Payments that were credited, in the order in which they were opened. Called by who documents them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db.models import OuterRef, Subquery, Sum

from billing_platform.kernel.money import Money
from payments.enums import RefundDestination, RefundState
from payments.models import Attempt, BankCredit, Refund, Topup

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from django.db.models import QuerySet


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
    return _settled(provider_id, list(rows.order_by("pk")[:limit]))


def settled_payment(provider_id: int, public_id: str) -> SettledPayment | None:
    """Return a credited payment by two queries, None where there is no such one.

    Args:
        provider_id: whose; its scope is open.
        public_id: of the payment.
    """
    rows = Attempt.objects.filter(provider_id=provider_id, public_id=public_id)
    found = _settled(provider_id, list(rows.filter(posting_id__isnull=False)))
    return found[0] if found else None


def _settled(provider_id: int, found: Sequence[Attempt]) -> list[SettledPayment]:
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


def gone_back(provider_id: int, names: Collection[str]) -> set[str]:
    """Return which of some payments and credited transfers went back where they came from, whole, by two queries.

    Args:
        provider_id: whose; its scope is open.
        names: public ids of them.
    """
    sent: Any = Refund.objects.filter(
        provider_id=OuterRef("provider_id"),
        attempt_id=OuterRef("pk"),
        destination=RefundDestination.ORIGINAL,
        state=RefundState.SUCCEEDED,
    )
    total = Subquery(sent.values("attempt_id").annotate(sum=Sum("amount_minor")).values("sum"))
    mine = {"provider_id": provider_id, "public_id__in": names}
    paid = Attempt.objects.filter(**mine, posting_id__isnull=False, received_minor__lte=total)
    ended = BankCredit.objects.filter(**mine).exclude(end="")
    return {
        *paid.values_list("public_id", flat=True),
        *ended.values_list("public_id", flat=True),
    }


def standing_transfers(provider_id: int, *, after: int, limit: int) -> list[tuple[int, str]]:
    """Return the rows and public ids of credited transfers that stand, behind a row, by one query.

    One of which a part went back stands.

    Args:
        provider_id: whose; its scope is open.
        after: the row's number; 0 for the first.
        limit: at most so many.
    """
    rows = BankCredit.objects.filter(provider_id=provider_id, end="", pk__gt=after)
    return list(rows.order_by("pk").values_list("pk", "public_id")[:limit])


@dataclass(frozen=True, slots=True)
class TaxedRefund:
    """Money of a taxed top-up that has gone back, or has come again since.

    Attributes:
        payment: public id of the payment.
        amount: with its tax.
        tax_parts: one per tax of the payment's document, minor units.
        posting_id: the posting that took it; of one that failed, the one that brought it again.
    """

    id: int
    public_id: str
    payment: str
    amount: Money
    tax_parts: tuple[int, ...]
    posting_id: int
    at: datetime


def taxed_refunds(
    provider_id: int,
    *,
    after: int,
    limit: int,
    since: datetime | None = None,
    state: str = RefundState.SUCCEEDED,
    payment: str = "",
) -> list[TaxedRefund]:
    """Return refunds of taxed top-ups that have succeeded, or failed, behind a row, by two queries.

    Args:
        provider_id: whose; its scope is open.
        after: the row's number; 0 for the first.
        limit: at most so many.
        since: only those that have moved since; None for all.
        state: succeeded or failed.
        payment: only of the one with this public id; "" for all.
    """
    rows = _taxed().filter(provider_id=provider_id, state=state, pk__gt=after)
    if payment:
        own: Any = Attempt.objects.filter(provider_id=provider_id, public_id=payment)
        rows = rows.filter(attempt_id__in=own.values("pk"))
    if since is not None:
        rows = rows.filter(state_at__gte=since)
    found = list(rows.order_by("pk")[:limit])
    paid: Any = Attempt.objects.filter(
        provider_id=provider_id, pk__in=[row.attempt_id for row in found]
    )
    names = dict(paid.values_list("pk", "public_id"))
    return [
        TaxedRefund(
            id=row.pk,
            public_id=row.public_id,
            payment=names[row.attempt_id],
            amount=Money(row.amount_minor, row.currency),
            tax_parts=tuple(row.tax_parts),
            posting_id=posting_id,
            at=row.state_at,
        )
        for row in found
        if (posting_id := row.reversal_id if state == RefundState.FAILED else row.posting_id)
    ]


def providers_with_taxed_refunds(since: datetime) -> list[int]:
    """Return the providers of which such a refund has ended since a moment; the system's scope is open."""
    rows = _taxed().filter(state_at__gte=since)
    return list(rows.order_by("provider_id").values_list("provider_id", flat=True).distinct())


_OVER: Final = (RefundState.SUCCEEDED, RefundState.FAILED)


def _taxed() -> QuerySet[Refund]:
    return Refund.objects.filter(state__in=_OVER).exclude(tax_parts=[])
