"""The SQL form of what is due: totals rated by their tiers, per billing period. Called by the hourly job and pages.

Three readings of one rule: of a whole range of tenants, of some tenants, and as of an hour before which usage counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from accounts.types import DueSelection
from usage.pricing.rating import AMOUNT_SQL, BULK_AMOUNT_SQL, BULK_TIERS_SQL, TIER_SQL

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

# Hardly any total has something to take off, and comparing is cheaper than subtracting.
_LESS: Final = "coalesce(sum(t.less_minor) FILTER (WHERE t.less_minor <> 0), 0)"
_EXACT: Final = f"""sum({AMOUNT_SQL.format(quantity="t.quantity")}) - {_LESS}"""
_TIERS: Final = f"""
      JOIN usage_price_tier f ON f.provider_id = %(rate_provider)s AND f.price_id = t.price_id
       AND {TIER_SQL.format(quantity="t.quantity")}"""
# Of a whole range of tenants; a price of one tenant's own is of no use to the others.
_BULK_EXACT: Final = (
    f"""coalesce(sum({BULK_AMOUNT_SQL.format(quantity="t.quantity")}), 0) - {_LESS}"""
)
_OF_RANGE: Final = """f.provider_id = %(rate_provider)s
               AND (f.tenant_id = 0 OR f.tenant_id >= %(rate_from)s AND f.tenant_id < %(rate_to)s)"""
_BULK_TIERS: Final = f"""
      LEFT JOIN {BULK_TIERS_SQL.format(tiers="usage_price_tier", where=_OF_RANGE)} f ON f.price_id = t.price_id
       AND {TIER_SQL.format(quantity="t.quantity")}"""
_RANGE: Final = "t.provider_id = %(rate_provider)s AND t.tenant_id >= %(rate_from)s AND t.tenant_id < %(rate_to)s"
_SOME: Final = "t.provider_id = %(rate_provider)s AND t.tenant_id = ANY(%(rate_tenants)s)"
_LATE: Final = """ AND t.period_id IN (
           SELECT l.id FROM accounts_period l WHERE l.provider_id = %(rate_provider)s AND l.state = 'late'
              AND l.tenant_id >= %(rate_from)s AND l.tenant_id < %(rate_to)s)"""

_CHARGED: Final = """
      JOIN usage_rate_segment s ON s.provider_id = %(rate_provider)s AND s.id = t.segment_id AND s.meter_id IS NOT NULL
      JOIN usage_price y ON y.provider_id = %(rate_provider)s AND y.id = t.price_id
      JOIN accounts_period d ON d.provider_id = %(rate_provider)s AND d.id = t.period_id AND d.is_charged"""

# Usage of hours at or after `until` is taken out of the totals again: subtracted where quantities add up, read anew
# from the hours before it where they do not.
_UNTIL: Final = """
    (SELECT t.provider_id, t.tenant_id, t.period_id, t.segment_id, t.price_id, t.less_minor,
            CASE WHEN x.segment_id IS NULL THEN t.quantity
                 WHEN x.aggregation IN ('sum', 'count', 'duration') THEN t.quantity - x.quantity
                 WHEN x.aggregation = 'unique' THEN t.quantity - (
                      SELECT count(*) FROM usage_unique u WHERE u.provider_id = t.provider_id
                         AND u.tenant_id = t.tenant_id AND u.segment_id = t.segment_id AND u.period_id = t.period_id
                         AND u.first_at >= %(rate_until)s)
                 WHEN x.aggregation = 'max' THEN coalesce((
                      SELECT max(b.quantity) FROM usage_hour b WHERE b.provider_id = t.provider_id
                         AND b.tenant_id = t.tenant_id AND b.meter_id = x.meter_id AND b.hour >= x.low
                         AND b.hour < %(rate_until)s), 0)
                 ELSE coalesce((
                      SELECT b.quantity FROM usage_hour b WHERE b.provider_id = t.provider_id
                         AND b.tenant_id = t.tenant_id AND b.meter_id = x.meter_id AND b.hour >= x.low
                         AND b.hour < %(rate_until)s ORDER BY b.hour DESC LIMIT 1), 0)
            END AS quantity
       FROM usage_total t
       LEFT JOIN (
            SELECT s.tenant_id, s.id AS segment_id, p.id AS period_id, m.id AS meter_id, m.aggregation,
                   greatest(lower(s.valid), p.starts) AS low, sum(h.quantity) AS quantity
              FROM usage_hour h
              JOIN usage_rate_segment s ON s.provider_id = h.provider_id AND s.tenant_id = h.tenant_id
               AND s.meter_id = h.meter_id AND s.valid @> h.hour
              JOIN usage_meter m ON m.provider_id = h.provider_id AND m.id = h.meter_id
              JOIN accounts_period p ON p.provider_id = h.provider_id AND p.wallet_id = s.wallet_id
               AND p.starts <= h.hour AND p.ends > h.hour
             WHERE h.provider_id = %(rate_provider)s AND h.hour >= %(rate_until)s AND {hours}
             GROUP BY s.tenant_id, s.id, p.id, m.id) x
         ON x.tenant_id = t.tenant_id AND x.segment_id = t.segment_id AND x.period_id = t.period_id
      WHERE {where})"""


def due_selection(
    *,
    provider_id: int,
    tenant_from: int,
    tenant_to: int,
    tenant_ids: Sequence[int] | None = None,
    until: datetime | None = None,
    late: bool = False,
) -> DueSelection:
    """Return the selection of what is due per period, summed and rounded once, half away from zero.

    Args:
        provider_id: whose.
        tenant_from: the first tenant id of the range.
        tenant_to: the tenant id behind the range.
        tenant_ids: only these tenants of the range; None for all.
        until: usage of hours at or after it is left out; None when there is none.
        late: only periods that are over.

    Returns:
        A SELECT of `period_id, due` and its parameters.
    """
    sql, params = exact_dues(
        provider_id=provider_id,
        tenant_from=tenant_from,
        tenant_to=tenant_to,
        tenant_ids=tenant_ids,
        until=until,
        late=late,
    )
    return DueSelection(
        sql=f"SELECT e.period_id, round(e.exact) AS due FROM ({sql}) e",
        params=params,
        is_whole=tenant_ids is None and not late,
    )


def exact_meters(
    *, provider_id: int, tenant_from: int, tenant_to: int, until: datetime
) -> tuple[str, dict[str, Any]]:
    """Return a SELECT of `currency, meter_id, exact` over all charged periods that are not closed, with its parameters.

    Args:
        provider_id: whose.
        tenant_from: the first tenant id of the range.
        tenant_to: the tenant id behind the range.
        until: usage of hours at or after it is left out.
    """
    totals = _UNTIL.format(where=_RANGE, hours=_RANGE.replace("t.", "h."))
    sql = f"SELECT y.currency, s.meter_id, {_EXACT} AS exact FROM {totals} t {_TIERS}{_CHARGED}"
    params = {
        "rate_provider": provider_id,
        "rate_from": tenant_from,
        "rate_to": tenant_to,
        "rate_until": until,
    }
    return f"{sql} GROUP BY 1, 2", params


def exact_dues(
    *,
    provider_id: int,
    tenant_from: int,
    tenant_to: int,
    tenant_ids: Sequence[int] | None = None,
    until: datetime | None = None,
    late: bool = False,
) -> tuple[str, dict[str, Any]]:
    """Return a SELECT of `period_id, exact` (exact minor units) with its parameters; arguments as `due_selection`."""
    where = _RANGE if tenant_ids is None else _SOME
    if late:
        where += _LATE
    totals = "usage_total"
    if until is not None:
        hours = (_RANGE if tenant_ids is None else _SOME).replace("t.", "h.")
        totals = _UNTIL.format(where=where, hours=hours)
    is_whole = tenant_ids is None and not late
    exact, tiers = (_BULK_EXACT, _BULK_TIERS) if is_whole else (_EXACT, _TIERS)
    sql = f"SELECT t.period_id, {exact} AS exact FROM {totals} t {tiers}"
    if until is None:
        sql += f" WHERE {where}"
    params: dict[str, Any] = {
        "rate_provider": provider_id,
        "rate_from": tenant_from,
        "rate_to": tenant_to,
    }
    if tenant_ids is not None:
        params["rate_tenants"] = list(tenant_ids)
    if until is not None:
        params["rate_until"] = until
    return f"{sql} GROUP BY t.period_id", params
