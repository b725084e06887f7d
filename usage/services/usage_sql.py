"""The statements that write hourly rows and totals, one text per class of aggregation. Run by `metered_usage`."""

from __future__ import annotations

from typing import Final

from usage.services.marks import BUCKET_BITS

_HOUR: Final = "date_trunc('hour', at, 'UTC')"

_ADD_HOURS: Final = f"""
INSERT INTO usage_hour (provider_id, tenant_id, meter_id, hour, quantity, events)
SELECT %(provider)s, tenant_id, meter_id, {_HOUR} AS hour, sum(quantity), sum(events)
  FROM pg_temp.usage_stage_measure GROUP BY tenant_id, meter_id, hour ORDER BY tenant_id, meter_id, hour
ON CONFLICT (provider_id, tenant_id, meter_id, hour) DO UPDATE
   SET quantity = usage_hour.quantity + excluded.quantity, events = usage_hour.events + excluded.events
"""
_ADD_TOTALS: Final = """
INSERT INTO usage_total (provider_id, tenant_id, period_id, segment_id, price_id, quantity)
SELECT %(provider)s, tenant_id, period_id, segment_id, min(price_id), sum(quantity)
  FROM pg_temp.usage_stage_place GROUP BY tenant_id, period_id, segment_id ORDER BY tenant_id, period_id, segment_id
ON CONFLICT (provider_id, tenant_id, period_id, segment_id) DO UPDATE
   SET quantity = usage_total.quantity + excluded.quantity
"""

_RAISE_HOURS: Final = f"""
INSERT INTO usage_hour (provider_id, tenant_id, meter_id, hour, quantity, events)
SELECT %(provider)s, tenant_id, meter_id, {_HOUR} AS hour, max(quantity), sum(events)
  FROM pg_temp.usage_stage_measure GROUP BY tenant_id, meter_id, hour ORDER BY tenant_id, meter_id, hour
ON CONFLICT (provider_id, tenant_id, meter_id, hour) DO UPDATE
   SET quantity = greatest(usage_hour.quantity, excluded.quantity), events = usage_hour.events + excluded.events
"""
_RAISE_TOTALS: Final = """
INSERT INTO usage_total (provider_id, tenant_id, period_id, segment_id, price_id, quantity)
SELECT %(provider)s, tenant_id, period_id, segment_id, min(price_id), max(highest)
  FROM pg_temp.usage_stage_place GROUP BY tenant_id, period_id, segment_id ORDER BY tenant_id, period_id, segment_id
ON CONFLICT (provider_id, tenant_id, period_id, segment_id) DO UPDATE
   SET quantity = greatest(usage_total.quantity, excluded.quantity)
"""

_KEEP_HOURS: Final = f"""
INSERT INTO usage_hour (provider_id, tenant_id, meter_id, hour, quantity, events, last_at)
SELECT %(provider)s, tenant_id, meter_id, {_HOUR} AS hour,
       (array_agg(quantity ORDER BY at DESC, place DESC))[1], sum(events), max(at)
  FROM pg_temp.usage_stage_measure GROUP BY tenant_id, meter_id, hour ORDER BY tenant_id, meter_id, hour
ON CONFLICT (provider_id, tenant_id, meter_id, hour) DO UPDATE
   SET quantity = CASE WHEN excluded.last_at >= usage_hour.last_at THEN excluded.quantity ELSE usage_hour.quantity END,
       events = usage_hour.events + excluded.events, last_at = greatest(usage_hour.last_at, excluded.last_at)
"""
# The last value of a period is read again once the total's row is locked, so that of two batches the second sees both.
_LOCK_TOTALS: Final = """
INSERT INTO usage_total (provider_id, tenant_id, period_id, segment_id, price_id, quantity)
SELECT %(provider)s, tenant_id, period_id, segment_id, min(price_id), 0
  FROM pg_temp.usage_stage_place GROUP BY tenant_id, period_id, segment_id ORDER BY tenant_id, period_id, segment_id
ON CONFLICT (provider_id, tenant_id, period_id, segment_id) DO UPDATE SET quantity = usage_total.quantity
"""
_KEEP_TOTALS: Final = """
UPDATE usage_total t SET quantity = last.quantity
  FROM (SELECT DISTINCT tenant_id, meter_id, period_id, segment_id, starts, ends FROM pg_temp.usage_stage_place) l
 CROSS JOIN LATERAL (
       SELECT h.quantity FROM usage_hour h
        WHERE h.provider_id = %(provider)s AND h.tenant_id = l.tenant_id AND h.meter_id = l.meter_id
          AND h.hour >= l.starts AND h.hour < l.ends
        ORDER BY h.hour DESC LIMIT 1) last
 WHERE t.provider_id = %(provider)s AND t.tenant_id = l.tenant_id AND t.period_id = l.period_id
   AND t.segment_id = l.segment_id
"""

