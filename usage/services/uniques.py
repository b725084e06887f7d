"""Find the first occurrences of identities again from the stored events, after segments changed. Called by segments."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from billing_platform.kernel.rows import execute, fetch_dicts
from usage.errors import ErasedUsageError
from usage.intake.events import IncomingEvent
from usage.intake.metering import MeterRule, measure, translate
from usage.selectors.intake import meter_rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

_CELLS: Final = """
    SELECT s.id AS segment_id, m.id AS meter_id, m.event_type, p.id AS period_id,
           greatest(lower(s.valid), p.starts) AS low, least(coalesce(upper(s.valid), 'infinity'), p.ends) AS high
      FROM usage_rate_segment s
      JOIN usage_meter m ON m.provider_id = s.provider_id AND m.id = s.meter_id AND m.aggregation = 'unique'
      JOIN accounts_period p ON p.provider_id = s.provider_id AND p.wallet_id = s.wallet_id AND p.state <> 'closed'
       AND p.ends > %s AND tstzrange(p.starts, p.ends) && s.valid
     WHERE s.provider_id = %s AND s.tenant_id = %s AND s.id = ANY(%s)
"""
_CLEAR: Final = """
    DELETE FROM usage_unique u USING accounts_period p
     WHERE u.provider_id = %s AND u.tenant_id = %s AND u.segment_id = ANY(%s)
       AND p.provider_id = u.provider_id AND p.id = u.period_id AND p.state <> 'closed' AND p.ends > %s
"""
_EVENTS: Final = """
    SELECT e.event_id, e.subject, e.type, e.at, e.properties, s.property_map
      FROM usage_event e JOIN usage_event_source s ON s.provider_id = e.provider_id AND s.id = e.source_id
     WHERE e.provider_id = %s AND e.tenant_id = %s AND e.at >= %s AND e.at < %s AND %s = ANY(e.meter_ids)
     ORDER BY e.at
"""
_INSERT: Final = """
    INSERT INTO usage_unique (provider_id, tenant_id, segment_id, period_id, identity_hash, first_at)
    SELECT %s, %s, %s, %s, h.hash::uuid, min(h.at)
      FROM unnest(%s::text[], %s::timestamptz[]) AS h (hash, at) GROUP BY h.hash ORDER BY h.hash::uuid
    ON CONFLICT DO NOTHING
"""


def rebuild_uniques(
    *, provider_id: int, tenant_id: int, segment_ids: Sequence[int], since: datetime
) -> None:
    """Count the identities of unique meters anew in segments that changed, in the open periods that reach behind it.

    Args:
        provider_id: whose; its scope is open, and the ingest lock is held.
        tenant_id: whose segments.
        segment_ids: the segments; those of other meters are left alone.
        since: the first hour in which they changed. What stands before may be erased by now, though late usage opened
            its period again.

    Raises:
        ErasedUsageError: events of that time have lost their personal part; counts that stand must not be emptied, so
            the caller's transaction has to end.

    Idempotency: by state.
    """
    where = [provider_id, tenant_id, list(segment_ids)]
    cells = fetch_dicts(_CELLS, [since, *where])
    if not cells:
        return
    execute(_CLEAR, [*where, since])
    rules = meter_rules(provider_id, {cell["event_type"] for cell in cells})
    for cell in cells:
        rule = next(
            (r for r in rules.get(cell["event_type"], []) if r.id == cell["meter_id"]), None
        )
        if rule is not None:
            _rebuild_cell(provider_id, tenant_id, cell, rule)


def _rebuild_cell(provider_id: int, tenant_id: int, cell: dict[str, Any], rule: MeterRule) -> None:
    span = [cell["low"], cell["high"], cell["meter_id"]]
    events = fetch_dicts(_EVENTS, [provider_id, tenant_id, *span])
    found = list(_identities(events, rule))
    if found:
        hashes, moments = (list(column) for column in zip(*found, strict=True))
        where = [provider_id, tenant_id, cell["segment_id"], cell["period_id"]]
        execute(_INSERT, [*where, hashes, moments])


def _identities(rows: Iterable[dict[str, Any]], rule: MeterRule) -> Iterable[tuple[str, Any]]:
    for row in rows:
        # Looked at in the rows that are counted: personal parts may be erased while this runs. The caller's transaction
        # takes back what was cleared.
        if row["properties"] is None:
            raise ErasedUsageError
        data = json.loads(row["properties"], parse_float=Decimal)
        words = json.loads(row["property_map"])
        event = IncomingEvent(
            event_id=row["event_id"],
            source="",
            tenant="",
            type=row["type"],
            subject=row["subject"],
            at=row["at"],
            data=data,
            data_text="",
            digest="",
        )
        for each in measure(event, translate(data, words), [rule]):
            yield each.identity, row["at"]
