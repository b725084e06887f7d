"""What a tenant's usage of some meters comes to, by the rule that charges. Called by trials of events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from billing_platform.kernel.rows import fetch_dicts
from usage.pricing.rating import AMOUNT_SQL, TIER_SQL

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from decimal import Decimal

# Totals of open periods, and lines of closed ones, which late usage opens again.
_STANDING: Final = f"""
    SELECT l.period_id, l.segment_id, s.meter_id, l.quantity, l.amount AS amount_minor
      FROM (SELECT t.period_id, t.segment_id, t.price_id, t.quantity - t.start AS quantity,
                   {AMOUNT_SQL.format(quantity="t.quantity")} - t.less_minor AS amount
              FROM usage_total t
              JOIN usage_price_tier f ON f.provider_id = t.provider_id AND f.price_id = t.price_id
               AND {TIER_SQL.format(quantity="t.quantity")}
             WHERE t.provider_id = %(provider)s AND t.tenant_id = %(tenant)s
            UNION ALL
            SELECT c.period_id, c.segment_id, c.price_id, c.quantity - c.start, c.amount_minor
              FROM usage_period_line c WHERE c.provider_id = %(provider)s AND c.tenant_id = %(tenant)s) l
      JOIN usage_rate_segment s ON s.provider_id = %(provider)s AND s.id = l.segment_id AND s.meter_id = ANY(%(meters)s)
      JOIN usage_price x ON x.provider_id = %(provider)s AND x.id = l.price_id
"""

_HOLDING: Final = """
    SELECT s.meter_id, s.id AS segment_id, s.price_id, x.currency, p.id AS period_id
      FROM usage_rate_segment s
      JOIN usage_price x ON x.provider_id = s.provider_id AND x.id = s.price_id
      LEFT JOIN accounts_period p ON p.provider_id = s.provider_id AND p.wallet_id = s.wallet_id
       AND p.starts <= %(hour)s AND p.ends > %(hour)s
     WHERE s.provider_id = %(provider)s AND s.tenant_id = %(tenant)s AND s.meter_id = ANY(%(meters)s)
       AND s.valid @> %(hour)s::timestamptz
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a meter counted under one price in one period, and what it comes to in exact minor units."""

    meter_id: int
    quantity: Decimal
    amount_minor: Decimal


@dataclass(frozen=True, slots=True)
class Holding:
    """The price that holds for a meter in an hour; `period_id` is None before the hour has a billing period."""

    meter_id: int
    segment_id: int
    price_id: int
    currency: str
    period_id: int | None


def standings(
    provider_id: int, tenant_id: int, meter_ids: Sequence[int]
) -> dict[tuple[int | None, int], Standing]:
    """Return what stands by (period, segment), by one query.

    Args:
        provider_id: whose; its scope is open.
        tenant_id: whose usage.
        meter_ids: of these meters.
    """
    wanted = {"provider": provider_id, "tenant": tenant_id, "meters": list(meter_ids)}
    return {
        (row.pop("period_id"), row.pop("segment_id")): Standing(**row)
        for row in fetch_dicts(_STANDING, wanted)
    }


def holding_prices(
    provider_id: int, tenant_id: int, meter_ids: Sequence[int], *, hour: datetime
) -> dict[int, Holding]:
    """Return what a tenant pays by in an hour, by meter; meters without a price are left out.

    Args:
        provider_id: whose; its scope is open.
        tenant_id: who pays.
        meter_ids: of these meters.
        hour: any moment of the hour.
    """
    wanted = {"provider": provider_id, "tenant": tenant_id, "meters": list(meter_ids), "hour": hour}
    found = [Holding(**row) for row in fetch_dicts(_HOLDING, wanted)]
    return {row.meter_id: row for row in found}
