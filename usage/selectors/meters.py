"""What a provider measures: its meters and the plans that charge them, for the pages of meters."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from billing_platform.kernel.rows import fetch_dicts
from usage.errors import UnknownCatalogueError
from usage.models import Meter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from decimal import Decimal

_METERS: Final = """
    SELECT m.id, m.code, m.name, m.description, m.unit_name AS unit, m.unit_one, m.event_type, m.aggregation,
           m.value_property, m.filters::text, m.increment, m.increment_first, m.allows_negative, m.identity,
           m.identity_property, m.created_at, m.archived_at, coalesce(u.plans, '[]')::text AS plans
      FROM usage_meter m
      LEFT JOIN (SELECT s.meter_id, json_agg(json_build_object('id', s.id, 'name', s.name)
                                              ORDER BY s.name, s.id) AS plans
                   FROM (SELECT DISTINCT x.meter_id, p.id, p.name
                           FROM usage_price x
                           JOIN usage_plan_version v ON v.provider_id = x.provider_id AND v.id = x.plan_version_id
                           JOIN usage_plan p ON p.provider_id = v.provider_id AND p.id = v.plan_id
                          WHERE x.provider_id = %(provider)s AND x.tenant_id = 0 AND v.state <> 'retired') s
                  GROUP BY s.meter_id) u ON u.meter_id = m.id
     WHERE m.provider_id = %(provider)s AND (%(meter)s = 0 OR m.id = %(meter)s)
     ORDER BY m.archived_at IS NOT NULL, m.name, m.id
"""
# A client for a sample: of the newest that took a plan which prices the meter.
_BUYER: Final = """
    SELECT t.external_id
      FROM (SELECT DISTINCT v.plan_id
              FROM usage_price x
              JOIN usage_plan_version v ON v.provider_id = x.provider_id AND v.id = x.plan_version_id
             WHERE x.provider_id = %(provider)s AND x.tenant_id = 0 AND x.meter_id = %(meter)s
               AND v.state <> 'draft') p
     CROSS JOIN LATERAL (
           SELECT u.tenant_id FROM usage_subscription u
            WHERE u.provider_id = %(provider)s AND u.plan_id = p.plan_id
              AND u.starts_at <= %(now)s AND (u.ends_at IS NULL OR u.ends_at > %(now)s) LIMIT 1) u
      JOIN tenants_tenant t ON t.provider_id = %(provider)s AND t.id = u.tenant_id LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class MeterRow:
    """A meter; `plans` (id and name) are those with a version that charges it and is not retired."""

    id: int
    code: str
    name: str
    description: str
    unit: str
    unit_one: str
    event_type: str
    aggregation: str
    value_property: str
    filters: Sequence[Mapping[str, Any]]
    increment: Decimal | None
    increment_first: Decimal | None
    allows_negative: bool
    identity: str
    identity_property: str
    created_at: datetime
    archived_at: datetime | None
    plans: Sequence[Mapping[str, Any]]


def list_meters(provider_id: int, *, meter_id: int = 0) -> list[MeterRow]:
    """Return a provider's meters by name, archived ones last.

    Args:
        provider_id: whose; its scope is open.
        meter_id: this one only; 0 for all.
    """
    return [
        MeterRow(filters=json.loads(row.pop("filters")), plans=json.loads(row.pop("plans")), **row)
        for row in fetch_dicts(_METERS, {"provider": provider_id, "meter": meter_id})
    ]


def find_meter(provider_id: int, meter_id: int) -> MeterRow:
    """Return a meter, archived or not.

    Args:
        provider_id: whose; its scope is open.
        meter_id: which.

    Raises:
        UnknownCatalogueError: the provider has no such meter.
    """
    found = list_meters(provider_id, meter_id=meter_id)
    if not found:
        raise UnknownCatalogueError(message=_("There is no such meter."))
    return found[0]


def buyer_of(provider_id: int, meter_id: int, *, now: datetime) -> str:
    """Return the own id of a client that is charged for a meter; empty when there is none.

    Args:
        provider_id: whose; its scope is open.
        meter_id: the meter.
        now: the present moment.
    """
    rows = fetch_dicts(_BUYER, {"provider": provider_id, "meter": meter_id, "now": now})
    return str(rows[0]["external_id"]) if rows else ""


def event_types(provider_id: int) -> list[str]:
    """Return the types of events that a provider's meters match.

    Args:
        provider_id: whose; its scope is open.
    """
    types = Meter.objects.filter(provider_id=provider_id).values_list("event_type", flat=True)
    return sorted(types.distinct())
