"""What waits to be issued, and what waits to be paid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from invoicing.enums import UNPAID_STATES, DocumentKind, DocumentState, SourceType
from invoicing.models import Document

if TYPE_CHECKING:
    from datetime import date, datetime


def providers_with_drafts() -> list[int]:
    """Return the providers whose payments wait for their documents; the system's scope is open."""
    rows = Document.objects.filter(state=DocumentState.DRAFT, source_type=SourceType.PAYMENT)
    return list(rows.order_by("provider_id").values_list("provider_id", flat=True).distinct())


def count_late_drafts(provider_id: int, *, before: datetime) -> int:
    """Return how many documents of payments wait to be issued since before a moment; the provider's scope is open.

    Args:
        provider_id: whose.
        before: drafts of that moment or later are left out.
    """
    rows = Document.objects.filter(provider_id=provider_id, state=DocumentState.DRAFT)
    return rows.filter(source_type=SourceType.PAYMENT, created_at__lt=before).count()


def count_overdue(provider_id: int, *, today: date) -> int:
    """Return how many invoices of a provider are unpaid after their day; its scope is open.

    Args:
        provider_id: whose.
        today: the provider's day.
    """
    late = Document.objects.filter(
        provider_id=provider_id, state__in=UNPAID_STATES, due_on__lt=today
    )
    return late.filter(kind=DocumentKind.INVOICE).count()
