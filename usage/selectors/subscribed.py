"""What a tenant is, was and will be subscribed to, and its own prices. Called by pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from billing_platform.kernel.rows import fetch_dicts

if TYPE_CHECKING:
    from datetime import datetime

_SUBSCRIPTIONS: Final = """
    SELECT u.id, p.id AS plan_id, p.name, v.id AS version_id, v.number, u.currency, u.starts_at, u.ends_at,
           (SELECT count(DISTINCT o.price_id) FROM usage_price_override o
              JOIN usage_price x ON x.provider_id = o.provider_id AND x.id = o.price_id
             WHERE o.provider_id = u.provider_id AND o.tenant_id = u.tenant_id AND x.plan_version_id = v.id
               AND o.valid @> %(now)s::timestamptz) AS own_prices
      FROM usage_subscription u
      JOIN usage_plan p ON p.provider_id = u.provider_id AND p.id = u.plan_id
      JOIN usage_plan_version v ON v.provider_id = u.provider_id AND v.id = u.plan_version_id
     WHERE u.provider_id = %(provider)s AND u.tenant_id = %(tenant)s
     ORDER BY u.ends_at IS NOT NULL AND u.ends_at <= %(now)s, u.starts_at DESC, u.id DESC LIMIT 200
"""


@dataclass(frozen=True, slots=True)
class SubscribedPlan:
    """A subscription; `own_prices` counts the components for which the tenant has its own price now."""

    id: int
    plan_id: int
    name: str
    version_id: int
    number: int
    currency: str
    starts_at: datetime
    ends_at: datetime | None
    own_prices: int

    def state(self, now: datetime) -> str:
        """Return planned, running, ending or ended."""
        if self.starts_at > now:
            return "planned"
        if self.ends_at is None:
            return "running"
        return "ending" if self.ends_at > now else "ended"


def subscriptions_of(provider_id: int, tenant_id: int, *, now: datetime) -> list[SubscribedPlan]:
    """Return a tenant's subscriptions, those that have not ended first, by one query; 200 at most.

    Args:
        provider_id: whose; its scope is open.
        tenant_id: the tenant.
        now: the present moment.
    """
    wanted = {"provider": provider_id, "tenant": tenant_id, "now": now}
    return [SubscribedPlan(**row) for row in fetch_dicts(_SUBSCRIPTIONS, wanted)]


def running_subscriptions(
    provider_id: int, tenant_id: int, *, now: datetime
) -> list[SubscribedPlan]:
    """Return what a tenant is subscribed to now, by one query.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: the tenant.
        now: the present moment.
    """
    rows = subscriptions_of(provider_id, tenant_id, now=now)
    return [row for row in rows if row.state(now) in {"running", "ending"}]
