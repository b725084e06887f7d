"""Rebuild running totals from the hourly rows, after segments changed. Called by segments, under the ingest lock.

All boundaries are full hours, so a total is the sum (or maximum, or last value) of the hourly rows inside its segment
and period. A total that counts no more is set to cost 0 and kept, so that what was posted for it is given back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from billing_platform.kernel.rows import execute, fetch_all
from usage.pricing.rating import AMOUNT_SQL, TIER_SQL

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_CELLS: Final = """
    cells AS (
        SELECT s.id, s.tenant_id, s.price_id, s.meter_id, s.continues_id, p.id AS period_id,
               greatest(lower(s.valid), p.starts) AS low,
               least(coalesce(upper(s.valid), 'infinity'), p.ends) AS high
          FROM usage_rate_segment s
          JOIN accounts_period p ON p.provider_id = s.provider_id AND p.wallet_id = s.wallet_id
           AND p.state <> 'closed' AND tstzrange(p.starts, p.ends) && s.valid
         WHERE s.provider_id = %(provider)s AND s.id = ANY(%(segments)s) AND s.meter_id IS NOT NULL)"""
_REBUILD: Final = f"""
WITH {_CELLS},
    q AS (
        SELECT c.tenant_id, c.period_id, c.id, c.price_id, coalesce(h.quantity, 0) AS quantity,
               h.hours > 0 OR c.continues_id IS NOT NULL AS wanted
          FROM cells c
          JOIN usage_meter m ON m.provider_id = %(provider)s AND m.id = c.meter_id
          CROSS JOIN LATERAL (
               SELECT count(*) AS hours,
                      CASE m.aggregation
                           WHEN 'max' THEN max(h.quantity)
                           WHEN 'latest' THEN (array_agg(h.quantity ORDER BY h.last_at DESC, h.hour DESC))[1]
                           WHEN 'unique' THEN (
                               SELECT count(*) FROM usage_unique u WHERE u.provider_id = %(provider)s
                                  AND u.tenant_id = c.tenant_id AND u.segment_id = c.id AND u.period_id = c.period_id)
                           ELSE sum(h.quantity) END AS quantity
                 FROM usage_hour h
                WHERE h.provider_id = %(provider)s AND h.tenant_id = c.tenant_id AND h.meter_id = c.meter_id
                  AND h.hour >= c.low AND h.hour < c.high) h),
    gone AS (
        UPDATE usage_total t SET quantity = 0, start = 0, less_minor = (
               SELECT {AMOUNT_SQL.format(quantity="0")} FROM usage_price_tier f
                WHERE f.provider_id = t.provider_id AND f.price_id = t.price_id AND {TIER_SQL.format(quantity="0")})
         WHERE t.provider_id = %(provider)s AND t.tenant_id = ANY(%(tenants)s) AND t.segment_id = ANY(%(segments)s)
           AND (t.segment_id, t.period_id) NOT IN (SELECT q.id, q.period_id FROM q)
           AND t.segment_id IN (SELECT s.id FROM usage_rate_segment s WHERE s.provider_id = %(provider)s
                                   AND s.id = ANY(%(segments)s) AND s.meter_id IS NOT NULL))
INSERT INTO usage_total AS t (provider_id, tenant_id, period_id, segment_id, price_id, quantity, start, less_minor)
SELECT %(provider)s, q.tenant_id, q.period_id, q.id, q.price_id, q.quantity, 0, 0 FROM q
 WHERE q.wanted OR EXISTS (
       SELECT 1 FROM usage_total o WHERE o.provider_id = %(provider)s AND o.tenant_id = q.tenant_id
          AND o.period_id = q.period_id AND o.segment_id = q.id)
 ORDER BY q.tenant_id, q.period_id, q.id
ON CONFLICT (provider_id, tenant_id, period_id, segment_id) DO UPDATE
   SET price_id = excluded.price_id, quantity = excluded.quantity, start = 0, less_minor = 0
"""
_CONTINUED: Final = """
    SELECT 1 FROM usage_rate_segment s WHERE s.provider_id = %(provider)s AND s.continues_id IS NOT NULL
       AND s.tenant_id >= %(low)s AND s.tenant_id < %(high)s
       AND (%(tenants)s::bigint[] IS NULL OR s.tenant_id = ANY(%(tenants)s::bigint[])) LIMIT 1
"""
_FILL: Final = """
    INSERT INTO usage_total (provider_id, tenant_id, period_id, segment_id, price_id, quantity, start, less_minor)
    SELECT s.provider_id, s.tenant_id, p.id, s.id, s.price_id, 0, 0, 0
      FROM usage_rate_segment s
      JOIN accounts_period p ON p.provider_id = s.provider_id AND p.wallet_id = s.wallet_id
       AND p.state IN ('current', 'late') AND p.starts < lower(s.valid) AND p.ends > lower(s.valid)
     WHERE s.provider_id = %(provider)s AND s.continues_id IS NOT NULL AND NOT isempty(s.valid)
       AND s.tenant_id >= %(low)s AND s.tenant_id < %(high)s
       AND (%(tenants)s::bigint[] IS NULL OR s.tenant_id = ANY(%(tenants)s::bigint[]))
     ORDER BY s.tenant_id, p.id, s.id
    ON CONFLICT DO NOTHING
