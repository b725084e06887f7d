"""Remove the personal part of old usage events; what they counted, and their ids, stay. Called by a nightly task.

Refused events counted nothing: of them nothing stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from billing_platform.kernel.rows import execute
from billing_platform.kernel.scope import provider_scope
from tenants.registry import INGESTION_PAYLOAD_DAYS
from tenants.selectors.settings import get_setting

if TYPE_CHECKING:
    from datetime import datetime

BATCH: Final = 10_000
# The index leads by tenant, and partitions whose month is younger are never read. What users are counted by stays until
# the period is closed: a change of prices counts them anew.
_ERASE_EVENTS: Final = """
UPDATE usage_event e SET properties = NULL, subject = ''
  FROM (SELECT tableoid, ctid FROM usage_event
         WHERE provider_id = %(provider)s AND at < %(before)s AND (properties IS NOT NULL OR subject <> '')
           AND NOT (meter_ids && ARRAY(SELECT m.id FROM usage_meter m
                                        WHERE m.provider_id = %(provider)s AND m.aggregation = 'unique')
                    AND EXISTS (SELECT FROM accounts_period p
                                 WHERE p.provider_id = %(provider)s AND p.tenant_id = usage_event.tenant_id
                                   AND p.state <> 'closed' AND p.starts <= usage_event.at AND p.ends > usage_event.at))
         LIMIT %(batch)s) old
 WHERE e.tableoid = old.tableoid AND e.ctid = old.ctid AND e.provider_id = %(provider)s AND e.at < %(before)s
"""
_ERASE_PARKED: Final = """
UPDATE usage_parked_event
   SET payload = '{}', replayed_at = coalesce(replayed_at, %(now)s),
       refused_reason = CASE WHEN replayed_at IS NULL THEN 'too_late' ELSE refused_reason END
 WHERE provider_id = %(provider)s AND at < %(before)s AND payload <> '{}'
"""
# Whoever wanted to act on a refused event has done so; one that left the list is kept a while to be looked up.
REFUSED_DAYS: Final = 90
SETTLED_DAYS: Final = 30
_FORGET_REFUSED: Final = """
DELETE FROM usage_refused_event
 WHERE provider_id = %(provider)s AND (last_seen_at < %(unseen)s OR settled_at < %(settled)s)
"""


@dataclass(frozen=True)
class ErasedPayloads:
    """How many accepted and parked events lost their payload, and how many refused ones were forgotten."""

    events: int
    parked: int
    refused: int


def erase_payloads(*, provider_id: int, now: datetime) -> ErasedPayloads:
    """Empty subject and properties of events older than the provider keeps them.

    Args:
        provider_id: whose; each batch opens its scope itself, so that one transaction never grows long.
        now: the moment of the run; the provider's setting `ingestion.payload_days` counts back from it.

    Returns:
        What was emptied; events that users are counted by wait until their billing period is closed. A parked event
        that still waits then is refused as `too_late`. Refused events are deleted 90 days after they were last sent,
        earlier where payloads are kept shorter, or 30 days after they left the list.

    Idempotency: by state.
    """
    with provider_scope(provider_id):
        days = get_setting(provider_id, INGESTION_PAYLOAD_DAYS)
        params = {
            "provider": provider_id,
            "before": now - timedelta(days=days),
            "unseen": now - timedelta(days=min(days, REFUSED_DAYS)),
            "settled": now - timedelta(days=min(days, SETTLED_DAYS)),
            "now": now,
            "batch": BATCH,
        }
        parked = execute(_ERASE_PARKED, params)
        refused = execute(_FORGET_REFUSED, params)
    events = 0
    while True:
        with provider_scope(provider_id):
            erased = execute(_ERASE_EVENTS, params)
        events += erased
        if erased < BATCH:
            return ErasedPayloads(events, parked, refused)
