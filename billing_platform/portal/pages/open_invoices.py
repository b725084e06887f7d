"""What a client owes by invoice, as its own page and its provider's show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from django.urls import reverse

from billing_platform.portal.pages.documents_filter import DocumentFilter
from invoicing.selectors.owed import open_invoices, owed_by_tenant

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from billing_platform.kernel.money import Money
    from invoicing.selectors.owed import Owed
    from tenants.types import ProviderView, TenantView

_ROWS: Final = 5


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """One unpaid invoice."""

    number: str
    url: str
    due_on: date | None
    pill: str
    due: Money


@dataclass(frozen=True, slots=True)
class OpenInvoices:
    """The invoices that are due first, and what all open ones come to; `more` are not among the rows."""

    rows: Sequence[OpenInvoice]
    owed: Sequence[Owed]
    more: int
    all_url: str


def open_invoices_of(
    provider: ProviderView, tenant: TenantView, *, portal: str, now: datetime
) -> OpenInvoices:
    """Return what a client owes by invoice, by two queries.

    Args:
        provider: who sells.
        tenant: who owes; its scope, or the provider's, is open.
        portal: "billing" for the client's own pages, "provider" for those of its provider.
        now: the present moment; the provider's day decides what is overdue.
    """
    today = day_of(provider, now)
    owed = owed_by_tenant(provider.id, [tenant.id], today=today).get(tenant.id, [])
    found = open_invoices(provider.id, tenant.id, today=today, limit=_ROWS)
    return OpenInvoices(
        rows=[
            OpenInvoice(
                number=row.number,
                url=reverse(f"{portal}-document", kwargs={"document": row.public_id}),
                due_on=row.due_on,
                pill=f"document_{row.status}",
                due=row.due,
            )
            for row in found
        ],
        owed=owed,
        more=sum(each.count for each in owed) - len(found),
        all_url=invoices_url(tenant) if portal == "provider" else reverse("billing-documents"),
    )


def invoices_url(tenant: TenantView, *, status: str = "") -> str:
    """Return where the provider sees the documents of a client, all of them or those of one Status."""
    wanted = DocumentFilter(client=tenant.external_id, status=status)
    return reverse("provider-documents") + wanted.query()


def day_of(provider: ProviderView, now: datetime) -> date:
    """Return the provider's day."""
    return now.astimezone(ZoneInfo(provider.time_zone)).date()