# An occurrence that comes later and lies earlier is the first one from now on, which a run up to an hour looks at.
_MOVE_FIRSTS: Final = """
UPDATE usage_unique u SET first_at = e.at
  FROM (SELECT k.tenant_id, k.segment_id, k.period_id, k.identity_hash, l.at
          FROM (SELECT tenant_id, segment_id, period_id, identity, min(at) AS at FROM pg_temp.usage_stage_place
                 GROUP BY tenant_id, segment_id, period_id, identity) l
          JOIN usage_unique k ON k.provider_id = %(provider)s AND k.tenant_id = l.tenant_id
           AND k.segment_id = l.segment_id AND k.period_id = l.period_id AND k.identity_hash = l.identity
         WHERE l.at < k.first_at ORDER BY k.tenant_id, k.segment_id, k.period_id, k.identity_hash FOR UPDATE OF k) e
 WHERE u.provider_id = %(provider)s AND u.tenant_id = e.tenant_id AND u.segment_id = e.segment_id
   AND u.period_id = e.period_id AND u.identity_hash = e.identity_hash
"""
# A first occurrence counts in the total of its segment; in the hourly row an identity counts once per meter.
_COUNT_FIRSTS: Final = f"""
WITH firsts AS (
    INSERT INTO usage_unique (provider_id, tenant_id, segment_id, period_id, identity_hash, first_at)
    SELECT %(provider)s, tenant_id, segment_id, period_id, identity, min(at)
      FROM pg_temp.usage_stage_place GROUP BY tenant_id, segment_id, period_id, identity
     ORDER BY tenant_id, segment_id, period_id, identity
    ON CONFLICT DO NOTHING
    RETURNING tenant_id, segment_id, period_id, identity_hash, first_at),
counted AS (
    INSERT INTO usage_total (provider_id, tenant_id, period_id, segment_id, price_id, quantity)
    SELECT %(provider)s, f.tenant_id, f.period_id, f.segment_id, min(l.price_id), count(DISTINCT f.identity_hash)
      FROM firsts f JOIN pg_temp.usage_stage_place l USING (tenant_id, segment_id, period_id)
     GROUP BY f.tenant_id, f.period_id, f.segment_id ORDER BY f.tenant_id, f.period_id, f.segment_id
    ON CONFLICT (provider_id, tenant_id, period_id, segment_id) DO UPDATE
       SET quantity = usage_total.quantity + excluded.quantity)
INSERT INTO usage_hour (provider_id, tenant_id, meter_id, hour, quantity, events)
SELECT %(provider)s, m.tenant_id, m.meter_id, m.hour, coalesce(n.firsts, 0), m.events
  FROM (SELECT tenant_id, meter_id, {_HOUR} AS hour, sum(events) AS events
          FROM pg_temp.usage_stage_measure GROUP BY tenant_id, meter_id, hour) m
  LEFT JOIN (SELECT f.tenant_id, s.meter_id, date_trunc('hour', f.first_at, 'UTC') AS hour,
                    count(DISTINCT f.identity_hash) AS firsts
               FROM firsts f
               JOIN (SELECT DISTINCT segment_id, meter_id FROM pg_temp.usage_stage_place) s USING (segment_id)
              GROUP BY 1, 2, 3) n USING (tenant_id, meter_id, hour)
 ORDER BY m.tenant_id, m.meter_id, m.hour
ON CONFLICT (provider_id, tenant_id, meter_id, hour) DO UPDATE
   SET quantity = usage_hour.quantity + excluded.quantity, events = usage_hour.events + excluded.events
"""

# One row per batch and bucket of 1,024 tenants tells the hourly job whose totals to read.
_MARK: Final = f"""
INSERT INTO usage_mark (provider_id, bucket, tenant_ids)
SELECT %(provider)s, tenant_id >> {BUCKET_BITS}, array_agg(DISTINCT tenant_id)
  FROM pg_temp.usage_stage_place GROUP BY tenant_id >> {BUCKET_BITS} ORDER BY tenant_id >> {BUCKET_BITS}
"""

STATEMENTS: Final[dict[str, str]] = {
    "additive": f"{_ADD_HOURS};{_ADD_TOTALS};{_MARK}",
    "max": f"{_RAISE_HOURS};{_RAISE_TOTALS};{_MARK}",
    "latest": f"{_KEEP_HOURS};{_LOCK_TOTALS};{_KEEP_TOTALS};{_MARK}",
    "unique": f"{_MOVE_FIRSTS};{_COUNT_FIRSTS};{_MARK}",
}
