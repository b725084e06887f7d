"""What ingestion must know of the catalogue: the meters of an event type, and the sources with their words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from usage.intake.metering import MeterRule
from usage.models import EventSource, Meter

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_RULE_FIELDS = (
    "event_type",
    "id",
    "aggregation",
    "value_property",
    "filters",
    "increment",
    "increment_first",
    "allows_negative",
    "identity",
    "identity_property",
)


class SourceRule(NamedTuple):
    """A source of events: its row, and how its words for our properties read."""

    id: int
    property_map: Mapping[str, Mapping[str, Any]]


def meter_rules(provider_id: int, event_types: Iterable[str]) -> dict[str, list[MeterRule]]:
    """Return the living meters by event type; a type without meters is left out.

    Args:
        provider_id: whose; its scope is open.
        event_types: the types of a batch.
    """
    rows = Meter.objects.filter(
        provider_id=provider_id, event_type__in=list(event_types), archived_at__isnull=True
    ).order_by("pk")
    rules: dict[str, list[MeterRule]] = {}
    for event_type, meter_id, aggregation, value_property, filters, *rest in rows.values_list(
        *_RULE_FIELDS
    ):
        pairs = [(item["property"], frozenset(item["values"])) for item in filters]
        rule = MeterRule(meter_id, aggregation, value_property, pairs, *rest)
        rules.setdefault(event_type, []).append(rule)
    return rules


def event_sources(provider_id: int, codes: Iterable[str]) -> dict[str, SourceRule]:
    """Return the known sources by code.

    Args:
        provider_id: whose; its scope is open.
        codes: the sources of a batch; unknown ones are left out.
    """
    rows = EventSource.objects.filter(provider_id=provider_id, code__in=list(codes))
    return {
        code: SourceRule(source_id, property_map)
        for code, source_id, property_map in rows.values_list("code", "pk", "property_map")
    }
