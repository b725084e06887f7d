"""What stands behind one hour of a line: the events that were counted, or the resources that ran. Called by pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from billing_platform.kernel.rows import fetch_dicts
from usage.enums import Aggregation
from usage.intake.metering import round_up

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

_HOUR: Final = timedelta(hours=1)
_METER: Final = """
SELECT m.id, m.name, m.unit_name AS unit, m.aggregation, m.increment, m.increment_first
  FROM usage_rate_segment g
  JOIN usage_price x ON x.provider_id = g.provider_id AND x.id = g.price_id AND x.code = %(code)s
   AND x.currency = %(currency)s
  JOIN usage_meter m ON m.provider_id = g.provider_id AND m.id = g.meter_id
 WHERE g.provider_id = %(provider)s AND g.tenant_id = %(tenant)s AND g.valid @> %(hour)s LIMIT 1
"""
_EVENTS: Final = """
SELECT e.at, e.source_id, e.event_id, e.type, e.subject, e.quantity FROM usage_event e
 WHERE e.provider_id = %(provider)s AND e.tenant_id = %(tenant)s AND e.at >= %(hour)s AND e.at < %(ends)s
   AND e.meter_ids @> ARRAY[%(meter)s]::bigint[]
   AND (%(after_at)s::timestamptz IS NULL
        OR (e.at, e.source_id, e.event_id) > (%(after_at)s, %(after_source)s, %(after_id)s))
 ORDER BY e.at, e.source_id, e.event_id LIMIT %(limit)s
"""
_RUNS: Final = """
SELECT i.resource, i.size, greatest(i.starts_at, %(hour)s) AS starts_at,
       least(coalesce(i.ends_at, i.accrued_through), i.accrued_through, %(ends)s) AS ends_at
  FROM usage_resource_interval i
 WHERE i.provider_id = %(provider)s AND i.tenant_id = %(tenant)s AND i.meter_id = %(meter)s
   AND i.starts_at < %(ends)s AND least(coalesce(i.ends_at, i.accrued_through), i.accrued_through) > %(hour)s
 ORDER BY i.resource, i.starts_at LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class LineMeter:
    """The meter that a line counts by."""

    id: int
    name: str
    unit: str
    aggregation: str
    increment: Decimal | None
    increment_first: Decimal | None

    @property
    def is_duration(self) -> bool:
        """Whether running resources are counted and not events."""
        return self.aggregation == Aggregation.DURATION

    def counted(self, quantity: Decimal | None) -> Decimal | None:
        """Return what an event's quantity counts as, None where it does not add up."""
        if quantity is None or self.aggregation != Aggregation.SUM:
            return None
        return round_up(quantity, self.increment, self.increment_first)


@dataclass(frozen=True, slots=True)
class HourEvent:
    """One event that was counted.

    Attributes:
        quantity: as it was sent; None when the event has none.
    """

    at: datetime
    source_id: int
    event_id: str
    type: str
    subject: str
    quantity: Decimal | None


@dataclass(frozen=True, slots=True)
class ResourceRun:
    """A resource that ran in the hour, cut to it."""

    resource: str
    size: Decimal
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class EventPlace:
    """The event behind which a page begins."""

    at: datetime
    source_id: int
    event_id: str


def line_meter(
    provider_id: int, tenant_id: int, *, code: str, currency: str, hour: datetime
) -> LineMeter | None:
    """Return the meter of a tenant's line in an hour, None when the line is no metered one then.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: whose contract.
        code: the component.
        currency: of its price.
        hour: a full hour.
    """
    params = {
        "provider": provider_id,
        "tenant": tenant_id,
        "code": code,
        "currency": currency,
        "hour": hour,
    }
    rows = fetch_dicts(_METER, params)
    return LineMeter(**rows[0]) if rows else None


def hour_events(
    provider_id: int,
    tenant_id: int,
    meter_id: int,
    *,
    hour: datetime,
    after: EventPlace | None,
    limit: int,
) -> list[HourEvent]:
    """Return events of one hour that counted on a meter, in order of time.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: whose events.
        meter_id: which meter.
        hour: a full hour.
        after: where the page before ended; None for the first.
        limit: at most so many.
    """
    params = _params(provider_id, tenant_id, meter_id, hour, limit)
    params["after_at"] = after.at if after else None
    params["after_source"] = after.source_id if after else 0
    params["after_id"] = after.event_id if after else ""
    return [HourEvent(**row) for row in fetch_dicts(_EVENTS, params)]


def hour_runs(
    provider_id: int, tenant_id: int, meter_id: int, *, hour: datetime, limit: int
) -> list[ResourceRun]:
    """Return the resources that ran in one hour, as far as they are counted.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: whose resources.
        meter_id: which meter.
        hour: a full hour.
        limit: at most so many.
    """
    params = _params(provider_id, tenant_id, meter_id, hour, limit)
    return [ResourceRun(**row) for row in fetch_dicts(_RUNS, params)]


def _params(
    provider_id: int, tenant_id: int, meter_id: int, hour: datetime, limit: int
) -> dict[str, Any]:
    return {
        "provider": provider_id,
        "tenant": tenant_id,
        "meter": meter_id,
        "hour": hour,
        "ends": hour + _HOUR,
        "limit": limit,
    }
