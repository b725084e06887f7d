"""What ingestion must know of the catalogue: the meters of an event type, and the sources with their words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from billing_platform.kernel.rows import fetch_all
from usage.intake.metering import MeterRule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_RULES: Final = """
SELECT event_type, id, aggregation, value_property, filters, increment, increment_first, allows_negative, identity,
       identity_property
  FROM usage_meter WHERE provider_id = %s AND event_type = ANY(%s) AND archived_at IS NULL ORDER BY id
"""
_SOURCES: Final = "SELECT code, id, property_map FROM usage_event_source WHERE provider_id = %s AND code = ANY(%s)"


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
    rules: dict[str, list[MeterRule]] = {}
    rows = fetch_all(_RULES, [provider_id, list(event_types)])
    for event_type, meter_id, aggregation, value_property, filters, *rest in rows:
        pairs = [(item["property"], frozenset(item["values"])) for item in json.loads(filters)]
        rule = MeterRule(meter_id, aggregation, value_property, pairs, *rest)
        rules.setdefault(event_type, []).append(rule)
    return rules


def event_sources(provider_id: int, codes: Iterable[str]) -> dict[str, SourceRule]:
    """Return the known sources by code.

    Args:
        provider_id: whose; its scope is open.
        codes: the sources of a batch; unknown ones are left out.
    """
    rows = fetch_all(_SOURCES, [provider_id, list(codes)])
    return {code: SourceRule(number, json.loads(words)) for code, number, words in rows}
