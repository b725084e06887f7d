"""Parked events: what waits, and why. Read by the provider's pages and by the replay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count

from billing_platform.kernel.rows import fetch_all
from usage.models import EventSource, ParkedEvent

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True)
class ParkedRow:
    """An event that waits, or that was refused in the end.

    Attributes:
        number: the row's id, for paging.
        refused_reason: why it could not be counted in the end; empty while it waits.
    """

    number: int
    source: str
    event_id: str
    tenant_external_id: str
    event_type: str
    at: datetime
    received_at: datetime
    reason: str
    refused_reason: str


def list_parked(
    provider_id: int, *, refused: bool = False, reason: str = "", after: int = 0, limit: int = 50
) -> list[ParkedRow]:
    """Return parked events, oldest first.

    Args:
        provider_id: whose; its scope is open.
        refused: those that a meter refused when they were replayed, instead of those that wait.
        reason: only those parked for it, of ParkedReason; empty for all.
        after: the number of the last row of the page before; 0 for the first page.
        limit: how many rows at most.
    """
    rows = ParkedEvent.objects.filter(provider_id=provider_id, pk__gt=after)
    rows = rows.exclude(refused_reason="") if refused else rows.filter(replayed_at__isnull=True)
    if reason:
        rows = rows.filter(reason=reason)
    page = list(rows.order_by("pk")[:limit])
    sources = EventSource.objects.in_bulk({row.source_id for row in page})
    return [
        ParkedRow(
            row.pk,
            sources[row.source_id].code,
            row.event_id,
            row.tenant_external_id,
            row.event_type,
            row.at,
            row.received_at,
            row.reason,
            row.refused_reason,
        )
        for row in page
    ]


def count_parked(provider_id: int) -> dict[str, int]:
    """Return how many events wait, by reason.

    Args:
        provider_id: whose; its scope is open.
    """
    rows = ParkedEvent.objects.filter(provider_id=provider_id, replayed_at__isnull=True)
    return dict(rows.values_list("reason").annotate(count=Count("pk")).order_by("reason"))


def providers_with_parked_events() -> list[int]:
    """Return the providers for whom events wait; the system's scope is open."""
    rows = fetch_all(
        "SELECT DISTINCT provider_id FROM usage_parked_event WHERE replayed_at IS NULL ORDER BY 1"
    )
    return [provider_id for (provider_id,) in rows]
