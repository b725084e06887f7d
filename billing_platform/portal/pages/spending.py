"""The spending block: what this hour, today and this period cost so far, per currency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from billing_platform.kernel.currencies import exponent
from billing_platform.kernel.periods import day_period, hour_floor
from billing_platform.portal.pages.usage import shown_places
from usage.selectors.hour_costs import hour_costs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from billing_platform.kernel.money import Money
    from billing_platform.portal.pages.blocks import UsageBlock
    from usage.selectors.hour_costs import HourCost

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class SpendingBlock:
    """What one currency's usage cost; the exact amounts of hours are not rounded, the period's total is, once.

    Attributes:
        hour, today, yesterday: exact major units; days are the tenant's own.
        period: what the running period came to.
        decimals: how many places the exact amounts are shown with.
    """

    currency: str
    hour: Decimal
    today: Decimal
    yesterday: Decimal
    period: Money
    days: str
    decimals: int


def spending_blocks(
    provider_id: int,
    tenant_id: int,
    usage: Sequence[UsageBlock],
    *,
    zone: str,
    most: int,
    now: datetime,
) -> list[SpendingBlock]:
    """Return what a tenant spends, one block per currency, by one query.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: whose usage.
        usage: the running periods.
        zone: in which a day begins.
        most: the most places that exact amounts are shown with.
        now: the present moment.
    """
    hour = hour_floor(now)
    today = day_period(now, zone).starts
    yesterday = day_period(today - _HOUR, zone).starts
    found = hour_costs(provider_id, tenant_id, since=yesterday, until=hour + _HOUR)
    return [_block(block, found, (hour, today), most) for block in usage]


def _block(
    usage: UsageBlock, found: Sequence[HourCost], starts: tuple[datetime, datetime], most: int
) -> SpendingBlock:
    hour, today = starts
    own = [row for row in found if row.currency == usage.currency]
    least = exponent(usage.currency)
    sums = [
        _sum(row.amount_minor for row in own if row.hour >= hour).scaleb(-least),
        _sum(row.amount_minor for row in own if row.hour >= today).scaleb(-least),
        _sum(row.amount_minor for row in own if row.hour < today).scaleb(-least),
    ]
    return SpendingBlock(
        currency=usage.currency,
        hour=sums[0],
        today=sums[1],
        yesterday=sums[2],
        period=usage.total,
        days=usage.days,
        decimals=shown_places(sums, least, max(most, least)),
    )


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0))
