"""What was used in some hours, of all of a provider's tenants or of one: by day, hour, meter and tenant.

Figures of all tenants come from the sums by meter and hour with what changed since they were folded, in one statement,
so that they are exact; a hundred thousand tenants cost no more than ten.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from billing_platform.kernel.rows import fetch_all, fetch_dicts, fetch_one

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from decimal import Decimal

Key = TypeVar("Key")

_ALL: Final = """
    SELECT meter_id, hour, quantity, events, tenants FROM usage_hour_sum
     WHERE provider_id = %(provider)s AND hour >= %(since)s AND hour < %(until)s {meter}
    UNION ALL
    SELECT meter_id, hour, quantity, events, tenants FROM usage_hour_change
     WHERE provider_id = %(provider)s AND hour >= %(since)s AND hour < %(until)s {meter}"""
_ONE: Final = """
    SELECT meter_id, hour, quantity, events, 1 AS tenants FROM usage_hour
     WHERE provider_id = %(provider)s AND tenant_id = %(tenant)s AND hour >= %(since)s AND hour < %(until)s {meter}"""
_GROUPED: Final = """
SELECT {key} AS key, sum(h.quantity) AS quantity, sum(h.events)::bigint AS events, sum(h.tenants)::bigint AS tenants
  FROM ({hours}) h GROUP BY 1 HAVING sum(h.tenants) > 0 ORDER BY 1
"""
_DAY: Final = "(h.hour AT TIME ZONE %(zone)s)::date"
_TOP: Final = """
SELECT tenant_id, sum(quantity) AS quantity, sum(events)::bigint AS events FROM usage_hour
 WHERE provider_id = %(provider)s AND hour >= %(since)s AND hour < %(until)s AND meter_id = %(meter)s
 GROUP BY tenant_id ORDER BY 2 DESC, 1 LIMIT %(most)s
"""
_THESE: Final = """
SELECT tenant_id, sum(quantity) AS quantity, sum(events)::bigint AS events FROM usage_hour
 WHERE provider_id = %(provider)s AND tenant_id = ANY(%(tenants)s) AND meter_id = %(meter)s
   AND hour >= %(since)s AND hour < %(until)s
 GROUP BY tenant_id
"""
_LINES: Final = """
SELECT s.tenant_id, x.code, x.currency, greatest(lower(s.valid), p.starts) AS low,
       least(upper(s.valid), p.ends) AS high, p.starts, p.state = 'current' AS is_running
  FROM usage_rate_segment s
  JOIN usage_price x ON x.provider_id = s.provider_id AND x.id = s.price_id
  JOIN accounts_period p ON p.provider_id = s.provider_id AND p.wallet_id = s.wallet_id
   AND p.tenant_id = s.tenant_id AND tstzrange(p.starts, p.ends) && s.valid
   AND p.starts < %(until)s AND p.ends > %(since)s
 WHERE s.provider_id = %(provider)s AND s.tenant_id = ANY(%(tenants)s) AND s.meter_id = %(meter)s
   AND s.valid && tstzrange(%(since)s, %(until)s)
 ORDER BY s.tenant_id, low, x.code
