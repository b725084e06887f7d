"""What a provider measures: its meters and the plans that charge them, for the page of meters."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from billing_platform.kernel.rows import fetch_dicts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from decimal import Decimal

_METERS: Final = """
    SELECT m.id, m.code, m.name, m.unit_name AS unit, m.event_type, m.aggregation, m.value_property, m.filters::text,
           m.increment, m.increment_first, m.archived_at, coalesce(u.plans, '[]')::text AS plans
      FROM usage_meter m
      LEFT JOIN (SELECT s.meter_id, json_agg(json_build_object('id', s.id, 'name', s.name)
                                              ORDER BY s.name, s.id) AS plans
                   FROM (SELECT DISTINCT x.meter_id, p.id, p.name
                           FROM usage_price x
                           JOIN usage_plan_version v ON v.provider_id = x.provider_id AND v.id = x.plan_version_id
                           JOIN usage_plan p ON p.provider_id = v.provider_id AND p.id = v.plan_id
                          WHERE x.provider_id = %(provider)s AND x.tenant_id = 0 AND v.state <> 'retired') s
                  GROUP BY s.meter_id) u ON u.meter_id = m.id
     WHERE m.provider_id = %(provider)s ORDER BY m.archived_at IS NOT NULL, m.name, m.id
"""


@dataclass(frozen=True, slots=True)
class MeterRow:
    """A meter; `plans` (id and name) are those with a version that charges it and is not retired."""

    id: int
    code: str
    name: str
    unit: str
    event_type: str
    aggregation: str
    value_property: str
    filters: Sequence[Mapping[str, Any]]
    increment: Decimal | None
    increment_first: Decimal | None
    archived_at: datetime | None
    plans: Sequence[Mapping[str, Any]]


def list_meters(provider_id: int) -> list[MeterRow]:
    """Return a provider's meters by name, archived ones last.

    Args:
        provider_id: whose; its scope is open.
    """
    return [
        MeterRow(filters=json.loads(row.pop("filters")), plans=json.loads(row.pop("plans")), **row)
        for row in fetch_dicts(_METERS, {"provider": provider_id})
    ]
