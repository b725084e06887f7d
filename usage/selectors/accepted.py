"""The content that stands behind an event's id, to be shown beside one that conflicts with it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from billing_platform.kernel.rows import fetch_all, fetch_dicts
from usage.intake.digests import id_hash

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

# Accepted events have no index by id, which ingestion would pay for; a corrected fact is nearly always of the same
# client and day.
AROUND: Final = timedelta(days=1)
_LOOKED_AT_MAX: Final = 100_000
_PARKED: Final = """
    SELECT p.tenant_external_id AS tenant, p.event_type AS type, p.payload ->> 'subject' AS subject, p.at,
           p.received_at, NULL AS quantity, (p.payload -> 'data')::text AS data, p.replayed_at IS NULL AS is_parked
      FROM usage_event_source s
      JOIN usage_parked_event p ON p.provider_id = s.provider_id AND p.source_id = s.id
     WHERE s.provider_id = %(provider)s AND s.code = %(source)s AND p.key = %(key)s
"""
_ACCEPTED: Final = """
    SELECT %(tenant)s AS tenant, e.type, e.subject, e.at, e.received_at, e.quantity, e.properties::text AS data,
           false AS is_parked
      FROM (SELECT x.* FROM tenants_tenant t
              JOIN usage_event x ON x.provider_id = t.provider_id AND x.tenant_id = t.id
             WHERE t.provider_id = %(provider)s AND t.external_id = %(tenant)s
               AND x.at >= %(starts)s AND x.at < %(ends)s
             ORDER BY x.at LIMIT %(most)s) e
      JOIN usage_event_source s ON s.provider_id = e.provider_id AND s.id = e.source_id
     WHERE s.code = %(source)s AND e.event_id = %(event_id)s LIMIT 1
"""
_TAKEN: Final = """
    SELECT 1 FROM usage_event_source s
     CROSS JOIN LATERAL (SELECT FROM usage_event_key k
                          WHERE k.provider_id = s.provider_id AND k.source_id = s.id AND k.key = %s LIMIT 1) k
     WHERE s.provider_id = %s AND s.code = %s
"""


@dataclass(frozen=True, slots=True)
class AcceptedEvent:
    """What counts, or waits to be counted, under an id.

    Attributes:
        data: quantity and properties; None once the personal part was erased.
        is_parked: it waits for its tenant or meter.
    """

    tenant: str
    type: str
    subject: str
    at: datetime
    received_at: datetime
    data: Mapping[str, Any] | None
    is_parked: bool


def is_id_taken(provider_id: int, *, source: str, event_id: str) -> bool:
    """Return whether an event with this id was accepted or parked.

    Args:
        provider_id: whose; its scope is open.
        source: the code of the source.
        event_id: the id.
    """
    return bool(fetch_all(_TAKEN, [id_hash(event_id), provider_id, source]))


def accepted_event(
    provider_id: int, *, source: str, event_id: str, tenant: str, at: datetime
) -> AcceptedEvent | None:
    """Return what stands behind an event's id, looked for at a tenant within a day around a moment.

    Args:
        provider_id: whose; its scope is open.
        source: the code of the source.
        event_id: the id.
        tenant: the external id of the tenant that the other content names.
        at: the moment that the other content names.

    Returns:
        None when it lies elsewhere.
    """
    params = {
        "provider": provider_id,
        "source": source,
        "event_id": event_id,
        "key": id_hash(event_id),
        "tenant": tenant,
        "starts": at - AROUND,
        "ends": at + AROUND,
        "most": _LOOKED_AT_MAX,
    }
    for row in (*fetch_dicts(_PARKED, params), *fetch_dicts(_ACCEPTED, params)):
        quantity = row.pop("quantity")
        data = json.loads(row["data"]) if row["data"] else None
        if data is None and quantity is not None:
            data = {"quantity": f"{quantity:f}"}
        return AcceptedEvent(**{**row, "subject": row["subject"] or "", "data": data})
    return None
