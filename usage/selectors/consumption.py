"""What a tenant used in a billing period, line by line, by the rule that charges it. Called by pages and documents."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from billing_platform.kernel.money import Money
from billing_platform.kernel.rows import fetch_dicts
from usage.pricing.exact import round_half_away, to_decimal
from usage.pricing.rating import AMOUNT_SQL, TIER_SQL
from usage.types import UsageLine, UsagePeriod

if TYPE_CHECKING:
    from collections.abc import Sequence

_PERIODS: Final = """
    SELECT p.id, p.wallet_id, w.currency, p.starts, p.ends, p.state, p.is_charged,
           CASE WHEN p.state = 'current' THEN w.period_posted ELSE p.posted END AS posted
      FROM accounts_period p JOIN accounts_wallet w ON w.provider_id = p.provider_id AND w.id = p.wallet_id
     WHERE p.provider_id = %(provider)s AND p.tenant_id = %(tenant)s AND {which} ORDER BY w.currency, p.starts
"""
# One line per component: what a price change or a prorated part split is added up again.
_LINES: Final = f"""
    SELECT l.period_id, x.code, min(x.name) AS label, coalesce(min(m.unit_name), '') AS unit,
           CASE WHEN min(x.kind) = 'usage' THEN sum(l.quantity - l.start) END AS quantity,
           CASE WHEN count(DISTINCT x.id) = 1 THEN min((x.spec ->> 'included')::numeric) END AS included,
           sum(l.amount) AS amount_minor
      FROM (SELECT t.period_id, t.segment_id, t.price_id, t.quantity, t.start,
                   {AMOUNT_SQL.format(quantity="t.quantity")} - t.less_minor AS amount
              FROM usage_total t
              JOIN usage_price_tier f ON f.provider_id = t.provider_id AND f.price_id = t.price_id
               AND {TIER_SQL.format(quantity="t.quantity")}
             WHERE t.provider_id = %(provider)s AND t.tenant_id = %(tenant)s AND t.period_id = ANY(%(periods)s)
            UNION ALL
            SELECT c.period_id, c.segment_id, c.price_id, c.quantity, c.start, c.amount_minor
              FROM usage_period_line c
             WHERE c.provider_id = %(provider)s AND c.tenant_id = %(tenant)s AND c.period_id = ANY(%(periods)s)) l
      JOIN usage_price x ON x.provider_id = %(provider)s AND x.id = l.price_id
      LEFT JOIN usage_meter m ON m.provider_id = %(provider)s AND m.id = x.meter_id
     GROUP BY l.period_id, x.code
    HAVING sum(l.quantity) <> 0 OR sum(l.amount) <> 0
     ORDER BY l.period_id, 3, x.code
"""


def usage_this_period(provider_id: int, tenant_id: int) -> list[UsagePeriod]:
    """Return the running billing period of each of a tenant's wallets with its lines.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: whose usage.
    """
    return _periods(provider_id, tenant_id, "p.state = 'current'", [])


def usage_of_periods(
    provider_id: int, tenant_id: int, period_ids: Sequence[int]
) -> list[UsagePeriod]:
    """Return billing periods, open or closed, with their lines; those of other tenants are left out.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: whose periods.
        period_ids: which.
    """
    return _periods(provider_id, tenant_id, "p.id = ANY(%(wanted)s)", list(period_ids))


def _periods(provider_id: int, tenant_id: int, which: str, wanted: list[int]) -> list[UsagePeriod]:
    params: dict[str, Any] = {"provider": provider_id, "tenant": tenant_id, "wanted": wanted}
    rows = fetch_dicts(_PERIODS.format(which=which), params)
    params["periods"] = [row["id"] for row in rows]
    lines: dict[int, list[UsageLine]] = {row["id"]: [] for row in rows}
    for line in fetch_dicts(_LINES, params):
        lines[line.pop("period_id")].append(_line(line))
    return [_period(row, tuple(lines[row["id"]])) for row in rows]


def _line(row: dict[str, Any]) -> UsageLine:
    return UsageLine(
        code=row["code"],
        label=row["label"],
        unit=row["unit"],
        quantity=row["quantity"],
        included=row["included"] or None,
        amount_minor=row["amount_minor"],
    )


def _period(row: dict[str, Any], lines: tuple[UsageLine, ...]) -> UsagePeriod:
    exact = sum((Fraction(line.amount_minor) for line in lines), Fraction(0))
    return UsagePeriod(
        period_id=row["id"],
        wallet_id=row["wallet_id"],
        currency=row["currency"],
        starts=row["starts"],
        ends=row["ends"],
        state=row["state"],
        is_charged=row["is_charged"],
        lines=lines,
        exact_minor=to_decimal(exact) if exact else Decimal(0),
        due=Money(round_half_away(exact), row["currency"]),
        posted=Money(int(row["posted"]), row["currency"]),
    )
