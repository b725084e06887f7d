"""Count parked events once their tenant and meter are known. Called by a task each minute and by a command."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final

from billing_platform.kernel.rows import execute, fetch_dicts
from billing_platform.kernel.scope import provider_scope
from usage.intake.digests import canonical_data
from usage.intake.events import IncomingEvent
from usage.intake.verdicts import BadEventError
from usage.services.ingest_lock import share_ingest_lock
from usage.services.ingestion import count_events
from usage.services.resolving import resolve
from usage.services.surroundings import surroundings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from usage.services.resolving import Resolved

BATCH: Final = 1_000
# Rows that another replay holds are its own business; events of a closed tenant, or of a type without a meter, wait on.
_READY: Final = """
SELECT p.id, s.code AS source, p.event_id, p.tenant_external_id, p.event_type, p.at, p.payload,
       encode(uuid_send(p.digest), 'hex') AS digest
  FROM usage_parked_event p
  JOIN usage_event_source s ON s.provider_id = p.provider_id AND s.id = p.source_id
  JOIN tenants_tenant t ON t.provider_id = p.provider_id AND t.external_id = p.tenant_external_id
   AND t.status <> 'closed'
 WHERE p.provider_id = %s AND p.replayed_at IS NULL
   AND EXISTS (SELECT FROM usage_meter m
                WHERE m.provider_id = p.provider_id AND m.event_type = p.event_type AND m.archived_at IS NULL)
 ORDER BY p.id LIMIT %s FOR UPDATE OF p SKIP LOCKED
"""
_LEAVE: Final = """
UPDATE usage_parked_event p SET replayed_at = %s, refused_reason = o.refused
  FROM unnest(%s::bigint[], %s::text[]) AS o (id, refused)
 WHERE p.provider_id = %s AND p.id = o.id
"""


@dataclass(frozen=True)
class ReplayReport:
    """What a replay did: how many events were counted, and how many were refused by a meter for good."""

    counted: int
    refused: int


def replay_parked(*, provider_id: int, now: datetime) -> ReplayReport:
    """Count the parked events whose tenant and meter are known by now, in batches of 1,000.

    Args:
        provider_id: whose; each batch opens its scope itself, so that one transaction never grows long.
        now: the moment of the run.

    Returns:
        What was done in all batches. An event's age is not judged again: it came in time.

    Idempotency: by state; an event leaves the queue once.
    """
    counted = refused = 0
    while True:
        with provider_scope(provider_id):
            report = replay_batch(provider_id=provider_id, now=now)
        counted, refused = counted + report.counted, refused + report.refused
        if report.counted + report.refused < BATCH:
            return ReplayReport(counted, refused)


def replay_batch(*, provider_id: int, now: datetime) -> ReplayReport:
    """Count at most 1,000 parked events whose tenant and meter are known by now.

    Args:
        provider_id: whose; its scope is open.
        now: the moment of the run.

    Idempotency: by state, as `replay_parked`.
    """
    share_ingest_lock(provider_id)
    rows = fetch_dicts(_READY, [provider_id, BATCH])
    if not rows:
        return ReplayReport(0, 0)
    events = [_event(row) for row in rows]
    around = surroundings(provider_id=provider_id, events=events, now=now)
    counted: list[Resolved] = []
    left: dict[int, str] = {}
    for row, event in zip(rows, events, strict=True):
        try:
            item = resolve(event, around)
        except BadEventError as error:
            left[row["id"]] = error.reason.value
            continue
        if item.waits_for is None:
            counted.append(item)
            left[row["id"]] = ""
    count_events(provider_id=provider_id, resolved=counted, now=now)
    execute(_LEAVE, [now, list(left), list(left.values()), provider_id])
    return ReplayReport(len(counted), len(left) - len(counted))


def _event(row: Mapping[str, Any]) -> IncomingEvent:
    payload = json.loads(row["payload"]) if isinstance(row["payload"], str) else row["payload"]
    return IncomingEvent(
        event_id=row["event_id"],
        source=row["source"],
        tenant=row["tenant_external_id"],
        type=row["event_type"],
        subject=payload.get("subject", ""),
        at=row["at"].astimezone(UTC),
        data=payload.get("data", {}),
        data_text=canonical_data(payload.get("data", {})),
        digest=row["digest"],
    )
