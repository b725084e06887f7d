"""What is due and posted in a period of every wallet of a provider. Called by the command `balances`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from billing_platform.kernel.currencies import exponent
from billing_platform.kernel.rows import fetch_dicts
from usage.pricing.exact import major
from usage.pricing.rating import AMOUNT_SQL, TIER_SQL
from usage.types import PeriodBalance

if TYPE_CHECKING:
    from datetime import datetime

# Without a moment, the period of the newest usage that the wallet's prices count, else the running one.
_BALANCES: Final = f"""
    SELECT n.external_id AS tenant, n.name, n.status, w.currency, w.balance,
           CASE WHEN p.id = w.period_id THEN w.period_posted ELSE coalesce(p.posted, 0) END AS posted,
           coalesce(d.exact, 0) AS exact
      FROM accounts_wallet w
      JOIN tenants_tenant n ON n.provider_id = w.provider_id AND n.id = w.tenant_id
      LEFT JOIN LATERAL (
           SELECT max(h.hour) AS hour
             FROM (SELECT DISTINCT s.meter_id FROM usage_rate_segment s
                    WHERE s.provider_id = w.provider_id AND s.tenant_id = w.tenant_id AND s.wallet_id = w.id) m
             CROSS JOIN LATERAL (
                  SELECT max(h.hour) AS hour FROM usage_hour h WHERE h.provider_id = w.provider_id
                     AND h.tenant_id = w.tenant_id AND h.meter_id = m.meter_id) h) u ON %(at)s IS NULL
      LEFT JOIN accounts_period p ON p.provider_id = w.provider_id AND p.wallet_id = w.id
       AND CASE WHEN coalesce(%(at)s, u.hour) IS NULL THEN p.id = w.period_id
                ELSE p.starts <= coalesce(%(at)s, u.hour) AND p.ends > coalesce(%(at)s, u.hour) END
      LEFT JOIN LATERAL (
           SELECT sum(a.amount) AS exact FROM (
                SELECT {AMOUNT_SQL.format(quantity="t.quantity")} - t.less_minor AS amount
                  FROM usage_total t
                  JOIN usage_price_tier f ON f.provider_id = t.provider_id AND f.price_id = t.price_id
                   AND {TIER_SQL.format(quantity="t.quantity")}
                 WHERE t.provider_id = w.provider_id AND t.tenant_id = w.tenant_id AND t.period_id = p.id
                UNION ALL
                SELECT c.amount_minor FROM usage_period_line c
                 WHERE c.provider_id = w.provider_id AND c.tenant_id = w.tenant_id AND c.period_id = p.id) a) d ON true
     WHERE w.provider_id = %(provider)s ORDER BY n.external_id, w.currency
"""


def period_balances(provider_id: int, *, at: datetime | None = None) -> list[PeriodBalance]:
    """Return every wallet with what is due and posted in one of its periods, open or closed.

    Args:
        provider_id: whose; its scope is open.
        at: a moment in the period; None for the period of the tenant's newest usage.
    """
    sql = _BALANCES.replace("%(at)s", "%(at)s::timestamptz")
    return [
        PeriodBalance(
            tenant=row["tenant"],
            name=row["name"],
            currency=row["currency"],
            wallet_minor=row["balance"],
            period_due_exact=major(row["exact"], exponent(row["currency"])),
            period_posted_minor=row["posted"],
            status=row["status"],
        )
        for row in fetch_dicts(sql, {"provider": provider_id, "at": at})
    ]
