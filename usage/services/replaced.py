"""Take rejected events off the list whose id counts by now, mended and sent again. Called by a nightly task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from billing_platform.kernel.rows import execute, fetch_all
from billing_platform.kernel.scope import provider_scope
from usage.intake.digests import id_hash

if TYPE_CHECKING:
    from datetime import datetime

BATCH: Final = 1_000
_OPEN: Final = """
SELECT id, source, event_id FROM usage_refused_event
 WHERE provider_id = %s AND verdict = 'rejected' AND settled_at IS NULL AND id > %s AND source <> '' AND event_id <> ''
 ORDER BY id LIMIT %s
"""
# In the order of the keys, as ingestion writes these rows.
_SETTLE: Final = """
WITH taken AS (
    SELECT o.id FROM unnest(%(ids)s::bigint[], %(sources)s::text[], %(keys)s::uuid[]) AS o (id, source, key)
      JOIN usage_event_source s ON s.provider_id = %(provider)s AND s.code = o.source
     CROSS JOIN LATERAL (SELECT FROM usage_event_key k
                          WHERE k.provider_id = %(provider)s AND k.source_id = s.id AND k.key = o.key LIMIT 1) k),
held AS (SELECT r.id FROM usage_refused_event r JOIN taken ON taken.id = r.id
          WHERE r.provider_id = %(provider)s ORDER BY r.key FOR UPDATE OF r)
UPDATE usage_refused_event r SET outcome = 'replaced', settled_at = %(now)s
  FROM held WHERE r.provider_id = %(provider)s AND r.id = held.id AND r.outcome = ''
"""


def settle_replaced(*, provider_id: int, now: datetime) -> int:
    """Settle open rejected events whose id stands for other content that was accepted or parked.

    Args:
        provider_id: whose; each batch opens its scope itself, so that one transaction never grows long.
        now: the moment of the run.

    Returns:
        How many left the list.

    Idempotency: by state.
    """
    settled = last = 0
    while True:
        with provider_scope(provider_id):
            rows = fetch_all(_OPEN, [provider_id, last, BATCH])
            if rows:
                settled += execute(
                    _SETTLE,
                    {
                        "provider": provider_id,
                        "now": now,
                        "ids": [number for number, _, _ in rows],
                        "sources": [source for _, source, _ in rows],
                        "keys": [id_hash(event_id) for _, _, event_id in rows],
                    },
                )
        if len(rows) < BATCH:
            return settled
        last = rows[-1][0]
