"""Find the totals that staged usage belongs to: the prices that hold in its hours, and their billing periods."""

from __future__ import annotations

from typing import Any, Final

from accounts.services.periods import ensure_period
from billing_platform.kernel.rows import fetch_all
from usage.services.reopening import reopen_totals
from usage.services.staging import StageTable, clear_stage

_PLACES: Final = StageTable(
    "usage_stage_place",
    (
        ("tenant_id", "bigint"),
        ("meter_id", "bigint"),
        ("hour", "timestamptz"),
        ("identity", "uuid"),
        ("at", "timestamptz"),
        ("quantity", "numeric"),
        ("highest", "numeric"),
        ("segment_id", "bigint"),
        ("price_id", "bigint"),
        ("wallet_id", "bigint"),
        ("period_id", "bigint"),
        ("period_state", "text"),
        ("starts", "timestamptz"),
        ("ends", "timestamptz"),
    ),
)
# Look-ups one by one through their indexes, whatever the planner thinks of a temporary table without statistics.
_LOCATE: Final = """
WITH placed AS (
INSERT INTO pg_temp.usage_stage_place
SELECT g.tenant_id, g.meter_id, g.hour, g.identity, g.at, g.quantity, g.highest, s.id, s.price_id, s.wallet_id,
       p.id, p.state, greatest(lower(s.valid), p.starts), least(upper(s.valid), p.ends)
  FROM (SELECT tenant_id, meter_id, date_trunc('hour', at, 'UTC') AS hour, identity, min(at) AS at,
               sum(quantity) AS quantity, max(quantity) AS highest
          FROM pg_temp.usage_stage_measure GROUP BY tenant_id, meter_id, hour, identity) g
 CROSS JOIN LATERAL (
       SELECT s.id, s.price_id, s.wallet_id, s.valid FROM usage_rate_segment s
        WHERE s.provider_id = %(provider)s AND s.tenant_id = g.tenant_id AND s.meter_id = g.meter_id
          AND s.valid @> g.hour OFFSET 0) s
  LEFT JOIN LATERAL (
       SELECT p.id, p.state, p.starts, p.ends FROM accounts_period p
        WHERE p.provider_id = %(provider)s AND p.wallet_id = s.wallet_id AND p.starts <= g.hour AND p.ends > g.hour
        LIMIT 1) p ON true
RETURNING tenant_id, wallet_id, period_id, period_state, hour)
SELECT DISTINCT tenant_id, wallet_id, period_id, CASE WHEN period_id IS NULL THEN hour END
  FROM placed WHERE period_id IS NULL OR period_state = 'closed' ORDER BY 2, 4
"""


def locate_totals(*, provider_id: int) -> None:
    """Fill `usage_stage_place` with the segment and period of each staged measure that has a price.

    A missing period is made, a closed one is opened again, so that every place can be written to.

    Args:
        provider_id: whose; its scope is open and its ingest lock is shared.
    """
    params = {"provider": provider_id}
    unready = _locate(params)
    if unready:
        _make_ready(provider_id, unready)
        _locate(params)


def _make_ready(provider_id: int, unready: list[tuple[Any, ...]]) -> None:
    for _, wallet_id, _, hour in unready:
        if hour is not None:
            ensure_period(provider_id=provider_id, wallet_id=wallet_id, at=hour)
    closed = {
        period_id: tenant_id for tenant_id, _, period_id, _ in unready if period_id is not None
    }
    if closed:
        reopen_totals(
            provider_id=provider_id,
            tenant_ids=sorted(set(closed.values())),
            period_ids=sorted(closed),
        )


def _locate(params: dict[str, int]) -> list[tuple[Any, ...]]:
    """Fill the places, and return those that cannot be written to yet."""
    clear_stage(_PLACES)
    return fetch_all(_LOCATE, params)
