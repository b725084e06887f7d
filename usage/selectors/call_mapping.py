"""How a provider's PBX reads. Called by the imports of calls."""

from __future__ import annotations

from usage.importers.asterisk_mapping import CallMapping as Mapping
from usage.importers.asterisk_mapping import DirectionRule
from usage.models import CallLine, CallMapping


def call_mapping(provider_id: int, source: str) -> Mapping:
    """Return the mapping of a PBX; one that says nothing when none is stored.

    Args:
        provider_id: whose; its scope is open.
        source: the code of its event source.
    """
    row = CallMapping.objects.filter(provider_id=provider_id, source=source).first()
    if row is None:
        return Mapping()
    lines = CallLine.objects.filter(provider_id=provider_id, mapping_id=row.pk)
    return Mapping(
        time_zone=row.time_zone,
        rules=tuple(DirectionRule(**rule) for rule in row.rules),
        lines={
            (kind, value): tenant
            for kind, value, tenant in lines.values_list("kind", "value", "tenant_external_id")
        },
    )