"""


@dataclass(frozen=True, slots=True)
class Hours:
    """Which hours.

    Attributes:
        since, until: full UTC hours, half-open.
        meter_id: of one meter; None for all.
        tenant_id: of one tenant; None for all.
    """

    since: datetime
    until: datetime
    meter_id: int | None = None
    tenant_id: int | None = None


@dataclass(frozen=True, slots=True)
class Used(Generic[Key]):
    """What was used under one key.

    Attributes:
        quantity: the hourly quantities added up.
        events: how many were counted.
        tenants: how many hourly rows of tenants there are; in one hour of a meter that is how many used it.
    """

    key: Key
    quantity: Decimal
    events: int
    tenants: int


@dataclass(frozen=True, slots=True)
class TenantUsed:
    """What one tenant used."""

    tenant_id: int
    quantity: Decimal
    events: int


@dataclass(frozen=True, slots=True)
class MeterLine:
    """Which line of a tenant's billing period a meter's hours stand on.

    Attributes:
        low, high: of the hours, half-open.
        starts: when the billing period began; `is_running` when it is the present one.
    """

    tenant_id: int
    code: str
    currency: str
    low: datetime
    high: datetime
    starts: datetime
    is_running: bool


def used_by_day(provider_id: int, hours: Hours, *, zone: str) -> list[Used[date]]:
    """Return what was used by local day; days without usage are left out.

    Args:
        provider_id: whose; its scope is open.
        hours: which.
        zone: in which days begin; an hour belongs to the day in which it begins.
    """
    return _grouped(provider_id, hours, _DAY, zone=zone)


def used_by_hour(provider_id: int, hours: Hours) -> list[Used[datetime]]:
    """Return what was used by hour; hours without usage are left out.

    Args:
        provider_id: whose; its scope is open.
        hours: which.
    """
    return _grouped(provider_id, hours, "h.hour")


def used_by_meter(provider_id: int, hours: Hours) -> list[Used[int]]:
    """Return what was used by meter id; meters without usage are left out.

    Args:
        provider_id: whose; its scope is open.
        hours: which.
    """
    return _grouped(provider_id, hours, "h.meter_id")


def hourly_rows(provider_id: int, hours: Hours) -> int:
    """Return how many hourly rows tenants have in some hours, which tells what it would cost to read them.

    Args:
        provider_id: whose; its scope is open.
        hours: which; of all tenants.
    """
    sql = f"SELECT coalesce(sum(tenants), 0)::bigint FROM ({_source(hours)}) h"
    row = fetch_one(sql, _params(provider_id, hours))
    return int(row[0]) if row else 0


def top_tenants(provider_id: int, hours: Hours, *, limit: int) -> list[TenantUsed]:
    """Return the tenants who used most of a meter; reads all hourly rows of these hours.

    Args:
        provider_id: whose; its scope is open.
        hours: which, of one meter.
        limit: how many at most.
    """
    params = {**_params(provider_id, hours), "most": limit}
    return [TenantUsed(*row) for row in fetch_all(_TOP, params)]


def tenants_used(
    provider_id: int, hours: Hours, tenant_ids: Sequence[int]
) -> dict[int, TenantUsed]:
    """Return what some tenants used of a meter; those without usage are left out.

    Args:
        provider_id: whose; its scope is open.
        hours: which, of one meter.
        tenant_ids: a page of tenants.
    """
    params = {**_params(provider_id, hours), "tenants": list(tenant_ids)}
    return {row[0]: TenantUsed(*row) for row in fetch_all(_THESE, params)}


def meter_lines(provider_id: int, hours: Hours, tenant_ids: Sequence[int]) -> list[MeterLine]:
    """Return the lines of bills on which a meter's hours stand, by tenant, oldest first.

    Args:
        provider_id: whose; its scope is open.
        hours: which, of one meter.
        tenant_ids: a page of tenants.
    """
    params = {**_params(provider_id, hours), "tenants": list(tenant_ids)}
    return [MeterLine(**row) for row in fetch_dicts(_LINES, params)]


def _grouped(provider_id: int, hours: Hours, key: str, **more: object) -> list[Any]:
    sql = _GROUPED.format(key=key, hours=_source(hours))
    return [Used(**row) for row in fetch_dicts(sql, {**_params(provider_id, hours), **more})]


def _source(hours: Hours) -> str:
    source = _ALL if hours.tenant_id is None else _ONE
    return source.format(meter="" if hours.meter_id is None else "AND meter_id = %(meter)s")


def _params(provider_id: int, hours: Hours) -> dict[str, Any]:
    return {
        "provider": provider_id,
        "since": hours.since,
        "until": hours.until,
        "meter": hours.meter_id,
        "tenant": hours.tenant_id,
    }
