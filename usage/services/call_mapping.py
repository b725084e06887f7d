"""Store how a PBX reads, and give calls that wait for a tenant to whom their line belongs. Called by commands."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from django.db import transaction

from billing_platform.kernel.rows import execute, fetch_dicts
from usage.calls import EVENT_TYPE, INBOUND
from usage.models import CallLine, CallMapping

if TYPE_CHECKING:
    from datetime import datetime

    from usage.importers.asterisk_mapping import CallMapping as Mapping

_WAITING: Final = """
SELECT p.id, p.tenant_external_id AS tenant, p.payload ->> 'data' AS data
  FROM usage_parked_event p JOIN usage_event_source s ON s.provider_id = p.provider_id AND s.id = p.source_id
 WHERE p.provider_id = %s AND s.code = %s AND p.replayed_at IS NULL AND p.event_type = %s
   AND (p.tenant_external_id LIKE 'number:%%' OR p.tenant_external_id LIKE 'trunk:%%'
        OR p.tenant_external_id = ANY(%s))
 ORDER BY p.id FOR UPDATE OF p
"""
_ASSIGN: Final = """
UPDATE usage_parked_event p SET tenant_external_id = l.tenant
  FROM unnest(%s::bigint[], %s::text[]) AS l (id, tenant) WHERE p.provider_id = %s AND p.id = l.id
"""
# What a channel's name had before the importer cut it off.
_INSTANCE: Final = "-00000000"


@transaction.atomic
def store_call_mapping(*, provider_id: int, source: str, mapping: Mapping, now: datetime) -> None:
    """Store the mapping of a PBX in place of the one before.

    Args:
        provider_id: whose; its scope is open.
        source: the code of the event source that the PBX's calls come from.
        mapping: as `usage.importers.asterisk_mapping.read_mapping` returns it.
        now: the present moment.

    Idempotency: by source. Calls that were counted stay as they are; parked ones of a line that has a tenant now are
    counted by the next replay.
    """
    row, _ = CallMapping.objects.update_or_create(
        provider_id=provider_id,
        source=source,
        defaults={
            "time_zone": mapping.time_zone,
            "rules": [rule._asdict() for rule in mapping.rules],
            "updated_at": now,
        },
    )
    CallLine.objects.filter(provider_id=provider_id, mapping_id=row.pk).delete()
    CallLine.objects.bulk_create(
        [
            CallLine(
                provider_id=provider_id,
                mapping_id=row.pk,
                kind=kind,
                value=value,
                tenant_external_id=tenant,
            )
            for (kind, value), tenant in sorted(mapping.lines.items())
        ]
    )
    assign_waiting(provider_id, source, mapping)


def assign_waiting(provider_id: int, source: str, mapping: Mapping) -> None:
    """Look up parked calls anew; a call of an account waits under the account's own code.

    Args:
        provider_id: whose; its scope is open.
        source: the code of the PBX's event source.
        mapping: how it reads by now.
    """
    accounts = [value for kind, value in mapping.lines if kind == "account"]
    found: dict[int, str] = {}
    for row in fetch_dicts(_WAITING, [provider_id, source, EVENT_TYPE, accounts]):
        data = json.loads(row["data"] or "{}")
        direction = data.get("direction", "")
        account = row["tenant"] if row["tenant"] in accounts else ""
        tenant = mapping.tenant({**_cells(data, direction), "accountcode": account}, direction)
        if tenant != row["tenant"]:
            found[row["id"]] = tenant
    if found:
        execute(_ASSIGN, [list(found), list(found.values()), provider_id])


def _cells(data: dict[str, str], direction: str) -> dict[str, str]:
    sides = ("channel", "dstchannel") if direction == INBOUND else ("dstchannel", "channel")
    names = (data.get("trunk"), data.get("device"))
    channels = {side: name + _INSTANCE for side, name in zip(sides, names, strict=True) if name}
    return {"src": data.get("from", ""), "dst": data.get("to", ""), **channels}
