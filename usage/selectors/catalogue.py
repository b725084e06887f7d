"""What a provider sells: its plans, their versions and prices, for the pages that show and change them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from billing_platform.kernel.rows import fetch_all, fetch_dicts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from decimal import Decimal

# Nobody needs to know more exactly how many have a plan; the index gives each tenant once, and the counting stops.
CLIENTS_MAX: Final = 10_000
_CLIENTS: Final = f"""
    (SELECT count(*) FROM (
        SELECT DISTINCT u.tenant_id FROM usage_subscription u
         WHERE u.provider_id = %(provider)s AND {{which}}
           AND (u.ends_at IS NULL OR u.ends_at > %(now)s) LIMIT {CLIENTS_MAX + 1}) c) AS clients
"""
_PLANS: Final = f"""
    SELECT p.id, p.code, p.name, p.archived_at,
           (SELECT max(v.number) FROM usage_plan_version v
             WHERE v.provider_id = p.provider_id AND v.plan_id = p.id AND v.state = 'active') AS on_sale,
           EXISTS (SELECT FROM usage_plan_version v
             WHERE v.provider_id = p.provider_id AND v.plan_id = p.id AND v.state = 'draft') AS has_draft,
           {_CLIENTS.format(which="u.plan_id = p.id")}
      FROM usage_plan p
     WHERE p.provider_id = %(provider)s AND (%(plan)s = 0 OR p.id = %(plan)s)
     ORDER BY p.archived_at IS NOT NULL, p.name, p.id
"""
_VERSIONS: Final = f"""
    SELECT v.id, v.number, v.state, v.created_at, v.activated_at,
           {_CLIENTS.format(which="u.plan_version_id = v.id")}
      FROM usage_plan_version v
     WHERE v.provider_id = %(provider)s AND v.plan_id = %(plan)s ORDER BY v.number DESC
"""
_PRICES: Final = """
    SELECT x.id, x.code, x.name, x.kind, x.model, x.currency, x.spec, x.meter_id, x.valid_from, x.valid_to,
           x.interval_months, x.fee_anchor, x.is_continuing, x.is_allowance_prorated,
           coalesce(m.name, '') AS meter, coalesce(m.unit_name, '') AS unit,
           coalesce(m.unit_one, '') AS unit_one, coalesce(m.allows_negative, false) AS allows_negative {more}
      FROM usage_price x LEFT JOIN usage_meter m ON m.provider_id = x.provider_id AND m.id = x.meter_id {joins}
     WHERE x.provider_id = %(provider)s AND {which}
     ORDER BY {order} x.kind = 'usage', x.name, x.currency, x.valid_from NULLS FIRST, x.id
"""
# A dated price whose place another took before it held has no time at all.
_HELD: Final = "(x.valid_from IS NULL OR x.valid_to IS NULL OR x.valid_from < x.valid_to)"
_OF_VERSION: Final = _PRICES.format(
    more="",
    joins="",
    which=f"x.plan_version_id = %(version)s AND x.tenant_id = 0 AND {_HELD}",
    order="",
)
_BY_ID: Final = _PRICES.format(more="", joins="", which="x.id = ANY(%(ids)s)", order="")
_OF_METER: Final = _PRICES.format(
    more=", p.id AS plan_id, p.name AS plan, v.id AS version_id, v.number, v.state",
    joins="""
      JOIN usage_plan_version v ON v.provider_id = x.provider_id AND v.id = x.plan_version_id
      JOIN usage_plan p ON p.provider_id = v.provider_id AND p.id = v.plan_id""",
    which=f"x.meter_id = %(wanted)s AND x.tenant_id = 0 AND v.state <> 'retired' AND {_HELD}",
    order="p.name, p.id, v.number DESC,",
)
_METERS: Final = """
    SELECT id, code, name, unit_name AS unit, event_type, aggregation FROM usage_meter
     WHERE provider_id = %s AND archived_at IS NULL ORDER BY name, id
"""
_METERS_OF: Final = """
    SELECT DISTINCT code, meter_id FROM usage_price
     WHERE provider_id = %s AND tenant_id = 0 AND code = ANY(%s) AND meter_id IS NOT NULL
"""
_UNITS: Final = """
    SELECT x.code, max(i.quantity) AS units
      FROM usage_subscription_item i JOIN usage_price x ON x.provider_id = i.provider_id AND x.id = i.price_id
     WHERE i.provider_id = %s AND i.tenant_id = %s AND i.valid @> %s::timestamptz AND x.kind IN ('recurring', 'licence')
     GROUP BY x.code
"""
# Of the newest subscriptions only, however many there are.
_CHARGED: Final = """
    SELECT w.tenant_id
      FROM (SELECT tenant_id FROM usage_subscription
             WHERE provider_id = %(provider)s AND plan_id = %(plan)s ORDER BY id DESC LIMIT 200) u
      JOIN accounts_wallet w ON w.provider_id = %(provider)s AND w.tenant_id = u.tenant_id
     GROUP BY w.tenant_id ORDER BY max(w.period_posted) DESC, w.tenant_id LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan; `on_sale` is the number of its newest version on sale, or None; `clients` are subscribed now, counted
    to one beyond CLIENTS_MAX.
    """

    id: int
    code: str
    name: str
    archived_at: datetime | None
    on_sale: int | None
    has_draft: bool
    clients: int


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version of a plan; `state` of VersionState; `clients` as of a plan."""

    id: int
    number: int
    state: str
    created_at: datetime
    activated_at: datetime | None
    clients: int


