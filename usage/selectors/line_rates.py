"""At which rate each line of a running period counts now: the tier that its quantity stands in. Called by pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from billing_platform.kernel.rows import fetch_dicts
from usage.pricing.rating import TIER_SQL

if TYPE_CHECKING:
    from decimal import Decimal

# Of a component whose price changed within the period, the price that holds last.
_RATES: Final = f"""
SELECT DISTINCT ON (t.period_id, x.code) t.period_id, x.code, f.unit AS unit_minor, f.pkg AS package,
       m.unit_name AS unit, m.unit_one,
       (SELECT count(*) FROM usage_price_tier o WHERE o.provider_id = t.provider_id AND o.price_id = t.price_id
           AND o.hi > 0) AS tiers,
       (SELECT count(*) FROM usage_price_tier o WHERE o.provider_id = t.provider_id AND o.price_id = t.price_id
           AND o.hi > 0 AND o.lo <= f.lo) AS tier
  FROM usage_total t
  JOIN accounts_period p ON p.provider_id = t.provider_id AND p.id = t.period_id AND p.state = 'current'
  JOIN usage_rate_segment s ON s.provider_id = t.provider_id AND s.id = t.segment_id
  JOIN usage_price x ON x.provider_id = t.provider_id AND x.id = t.price_id AND x.kind = 'usage'
  JOIN usage_meter m ON m.provider_id = x.provider_id AND m.id = x.meter_id
  JOIN usage_price_tier f ON f.provider_id = t.provider_id AND f.price_id = t.price_id
   AND {TIER_SQL.format(quantity="t.quantity")}
 WHERE t.provider_id = %s AND t.tenant_id = %s
 ORDER BY t.period_id, x.code, lower(s.valid) DESC NULLS LAST
"""


@dataclass(frozen=True, slots=True)
class LineRate:
    """What the next unit of a line costs.

    Attributes:
        unit_minor: exact minor units per unit, or per package.
        package: how many units one package holds; None where each unit counts.
        unit, unit_one: what several units are called, and what one is (empty where that follows from the first).
        tier: which of the price's tiers it is, from 1.
        tiers: how many there are.
    """

    unit_minor: Decimal
    package: Decimal | None
    unit: str
    unit_one: str
    tier: int
    tiers: int


def line_rates(provider_id: int, tenant_id: int) -> dict[tuple[int, str], LineRate]:
    """Return the present rates of a tenant's running periods by (period id, component), by one query.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: whose usage.
    """
    return {
        (row.pop("period_id"), row.pop("code")): LineRate(**row)
        for row in fetch_dicts(_RATES, [provider_id, tenant_id])
    }
