"""What a tenant used in a billing period, per price, rated by the statement that also charges. Called by pages."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from billing_platform.kernel.rows import fetch_dicts
from usage.pricing.rating import AMOUNT_SQL, TIER_SQL

if TYPE_CHECKING:
    from datetime import datetime

# Running and late periods are rated from their totals, closed ones were archived with their amounts.
_LINES: Final = f"""
SELECT p.id AS period_id, w.currency, p.starts, p.ends, p.is_charged,
       CASE WHEN p.state = 'current' THEN w.period_posted ELSE p.posted END AS posted_minor,
       x.amount, x.quantity, c.name, m.unit_name, lower(s.valid) AS valid_from,
       (c.spec ->> 'included')::numeric AS included
  FROM accounts_period p
  JOIN accounts_wallet w ON w.provider_id = p.provider_id AND w.id = p.wallet_id
  LEFT JOIN LATERAL (
        SELECT t.segment_id, t.price_id, t.quantity - t.start AS quantity,
               {AMOUNT_SQL.format(quantity="t.quantity")} - t.less_minor AS amount
          FROM usage_total t
          JOIN usage_price_tier f ON f.provider_id = t.provider_id AND f.price_id = t.price_id
           AND {TIER_SQL.format(quantity="t.quantity")}
         WHERE t.provider_id = p.provider_id AND t.tenant_id = p.tenant_id AND t.period_id = p.id
         UNION ALL
        SELECT l.segment_id, l.price_id, l.quantity - l.start, l.amount_minor
          FROM usage_period_line l
         WHERE l.provider_id = p.provider_id AND l.tenant_id = p.tenant_id AND l.period_id = p.id) x ON true
  LEFT JOIN usage_rate_segment s ON s.provider_id = p.provider_id AND s.id = x.segment_id
  LEFT JOIN usage_price c ON c.provider_id = p.provider_id AND c.id = x.price_id
  LEFT JOIN usage_meter m ON m.provider_id = p.provider_id AND m.id = s.meter_id
 WHERE p.provider_id = %(provider)s AND p.tenant_id = %(tenant)s AND p.starts <= %(at)s AND p.ends > %(at)s
 ORDER BY w.currency, p.id, s.meter_id IS NULL, c.name, lower(s.valid), s.id
"""


@dataclass(frozen=True)
class UsageLine:
    """What one price came to; a price that changed within the period has a line for each of its stretches.

    Attributes:
        name: the price's name.
        unit_name: what is counted; empty on fees.
        quantity: how much was used; None on fees.
        included: what costs nothing; None when nothing is included.
        valid_from: since when the price holds for the tenant.
        amount: exact minor units.
    """

    name: str
    unit_name: str
    quantity: Decimal | None
    included: Decimal | None
    valid_from: datetime
    amount: Decimal


@dataclass(frozen=True)
class PeriodUsage:
    """A billing period of one wallet.

    Attributes:
        posted_minor: what is charged of it, minor units.
        is_charged: whether the wallet pays for it; False where it only accrues.
        exact: exact minor units; rounded once they are what is owed.
    """

    currency: str
    starts: datetime
    ends: datetime
    posted_minor: int
    is_charged: bool
    exact: Decimal
    lines: tuple[UsageLine, ...]


def period_usage(provider_id: int, tenant_id: int, *, at: datetime) -> list[PeriodUsage]:
    """Return the periods of a tenant's wallets that a moment lies in, by one query.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: who used.
        at: a moment in the periods.

    Returns:
        One period per wallet, by currency; its lines by name, fees last.
    """
    rows = fetch_dicts(_LINES, {"provider": provider_id, "tenant": tenant_id, "at": at})
    return [_period(list(group)) for _, group in groupby(rows, key=lambda row: row["period_id"])]


def _period(rows: list[dict[str, Any]]) -> PeriodUsage:
    first = rows[0]
    lines = tuple(_line(row) for row in rows if row["amount"] is not None)
    return PeriodUsage(
        currency=first["currency"],
        starts=first["starts"],
        ends=first["ends"],
        posted_minor=first["posted_minor"],
        is_charged=first["is_charged"],
        exact=sum((line.amount for line in lines), Decimal(0)),
        lines=lines,
    )


def _line(row: dict[str, Any]) -> UsageLine:
    is_fee = row["unit_name"] is None
    return UsageLine(
        name=row["name"],
        unit_name=row["unit_name"] or "",
        quantity=None if is_fee else row["quantity"],
        included=row["included"] or None,
        valid_from=row["valid_from"],
        amount=row["amount"],
    )
