"""Close billing periods that are long over: totals become lines, and the hot table stays small. Called by the job.

A period is closed only when everything due in it is posted; late usage opens it again (`usage.services.reopening`).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from accounts.services.periods import close_periods
from billing_platform.kernel.markers import marker
from billing_platform.kernel.rows import execute, fetch_all
from billing_platform.kernel.scope import provider_scope
from tenants.registry import CHARGING_CLOSE_AFTER_DAYS
from tenants.selectors.settings import get_setting
from usage.pricing.rating import AMOUNT_SQL, TIER_SQL
from usage.services.ingest_lock import hold_ingest_lock

if TYPE_CHECKING:
    from datetime import datetime

MARKERS: Final = ("close.archived",)
# Periods per transaction, in which no usage can be taken in.
_BATCH: Final = 500
_RATED: Final = f"""
    SELECT t.*, {AMOUNT_SQL.format(quantity="t.quantity")} - t.less_minor AS amount_minor
      FROM usage_total t
      JOIN usage_price_tier f ON f.provider_id = t.provider_id AND f.price_id = t.price_id
       AND {TIER_SQL.format(quantity="t.quantity")}
"""
_OVER: Final = f"""
    SELECT p.id, p.tenant_id, NOT p.is_charged OR p.posted = coalesce(x.due, 0) AS is_settled
      FROM (SELECT * FROM accounts_period
             WHERE provider_id = %(provider)s AND state = 'late' AND ends <= %(ended_by)s
               AND (tenant_id, id) > (%(tenant)s, %(period)s)
             ORDER BY tenant_id, id LIMIT {_BATCH}) p
      LEFT JOIN LATERAL (
           SELECT round(sum(r.amount_minor)) AS due FROM ({_RATED}
            WHERE t.provider_id = p.provider_id AND t.tenant_id = p.tenant_id AND t.period_id = p.id) r) x ON true
     ORDER BY p.tenant_id, p.id
"""
_ARCHIVE: Final = f"""
    WITH line AS (
        INSERT INTO usage_period_line (provider_id, tenant_id, period_id, segment_id, price_id, quantity, start,
                                       less_minor, amount_minor, closed_at)
        SELECT r.provider_id, r.tenant_id, r.period_id, r.segment_id, r.price_id, r.quantity, r.start, r.less_minor,
               r.amount_minor, %(now)s
          FROM ({_RATED} WHERE t.provider_id = %(provider)s AND t.tenant_id = ANY(%(tenants)s)
                           AND t.period_id = ANY(%(periods)s)) r
         ORDER BY r.tenant_id, r.period_id, r.segment_id)
    DELETE FROM usage_total t WHERE t.provider_id = %(provider)s AND t.tenant_id = ANY(%(tenants)s)
       AND t.period_id = ANY(%(periods)s)
"""


def close_due_periods(*, provider_id: int, until: datetime, now: datetime) -> int:
    """Close the periods that ended the provider's number of days ago and are charged to the last unit.

    Args:
        provider_id: whose; the scope is opened here, per batch.
        until: the hour that is charged up to.
        now: the moment of the run.

    Returns:
        How many were closed.

    Idempotency: by state.
    """
    closed, tenant_id, period_id = 0, 0, 0
    while True:
        with provider_scope(provider_id):
            days = get_setting(provider_id, CHARGING_CLOSE_AFTER_DAYS)
            params: dict[str, Any] = {
                "provider": provider_id,
                "ended_by": until - timedelta(days=days),
                "tenant": tenant_id,
                "period": period_id,
                "now": now,
            }
            found = fetch_all(_OVER, params)
            if not found:
                return closed
            period_id, tenant_id, _ = found[-1]
            if any(row[2] for row in found):
                closed += _archive(provider_id, params)


def _archive(provider_id: int, params: dict[str, Any]) -> int:
    # Looked at again behind the lock: usage may have come in between.
    hold_ingest_lock(provider_id)
    settled = [row for row in fetch_all(_OVER, params) if row[2]]
    periods = [row[0] for row in settled]
    tenants = sorted({row[1] for row in settled})
    execute(_ARCHIVE, {**params, "periods": periods, "tenants": tenants})
    closed = close_periods(provider_id=provider_id, period_ids=periods)
    marker("close.archived")
    return closed
