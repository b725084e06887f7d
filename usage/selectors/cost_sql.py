"""The statement of what hours or days cost a tenant: the amount through each less the amount through the one before.

Both amounts come from the rule that charges, so the stretches of a line add up to the line; fees stand in the stretch
in which what they pay for begins. A day in which a period ends and the next one begins has a row of each. Called by
what asks for hours and for days.
"""

from __future__ import annotations

from typing import Final

from usage.pricing.rating import AMOUNT_SQL, TIER_SQL

# A maximum or a last value is what it is in the stretch; all else grows from one to the next. What lies before those
# asked for is one row, so that a day at the end of a month is priced as fast as the first one.
_COSTS: Final = f"""
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
u AS (
     {{used}}
     UNION ALL
     SELECT s.period_id, s.segment_id, b.hour, b.quantity FROM s
       JOIN LATERAL (
            SELECT {{unique}} AS hour, count(*)::numeric AS quantity FROM usage_unique q
             WHERE q.provider_id = %(provider)s AND q.tenant_id = %(tenant)s AND q.segment_id = s.segment_id
               AND q.period_id = s.period_id GROUP BY 1) b ON true
      WHERE s.aggregation = 'unique'),
b AS (
     SELECT u.period_id, u.segment_id, sum(u.quantity) AS summed, max(u.quantity) AS highest, max(u.hour) AS hour
       FROM u WHERE u.hour < %(since)s GROUP BY 1, 2),
h AS (
     SELECT s.*, u.hour, u.quantity FROM s JOIN u USING (period_id, segment_id) WHERE u.hour >= %(since)s
     UNION ALL
     SELECT s.*, b.hour, CASE s.aggregation WHEN 'max' THEN b.highest WHEN 'latest' THEN (
            SELECT u.quantity FROM u
             WHERE u.period_id = b.period_id AND u.segment_id = b.segment_id AND u.hour = b.hour) ELSE b.summed END
       FROM s JOIN b USING (period_id, segment_id)),
r AS (
     SELECT h.*, CASE h.aggregation WHEN 'max' THEN max(h.quantity) OVER w WHEN 'latest' THEN h.quantity
                 ELSE h.start + sum(h.quantity) OVER w END AS run
       FROM h WINDOW w AS (PARTITION BY h.period_id, h.segment_id ORDER BY h.hour)),
a AS (
     SELECT r.*, {AMOUNT_SQL.format(quantity="r.run")} AS upto
       FROM r JOIN usage_price_tier f ON f.provider_id = %(provider)s AND f.price_id = r.price_id
        AND {TIER_SQL.format(quantity="r.run")}),
d AS (
     SELECT a.period_id, a.price_id, a.hour, a.quantity, a.upto - coalesce(
            lag(a.upto) OVER (PARTITION BY a.period_id, a.segment_id ORDER BY a.hour), a.less_minor) AS amount
       FROM a
     UNION ALL
     SELECT p.id, e.price_id, {{fee}}, NULL, e.amount_minor
       FROM usage_fee e JOIN p ON p.id = e.period_id
      WHERE e.provider_id = %(provider)s AND e.tenant_id = %(tenant)s AND %(meter)s = 0)
SELECT x.code, min(x.name) AS label, x.currency, p.ends AS period_ends, d.hour, sum(d.quantity) AS quantity,
       sum(d.amount) AS amount_minor
  FROM d JOIN p ON p.id = d.period_id JOIN usage_price x ON x.provider_id = %(provider)s AND x.id = d.price_id
 WHERE d.hour >= %(since)s AND d.hour < %(until)s AND (%(code)s = '' OR x.code = %(code)s)
 GROUP BY x.code, x.currency, p.ends, d.hour ORDER BY d.hour, x.code, p.ends
"""
_IN_HOURS: Final = """SELECT s.period_id, s.segment_id, u.hour, u.quantity FROM s
       JOIN usage_hour u ON u.provider_id = %(provider)s AND u.tenant_id = %(tenant)s AND u.meter_id = s.meter_id
        AND u.hour >= s.low AND u.hour < least(s.high, %(until)s)
      WHERE s.aggregation <> 'unique'"""
# Before days are priced, their hours are one row of each segment.
_IN_DAYS: Final = """SELECT s.period_id, s.segment_id, {day} AS hour, CASE min(s.aggregation)
            WHEN 'max' THEN max(u.quantity)
            WHEN 'latest' THEN (array_agg(u.quantity ORDER BY u.hour DESC) FILTER (WHERE s.aggregation = 'latest'))[1]
            ELSE sum(u.quantity) END AS quantity FROM s
       JOIN usage_hour u ON u.provider_id = %(provider)s AND u.tenant_id = %(tenant)s AND u.meter_id = s.meter_id
        AND u.hour >= s.low AND u.hour < least(s.high, %(until)s)
      WHERE s.aggregation <> 'unique' GROUP BY 1, 2, 3"""
_HOUR_OF: Final = "date_trunc('hour', {at}, 'UTC')"
_DAY_OF: Final = "date_trunc('day', {at}, %(zone)s)"
_FEE_AT: Final = "greatest(date_trunc('hour', e.service_from, 'UTC'), p.starts)"
HOURS: Final = _COSTS.format(used=_IN_HOURS, unique=_HOUR_OF.format(at="q.first_at"), fee=_FEE_AT)
# `since` and `until` are midnights of the zone; a day is told by its first moment.
DAYS: Final = _COSTS.format(
    used=_IN_DAYS.format(day=_DAY_OF.format(at="u.hour")),
    unique=_DAY_OF.format(at="date_trunc('hour', q.first_at, 'UTC')"),
    fee=_DAY_OF.format(at=_FEE_AT),
)
