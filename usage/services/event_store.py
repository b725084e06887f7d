"""Keep accepted events in their monthly partitions, and parked ones with their payload. Called by ingestion."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

from django.db import connection, transaction

from billing_platform.kernel.rows import execute
from usage.services.staging import NULL, StageTable, copy_text, stage_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from usage.intake.events import IncomingEvent
    from usage.intake.verdicts import Reason
    from usage.services.event_keys import EventKey

_EVENTS = StageTable(
    "usage_stage_event",
    (
        ("tenant_id", "bigint"),
        ("at", "timestamptz"),
        ("source_id", "bigint"),
        ("event_id", "text"),
        ("type", "text"),
        ("subject", "text"),
        ("quantity", "numeric"),
        ("properties", "jsonb"),
        ("meter_ids", "bigint[]"),
    ),
)
_STORE = """
INSERT INTO usage_event (provider_id, tenant_id, at, received_at, source_id, event_id, type, subject, quantity,
                         properties, meter_ids)
SELECT %s, tenant_id, at, %s, source_id, event_id, type, subject, quantity, properties, meter_ids
  FROM pg_temp.usage_stage_event ORDER BY tenant_id, at
"""
_PARKED = StageTable(
    "usage_stage_parked",
    (
        ("source_id", "bigint"),
        ("event_id", "text"),
        ("key", "uuid"),
        ("digest", "uuid"),
        ("tenant_external_id", "text"),
        ("event_type", "text"),
        ("at", "timestamptz"),
        ("reason", "text"),
        ("subject", "text"),
        ("data", "jsonb"),
    ),
)
_PARK = """
INSERT INTO usage_parked_event (provider_id, source_id, event_id, key, digest, tenant_external_id, event_type, at,
                                reason, payload, received_at, refused_reason)
SELECT %s, source_id, event_id, key, digest, tenant_external_id, event_type, at, reason,
       jsonb_build_object('subject', subject, 'data', data), %s, ''
  FROM pg_temp.usage_stage_parked ORDER BY source_id, key
"""


# Months that this session has seen stand for good; partitions that events may still come for are never dropped.
_months_of_session: WeakKeyDictionary[Any, set[datetime]] = WeakKeyDictionary()


class StoredEvent(NamedTuple):
    """An accepted event with what it was resolved to."""

    event: IncomingEvent
    tenant_id: int
    source_id: int
    meter_ids: Sequence[int]


class WaitingEvent(NamedTuple):
    """An event that cannot be counted yet, and why."""

    event: IncomingEvent
    key: EventKey
    reason: Reason


def store_events(*, provider_id: int, events: Sequence[StoredEvent], now: datetime) -> None:
    """Keep accepted events, in the partitions of their months; a missing month is made first.

    Args:
        provider_id: whose; its scope is open.
        events: new events only.
        now: the moment of receipt.
    """
    if not events:
        return
    ensure_months(stored.event.at for stored in events)
    stage_rows(_EVENTS, (_event_cells(stored) for stored in events))
    execute(_STORE, [provider_id, now])


def park_events(*, provider_id: int, events: Sequence[WaitingEvent], now: datetime) -> None:
    """Keep events whose tenant or meter is unknown, with all that is needed to count them later.

    Args:
        provider_id: whose; its scope is open.
        events: new events only.
        now: the moment of receipt.
    """
    if not events:
        return
    stage_rows(_PARKED, (_parked_cells(waiting) for waiting in events))
    execute(_PARK, [provider_id, now])


def ensure_months(times: Iterable[datetime]) -> None:
    """Make the monthly partitions of these moments where they are missing.

    Idempotency: by name of the partition.
    """
    known = _months_of_session.setdefault(connection.connection, set())
    months = {datetime(*month, 1, tzinfo=UTC) for month in {(at.year, at.month) for at in times}}
    months -= known
    if months:
        execute("SELECT usage_ensure_event_month(month) FROM unnest(%s) AS month", [sorted(months)])
        transaction.on_commit(lambda: known.update(months))


def ensure_coming_months(*, now: datetime) -> None:
    """Make this month's and the next month's partition before events need them.

    Args:
        now: the moment of the run.

    Idempotency: by name of the partition.
    """
    ensure_months([now, now.replace(day=1) + timedelta(days=32)])


def _event_cells(stored: StoredEvent) -> tuple[str, ...]:
    event = stored.event
    value = event.data.get("quantity")
    return (
        str(stored.tenant_id),
        event.at_text or event.at.isoformat(),
        str(stored.source_id),
        copy_text(event.event_id),
        copy_text(event.type),
        copy_text(event.subject),
        NULL if value is None else str(value),
        copy_text(event.data_text),
        "{" + ",".join(map(str, stored.meter_ids)) + "}",
    )


def _parked_cells(waiting: WaitingEvent) -> tuple[str, ...]:
    event = waiting.event
    return (
        str(waiting.key.source_id),
        copy_text(event.event_id),
        waiting.key.key,
        event.digest,
        copy_text(event.tenant),
        copy_text(event.type),
        event.at.isoformat(),
        waiting.reason.value,
        copy_text(event.subject),
        copy_text(event.data_text),
    )
