"""The statements of what each resource used by day: how far back is read, and what was counted there."""

from __future__ import annotations

from typing import Final

# An hour belongs to the day in which it begins, as where days are priced.
_DAY: Final = "date_trunc('day', date_trunc('hour', {at}, 'UTC'), %(zone)s)"
_RUN_ENDS: Final = "least(coalesce(i.ends_at, i.accrued_through), i.accrued_through)"
# The hourly rows tell how many events a day has before one is read; a run is weighed once for each of its days.
FIRST_DAY: Final = f"""
WITH n AS (
     SELECT {_DAY.format(at="u.hour")} AS day, sum(u.events) AS events FROM usage_hour u
      WHERE u.provider_id = %(provider)s AND u.tenant_id = %(tenant)s AND u.hour >= %(since)s AND u.hour < %(until)s
      GROUP BY 1),
r AS (
     SELECT count(*) AS runs FROM (
            SELECT FROM usage_resource_interval i
             WHERE i.provider_id = %(provider)s AND i.tenant_id = %(tenant)s AND i.starts_at < %(until)s
               AND {_RUN_ENDS} > %(since)s LIMIT %(limit)s) x),
b AS (SELECT n.day, sum(n.events + r.runs) OVER (ORDER BY n.day DESC) <= %(limit)s AS fits FROM n, r)
SELECT min(day) FILTER (WHERE fits), count(*) FILTER (WHERE NOT fits) FROM b
"""
# The first full hour of a day, where days begin within an hour.
_BEGINS: Final = "date_trunc('hour', {day} + interval '59 minutes 59.999999 seconds', 'UTC')"
# A size is raised as ingestion raises it; a correction mirrors what it takes back.
_RAISED: Final = """CASE WHEN v.size = 0 OR v.aggregation = 'count' THEN v.size
            ELSE sign(v.size) * coalesce(ceil(greatest(abs(v.size), v.first) / v.increment) * v.increment,
                                         greatest(abs(v.size), v.first)) END"""
USED: Final = f"""
WITH p AS (
     SELECT id, starts, ends FROM accounts_period
      WHERE provider_id = %(provider)s AND tenant_id = %(tenant)s AND ends > %(since)s AND starts < %(until)s),
t AS (
     SELECT u.period_id, u.segment_id, u.price_id FROM usage_total u
      WHERE u.provider_id = %(provider)s AND u.tenant_id = %(tenant)s AND u.period_id IN (SELECT id FROM p)
     UNION
     SELECT c.period_id, c.segment_id, c.price_id FROM usage_period_line c
      WHERE c.provider_id = %(provider)s AND c.tenant_id = %(tenant)s AND c.period_id IN (SELECT id FROM p)),
s AS (
     SELECT row_number() OVER () AS n, x.code, x.currency, p.ends AS period_ends, g.meter_id, m.aggregation,
            m.value_property AS named, m.increment, m.increment_first AS first,
            greatest(lower(g.valid), p.starts, %(since)s::timestamptz) AS low,
            least(upper(g.valid), p.ends, %(until)s::timestamptz) AS high
       FROM t JOIN p ON p.id = t.period_id
       JOIN usage_rate_segment g ON g.provider_id = %(provider)s AND g.id = t.segment_id
       JOIN usage_meter m ON m.provider_id = %(provider)s AND m.id = g.meter_id
       JOIN usage_price x ON x.provider_id = %(provider)s AND x.id = t.price_id
      WHERE m.aggregation IN ('sum', 'count', 'duration')),
e AS (
     SELECT at, subject, quantity, properties, unnest(meter_ids) AS meter_id FROM usage_event
      WHERE provider_id = %(provider)s AND tenant_id = %(tenant)s AND at >= %(since)s AND at < %(until)s
        AND subject <> ''),
d AS (
     SELECT row_number() OVER (ORDER BY day)::int AS n, day, {_BEGINS.format(day="day")} AS low,
            {_BEGINS.format(day="following")} AS high
       FROM (SELECT k AT TIME ZONE %(zone)s AS day, (k + interval '1 day') AT TIME ZONE %(zone)s AS following
               FROM generate_series(%(since)s::timestamptz AT TIME ZONE %(zone)s,
                                    %(until)s::timestamptz AT TIME ZONE %(zone)s, interval '1 day') k) x),
v AS (
     SELECT s.*, width_bucket(e.at, (SELECT array_agg(low ORDER BY n) FROM d)) AS day_n, e.subject,
            CASE WHEN s.aggregation = 'count' THEN 1 WHEN s.named = '' THEN e.quantity
                 WHEN e.properties ->> s.named ~ '^-?[0-9]{{1,18}}([.][0-9]{{1,18}})?$'
                 THEN (e.properties ->> s.named)::numeric END AS size
       FROM e JOIN s ON s.meter_id = e.meter_id AND e.at >= s.low AND e.at < s.high
      WHERE s.aggregation <> 'duration'),
w AS (SELECT v.n, v.day_n, v.subject, sum({_RAISED}) AS quantity FROM v GROUP BY 2, 3, 1),
i AS (
     SELECT i.*, {_RUN_ENDS} AS until FROM usage_resource_interval i
      WHERE i.provider_id = %(provider)s AND i.tenant_id = %(tenant)s AND i.starts_at < %(until)s
        AND {_RUN_ENDS} > %(since)s)
SELECT s.code, s.currency, s.period_ends, d.day, w.subject AS resource, w.quantity
  FROM w JOIN s ON s.n = w.n JOIN d ON d.n = w.day_n
UNION ALL
SELECT s.code, s.currency, s.period_ends, d.day, i.resource,
       sum(i.size * extract(epoch FROM least(i.until, s.high, d.high) - greatest(i.starts_at, s.low, d.low)))
  FROM i JOIN s ON s.meter_id = i.meter_id AND s.aggregation = 'duration'
  JOIN d ON least(i.until, s.high, d.high) > greatest(i.starts_at, s.low, d.low)
 GROUP BY 1, 2, 3, 4, 5
"""
