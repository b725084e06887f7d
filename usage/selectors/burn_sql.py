"""How fast wallets are used up: the last day's usage at the price of the next unit. Called by runway and burn rates."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from datetime import datetime

RECENT: Final = timedelta(hours=24)
# A maximum or a last value does not grow with the hours, so it burns nothing. What a unit costs is looked up once for
# each segment, not for each of its hours; joined in one go, the planner alone took longer than that.
_BURN: Final = """
    WITH pace AS MATERIALIZED (
         SELECT s.wallet_id, s.tenant_id, s.meter_id, s.valid, f.unit, coalesce(f.pkg, 1) AS package
           FROM accounts_wallet v
           JOIN usage_total t ON t.provider_id = v.provider_id AND t.tenant_id = v.tenant_id
            AND t.period_id = v.period_id
           JOIN usage_rate_segment s ON s.provider_id = v.provider_id AND s.id = t.segment_id AND s.wallet_id = v.id
           JOIN usage_price_tier f ON f.provider_id = v.provider_id AND f.price_id = s.price_id
            AND t.quantity > f.lo AND t.quantity <= f.hi
          WHERE v.provider_id = %(burn_provider)s AND v.tenant_id >= %(burn_from)s AND v.tenant_id < %(burn_to)s),
    used AS (
         SELECT p.wallet_id, sum(h.quantity * p.unit / p.package) AS minor
           FROM pace p
           JOIN usage_hour h ON h.provider_id = %(burn_provider)s AND h.tenant_id = p.tenant_id
            AND h.meter_id = p.meter_id AND p.valid @> h.hour
           JOIN usage_meter m ON m.provider_id = h.provider_id AND m.id = h.meter_id
            AND m.aggregation NOT IN ('max', 'latest')
          WHERE h.hour >= %(burn_since)s AND h.hour < %(burn_until)s
          GROUP BY p.wallet_id)
    SELECT w.id AS wallet_id, greatest(coalesce(b.minor, 0) / %(burn_hours)s, 0) AS minor_per_hour
      FROM accounts_wallet w LEFT JOIN used b ON b.wallet_id = w.id
     WHERE w.provider_id = %(burn_provider)s AND w.tenant_id >= %(burn_from)s AND w.tenant_id < %(burn_to)s
"""


def burn_selection(
    *, provider_id: int, tenant_from: int, tenant_to: int, until: datetime
) -> tuple[str, dict[str, Any]]:
    """Return a SELECT of `wallet_id, minor_per_hour` and its parameters.

    Args:
        provider_id: whose.
        tenant_from: the first tenant id of the range.
        tenant_to: the tenant id behind the range.
        until: the hour that the day before it is looked at.
    """
    params = {
        "burn_provider": provider_id,
        "burn_from": tenant_from,
        "burn_to": tenant_to,
        "burn_since": until - RECENT,
        "burn_until": until,
        "burn_hours": RECENT // timedelta(hours=1),
    }
    return _BURN, params
