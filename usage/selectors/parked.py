"""Parked events: what waits, and why. Read by the provider's pages and by the replay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from billing_platform.kernel.caps import COUNT_CAP
from billing_platform.kernel.rows import fetch_all
from usage.enums import ParkedReason
from usage.models import EventSource, ParkedEvent
from usage.selectors.uncounted import told_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.db.models import QuerySet

_COUNT: Final = """
    SELECT reason, (SELECT count(*) FROM (
               SELECT FROM usage_parked_event p
                WHERE p.provider_id = %s AND p.reason = r.reason AND p.replayed_at IS NULL LIMIT %s) x)
      FROM unnest(%s::text[]) AS r (reason) ORDER BY 1
"""


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


@dataclass(frozen=True)
class ParkedQuery:
    """Which parked events are meant; what is empty does not narrow.

    Attributes:
        refused: those that a meter refused when they were replayed, instead of those that wait.
        reason: of ParkedReason.
        event_type: the type that meters match.
        tenant: a tenant's external id.
        starts, ends: received in this stretch of time.
    """

    refused: bool = False
    reason: str = ""
    event_type: str = ""
    tenant: str = ""
    starts: datetime | None = None
    ends: datetime | None = None


def list_parked(
    provider_id: int, query: ParkedQuery | None = None, *, after: int = 0, limit: int = 50
) -> list[ParkedRow]:
    """Return parked events, oldest first.

    Args:
        provider_id: whose; its scope is open.
        query: which; all that wait without it.
        after: the number of the last row of the page before; 0 for the first page.
        limit: how many rows at most.
    """
    rows = _matching(provider_id, query or ParkedQuery()).filter(pk__gt=after)
    return _rows(rows.order_by("pk")[:limit])


def parked_event(provider_id: int, number: int) -> tuple[ParkedRow, dict[str, Any]] | None:
    """Return one parked event and its payload (`subject` and `data`, empty once it was erased), or None.

    Args:
        provider_id: whose; its scope is open.
        number: the row's id.
    """
    rows = list(ParkedEvent.objects.filter(provider_id=provider_id, pk=number))
    return (_rows(rows)[0], rows[0].payload) if rows else None


def count_parked(provider_id: int) -> dict[str, int]:
    """Return how many events wait, by reason, each counted no further than one beyond `COUNT_CAP`.

    Args:
        provider_id: whose; its scope is open.
    """
    rows = fetch_all(_COUNT, [provider_id, COUNT_CAP + 1, list(ParkedReason.values)])
    return {reason: count for reason, count in rows if count}


def providers_with_parked_events() -> list[int]:
    """Return the providers for whom events wait; the system's scope is open."""
    rows = fetch_all(
        "SELECT DISTINCT provider_id FROM usage_parked_event WHERE replayed_at IS NULL ORDER BY 1"
    )
    return [provider_id for (provider_id,) in rows]


def _matching(provider_id: int, query: ParkedQuery) -> QuerySet[ParkedEvent]:
    mine = ParkedEvent.objects.filter(provider_id=provider_id)
    waiting = mine.filter(replayed_at__isnull=True)
    rows = mine.exclude(refused_reason="") if query.refused else waiting
    rows = rows.filter(
        **told_of(reason=query.reason, event_type=query.event_type, tenant=query.tenant)
    )
    if query.starts:
        rows = rows.filter(received_at__gte=query.starts)
    return rows.filter(received_at__lt=query.ends) if query.ends else rows


def _rows(rows: Iterable[ParkedEvent]) -> list[ParkedRow]:
    found = list(rows)
    sources = EventSource.objects.in_bulk({row.source_id for row in found})
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
        for row in found
    ]