"""
# Each statement locks in the order of its keys, as ingestion does, which keeps two of them from a circle. But several
# follow each other in one transaction, so that one is left beside ingestion, and rare: PostgreSQL ends one of the two,
# which has done nothing then, and the hourly job, or the sender of the events, does the same again.
_CONTINUE: Final = f"""
    WITH carried AS (
        SELECT t.tenant_id, t.period_id, t.segment_id, b.quantity, {AMOUNT_SQL.format(quantity="b.quantity")} AS less
          FROM usage_rate_segment s
          JOIN usage_total t ON t.provider_id = %(provider)s AND t.tenant_id = s.tenant_id AND t.segment_id = s.id
          JOIN usage_total b ON b.provider_id = %(provider)s AND b.tenant_id = s.tenant_id
           AND b.segment_id = s.continues_id AND b.period_id = t.period_id
          JOIN usage_price_tier f ON f.provider_id = %(provider)s AND f.price_id = t.price_id
           AND {TIER_SQL.format(quantity="b.quantity")}
         WHERE s.provider_id = %(provider)s AND s.continues_id IS NOT NULL
           AND s.tenant_id >= %(low)s AND s.tenant_id < %(high)s
           AND (%(tenants)s::bigint[] IS NULL OR s.tenant_id = ANY(%(tenants)s::bigint[]))
           AND t.start <> b.quantity
         ORDER BY t.tenant_id, t.period_id, t.segment_id FOR UPDATE OF t)
    UPDATE usage_total t
       SET quantity = t.quantity - t.start + c.quantity, start = c.quantity, less_minor = c.less
      FROM carried c
     WHERE t.provider_id = %(provider)s AND t.tenant_id = c.tenant_id AND t.period_id = c.period_id
       AND t.segment_id = c.segment_id
"""
_MINIMUMS: Final = """
    INSERT INTO usage_total (provider_id, tenant_id, period_id, segment_id, price_id, quantity, start, less_minor)
    SELECT s.provider_id, s.tenant_id, p.id, s.id, s.price_id, 0, 0, 0
      FROM usage_price x
      JOIN usage_rate_segment s ON s.provider_id = x.provider_id AND s.price_id = x.id
      JOIN accounts_period p ON p.provider_id = s.provider_id AND p.wallet_id = s.wallet_id
       AND p.state IN ('current', 'late') AND tstzrange(p.starts, p.ends) && s.valid AND lower(s.valid) < %(until)s
       AND p.starts < %(until)s
      JOIN tenants_tenant n ON n.provider_id = s.provider_id AND n.id = s.tenant_id
       AND (n.closed_at IS NULL OR n.closed_at > p.starts)
     WHERE x.provider_id = %(provider)s AND x.has_minimum
       AND s.tenant_id >= %(low)s AND s.tenant_id < %(high)s
       AND (%(tenants)s::bigint[] IS NULL OR s.tenant_id = ANY(%(tenants)s::bigint[]))
     ORDER BY s.tenant_id, p.id, s.id
    ON CONFLICT DO NOTHING RETURNING tenant_id
"""


def rebuild_totals(
    *, provider_id: int, tenant_ids: Sequence[int], segment_ids: Sequence[int]
) -> None:
    """Set the totals of segments to what the hourly rows say.

    Args:
        provider_id: whose; its scope is open, and the ingest lock is held.
        tenant_ids: whose segments they are.
        segment_ids: segments that are new, changed or taken back; those of fees are left alone.

    Idempotency: by state.
    """
    if segment_ids:
        params = {
            "provider": provider_id,
            "tenants": list(tenant_ids),
            "segments": list(segment_ids),
        }
        execute(_REBUILD, params)


def continue_totals(
    *,
    provider_id: int,
    tenant_from: int,
    tenant_to: int,
    tenant_ids: Sequence[int] | None = None,
) -> None:
    """Carry quantities over into segments whose tiers go on counting; nothing for providers without such prices.

    Ingestion counts on each segment for itself, so the hourly job does this before it posts: what is counted before a
    change of prices may come when the change is long agreed, or when it lies in the past.

    Args:
        provider_id: whose; its scope is open.
        tenant_from: the first tenant id of the range.
        tenant_to: the tenant id behind the range.
        tenant_ids: only these tenants of the range; None for all.

    Idempotency: by state.
    """
    params = {
        "provider": provider_id,
        "low": tenant_from,
        "high": tenant_to,
        "tenants": None if tenant_ids is None else list(tenant_ids),
    }
    if not fetch_all(_CONTINUED, params):
        return
    execute(_FILL, params)
    while execute(_CONTINUE, params):
        pass  # a chain of segments settles one link per round


def enter_minimums(
    *,
    provider_id: int,
    tenant_from: int,
    tenant_to: int,
    until: datetime,
    tenant_ids: Sequence[int] | None = None,
) -> list[int]:
    """Make the totals of prices with a minimum, which is due without any usage.

    Args:
        provider_id: whose; its scope is open.
        tenant_from: the first tenant id of the range.
        tenant_to: the tenant id behind the range.
        until: periods and segments that begin at or after it wait.
        tenant_ids: only these tenants of the range; None for all.

    Returns:
        The tenants that have new ones.

    Idempotency: by key.
    """
    params = {
        "provider": provider_id,
        "low": tenant_from,
        "high": tenant_to,
        "until": until,
        "tenants": None if tenant_ids is None else list(tenant_ids),
    }
    return sorted({row[0] for row in fetch_all(_MINIMUMS, params)})
