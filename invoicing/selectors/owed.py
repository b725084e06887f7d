"""What clients owe by invoice: sums of many clients, and one client's open invoices."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, F, Q, Sum

from billing_platform.kernel.money import Money
from invoicing.enums import UNPAID_STATES, DocumentKind
from invoicing.models import Document
from invoicing.selectors.document_views import view_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from django.db.models import QuerySet

    from invoicing.types import DocumentView


@dataclass(frozen=True, slots=True)
class Owed:
    """What a tenant owes by invoice in one currency.

    Attributes:
        count: how many invoices are open.
        due: what is open of them.
        overdue: the part of it whose day has passed.
    """

    count: int
    due: Money
    overdue: Money


def owed_by_tenant(
    provider_id: int, tenant_ids: Collection[int], *, today: date
) -> dict[int, list[Owed]]:
    """Return what each of some tenants owes by invoice, per currency in alphabetical order, by one query.

    Args:
        provider_id: whose tenants; its scope, or the tenant's, is open.
        tenant_ids: which; those who owe nothing are left out of what comes back.
        today: the provider's day.
    """
    off = F("credit_used_minor") + F("paid_minor") + F("credited_minor")
    left = F("total_minor") - off
    rows = (
        _open(provider_id)
        .filter(tenant_id__in=list(tenant_ids))
        .values("tenant_id", "currency")
        .annotate(
            count=Count("pk"),
            due=Sum(left),
            overdue=Sum(left, filter=Q(due_on__lt=today), default=0),
        )
    )
    found: defaultdict[int, list[Owed]] = defaultdict(list)
    for row in rows.order_by("tenant_id", "currency"):
        due, overdue = (Money(int(row[name]), row["currency"]) for name in ("due", "overdue"))
        found[row["tenant_id"]].append(Owed(row["count"], due, overdue))
    return dict(found)


def open_invoices(
    provider_id: int, tenant_id: int, *, today: date, limit: int
) -> list[DocumentView]:
    """Return a tenant's unpaid invoices, those that are due first at the top, by one query.

    Args:
        provider_id: whose tenant; its scope, or the tenant's, is open.
        tenant_id: who owes them.
        today: the provider's day.
        limit: at most so many.
    """
    rows = _open(provider_id).filter(tenant_id=tenant_id)
    return [
        view_of(row, today) for row in rows.order_by(F("due_on").asc(nulls_last=True), "pk")[:limit]
    ]


def _open(provider_id: int) -> QuerySet[Document]:
    return Document.objects.filter(
        provider_id=provider_id, state__in=UNPAID_STATES, kind=DocumentKind.INVOICE
    )
