"""What each hour cost a tenant: the amount through the hour less the amount through the hour before. Called by pages.

Both amounts come from the rule that charges, so the hours of a line add up to the line; fees stand in the hour in
which what they pay for begins.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from billing_platform.kernel.rows import fetch_dicts
from usage.pricing.rating import AMOUNT_SQL, TIER_SQL

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

# A maximum or a last value is what it is in the hour; all else grows hour by hour.
_HOURS: Final = f"""
WITH p AS (
     SELECT id, starts, ends FROM accounts_period
      WHERE provider_id = %(provider)s AND tenant_id = %(tenant)s AND ends > %(since)s AND starts < %(until)s),
t AS (
     SELECT u.period_id, u.segment_id, u.price_id, u.start, u.less_minor FROM usage_total u
      WHERE u.provider_id = %(provider)s AND u.tenant_id = %(tenant)s AND u.period_id IN (SELECT id FROM p)
     UNION ALL
     SELECT c.period_id, c.segment_id, c.price_id, c.start, c.less_minor FROM usage_period_line c
      WHERE c.provider_id = %(provider)s AND c.tenant_id = %(tenant)s AND c.period_id IN (SELECT id FROM p)),
s AS (
     SELECT t.*, g.meter_id, m.aggregation, greatest(lower(g.valid), p.starts) AS low,
            least(upper(g.valid), p.ends) AS high
       FROM t JOIN p ON p.id = t.period_id
       JOIN usage_rate_segment g ON g.provider_id = %(provider)s AND g.id = t.segment_id
       JOIN usage_meter m ON m.provider_id = %(provider)s AND m.id = g.meter_id
       JOIN usage_price x ON x.provider_id = %(provider)s AND x.id = t.price_id
      WHERE (%(code)s = '' OR x.code = %(code)s) AND (%(meter)s = 0 OR g.meter_id = %(meter)s)),
h AS (
     SELECT s.*, u.hour, u.quantity FROM s
       JOIN usage_hour u ON u.provider_id = %(provider)s AND u.tenant_id = %(tenant)s AND u.meter_id = s.meter_id
        AND u.hour >= s.low AND u.hour < s.high
      WHERE s.aggregation <> 'unique'
     UNION ALL
     SELECT s.*, b.hour, b.quantity FROM s
       JOIN LATERAL (
            SELECT date_trunc('hour', q.first_at, 'UTC') AS hour, count(*)::numeric AS quantity FROM usage_unique q
             WHERE q.provider_id = %(provider)s AND q.tenant_id = %(tenant)s AND q.segment_id = s.segment_id
               AND q.period_id = s.period_id GROUP BY 1) b ON true
      WHERE s.aggregation = 'unique'),
r AS (
     SELECT h.*, CASE h.aggregation WHEN 'max' THEN max(h.quantity) OVER w WHEN 'latest' THEN h.quantity
                 ELSE h.start + sum(h.quantity) OVER w END AS run
       FROM h WINDOW w AS (PARTITION BY h.period_id, h.segment_id ORDER BY h.hour)),
a AS (
     SELECT r.*, {AMOUNT_SQL.format(quantity="r.run")} AS upto
       FROM r JOIN usage_price_tier f ON f.provider_id = %(provider)s AND f.price_id = r.price_id
        AND {TIER_SQL.format(quantity="r.run")}),
d AS (
     SELECT a.price_id, a.hour, a.quantity, a.upto - coalesce(
            lag(a.upto) OVER (PARTITION BY a.period_id, a.segment_id ORDER BY a.hour), a.less_minor) AS amount
       FROM a
     UNION ALL
     SELECT e.price_id, greatest(date_trunc('hour', e.service_from, 'UTC'), p.starts), NULL, e.amount_minor
       FROM usage_fee e JOIN p ON p.id = e.period_id
      WHERE e.provider_id = %(provider)s AND e.tenant_id = %(tenant)s AND %(meter)s = 0)
SELECT x.code, min(x.name) AS label, x.currency, d.hour, sum(d.quantity) AS quantity, sum(d.amount) AS amount_minor
  FROM d JOIN usage_price x ON x.provider_id = %(provider)s AND x.id = d.price_id
 WHERE d.hour >= %(since)s AND d.hour < %(until)s AND (%(code)s = '' OR x.code = %(code)s)
 GROUP BY x.code, x.currency, d.hour ORDER BY d.hour, x.code
"""


@dataclass(frozen=True, slots=True)
class HourCost:
    """What one component of a contract cost in one hour.

    Attributes:
        code: the component.
        quantity: what was used in the hour; None on fees.
        amount_minor: exact minor units, not rounded; negative where a lower price took hold.
    """

    code: str
    label: str
    currency: str
    hour: datetime
    quantity: Decimal | None
    amount_minor: Decimal


def hour_costs(
    provider_id: int,
    tenant_id: int,
    *,
    since: datetime,
    until: datetime,
    code: str = "",
    meter_id: int = 0,
) -> list[HourCost]:
    """Return what a tenant's hours cost, oldest first, by one query; hours without usage are left out.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: whose usage.
        since: the first hour, a full one.
        until: the hour behind the last one.
        code: only this component; empty for all.
        meter_id: only what this meter's usage cost; 0 for all, with fees.
    """
    params: dict[str, Any] = {
        "provider": provider_id,
        "tenant": tenant_id,
        "since": since,
        "until": until,
        "code": code,
        "meter": meter_id,
    }
    return [HourCost(**row) for row in fetch_dicts(_HOURS, params)]