@dataclass(frozen=True, slots=True)
class PriceRow:
    """A public price; `figures` are the JSON of `usage.pricing.spec`, amounts in major units."""

    id: int
    code: str
    name: str
    kind: str
    model: str
    currency: str
    figures: Mapping[str, Any]
    meter_id: int | None
    meter: str
    unit: str
    unit_one: str
    allows_negative: bool
    valid_from: datetime | None
    valid_to: datetime | None
    interval_months: int
    fee_anchor: str
    is_continuing: bool
    is_allowance_prorated: bool


@dataclass(frozen=True, slots=True)
class MeterPrice:
    """A public price of a meter with the plan version that it stands in."""

    plan_id: int
    plan: str
    version_id: int
    number: int
    state: str
    price: PriceRow


@dataclass(frozen=True, slots=True)
class MeterChoice:
    """A meter that a price may be for."""

    id: int
    code: str
    name: str
    unit: str
    event_type: str
    aggregation: str


def list_plans(provider_id: int, *, now: datetime, plan_id: int = 0) -> list[PlanRow]:
    """Return a provider's plans by name, archived ones last.

    Args:
        provider_id: whose; its scope is open.
        now: the present moment, which tells subscriptions that have ended.
        plan_id: this one only; 0 for all.
    """
    wanted = {"provider": provider_id, "now": now, "plan": plan_id}
    return [PlanRow(**row) for row in fetch_dicts(_PLANS, wanted)]


def plan_versions(provider_id: int, plan_id: int, *, now: datetime) -> list[VersionRow]:
    """Return the versions of a plan, the newest first.

    Args:
        provider_id: whose; its scope is open.
        plan_id: the plan.
        now: the present moment.
    """
    wanted = {"provider": provider_id, "plan": plan_id, "now": now}
    return [VersionRow(**row) for row in fetch_dicts(_VERSIONS, wanted)]


def version_prices(provider_id: int, version_id: int) -> list[PriceRow]:
    """Return the public prices of a version: fees first, then usage, by name and time.

    Args:
        provider_id: whose; its scope is open.
        version_id: the version.
    """
    rows = fetch_dicts(_OF_VERSION, {"provider": provider_id, "version": version_id})
    return [_price(row) for row in rows]


def prices_by_id(provider_id: int, price_ids: Sequence[int]) -> dict[int, PriceRow]:
    """Return prices by their numbers, tenants' own ones too.

    Args:
        provider_id: whose; its scope is open.
        price_ids: which.
    """
    rows = fetch_dicts(_BY_ID, {"provider": provider_id, "ids": list(price_ids)})
    return {row["id"]: _price(row) for row in rows}


def meter_prices(provider_id: int, meter_id: int) -> list[MeterPrice]:
    """Return the public prices of a meter by plan, the newest version first; retired versions are left out.

    Args:
        provider_id: whose; its scope is open.
        meter_id: the meter.
    """
    places = ("plan_id", "plan", "version_id", "number", "state")
    found = []
    for row in fetch_dicts(_OF_METER, {"provider": provider_id, "wanted": meter_id}):
        place = {name: row.pop(name) for name in places}
        found.append(MeterPrice(price=_price(row), **place))
    return found


def meter_choices(provider_id: int) -> list[MeterChoice]:
    """Return the meters that are not archived, by name.

    Args:
        provider_id: whose; its scope is open.
    """
    return [MeterChoice(**row) for row in fetch_dicts(_METERS, [provider_id])]


def units_of(provider_id: int, tenant_id: int, *, at: datetime) -> dict[str, Decimal]:
    """Return how many units of each recurring fee and licence a tenant had at a moment, by component.

    Args:
        provider_id: whose; its scope is open.
        tenant_id: the tenant.
        at: the moment.
    """
    return {row["code"]: row["units"] for row in fetch_dicts(_UNITS, [provider_id, tenant_id, at])}


def charged_client(provider_id: int, plan_id: int) -> int | None:
    """Return the tenant that is charged most in its running period among the newest that took a plan; None without.

    Args:
        provider_id: whose; its scope is open.
        plan_id: the plan.
    """
    return next(iter(charged_clients(provider_id, plan_id, limit=1)), None)


def charged_clients(provider_id: int, plan_id: int, *, limit: int) -> list[int]:
    """Return the tenants that are charged most in their running periods among the newest that took a plan.

    Args:
        provider_id: whose; its scope is open.
        plan_id: the plan.
        limit: how many at most.
    """
    wanted = {"provider": provider_id, "plan": plan_id, "limit": limit}
    return [int(tenant_id) for (tenant_id,) in fetch_all(_CHARGED, wanted)]


def meters_of(provider_id: int, codes: Sequence[str]) -> dict[str, int]:
    """Return the meter that stands behind each component of usage, by its code.

    Args:
        provider_id: whose; its scope is open.
        codes: of components; those of fees are left out.
    """
    return dict(fetch_all(_METERS_OF, [provider_id, list(codes)]))


def _price(row: dict[str, Any]) -> PriceRow:
    return PriceRow(figures=json.loads(row.pop("spec")), **row)
