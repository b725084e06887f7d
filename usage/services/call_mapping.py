"""Store how a PBX reads, and give calls that wait for a tenant to whom their line belongs. Called by commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction

from billing_platform.kernel.rows import execute
from usage.importers.asterisk_mapping import waiting_name
from usage.models import CallLine, CallMapping

if TYPE_CHECKING:
    from datetime import datetime

    from usage.importers.asterisk_mapping import CallMapping as Mapping

# A parked call stands under the first line that could have told its tenant; its trunk may tell it too.
_ASSIGN: Final = """
UPDATE usage_parked_event p SET tenant_external_id = l.tenant
  FROM unnest(%s::text[], %s::text[], %s::text[]) AS l (waiting, trunk, tenant), usage_event_source s
 WHERE p.provider_id = %s AND p.replayed_at IS NULL AND s.provider_id = p.provider_id AND s.id = p.source_id
   AND s.code = %s
   AND (p.tenant_external_id = l.waiting
        OR (l.trunk <> '' AND (p.tenant_external_id LIKE 'number:%%' OR p.tenant_external_id LIKE 'trunk:%%')
            AND p.payload #>> '{data,trunk}' = l.trunk))
"""


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
    _assign_waiting(provider_id, source, mapping)


def _assign_waiting(provider_id: int, source: str, mapping: Mapping) -> None:
    lines = [
        # An account's calls wait under its own code.
        (
            value if kind == "account" else waiting_name(kind, value),
            value if kind == "trunk" else "",
            tenant,
        )
        for (kind, value), tenant in sorted(mapping.lines.items())
    ]
    if lines:
        waiting, trunks, tenants = (list(column) for column in zip(*lines, strict=True))
        execute(_ASSIGN, [waiting, trunks, tenants, provider_id, source])
