"""What the rest of running billing periods will come to, day by day: usage at the pace of the last day, and fees.

Called by pages; an estimate and nothing that is charged.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Final

from billing_platform.kernel.periods import Period, day_period, hour_ceil
from billing_platform.kernel.rows import fetch_dicts
from usage.pricing.exact import round_half_away
from usage.selectors.runway import FEE_ITEMS, burn_rates, coming_fees

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from tenants.types import TenantView
    from usage.types import UsagePeriod

_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class DayAhead:
    """What is still to come on one day.

    Attributes:
        at: a moment of the day, its first one or the present one.
        amount_minor: rounded to minor units, for it is no more than an estimate.
    """

    at: datetime
    amount_minor: int


def days_ahead(
    tenant: TenantView, periods: Sequence[UsagePeriod], *, now: datetime
) -> dict[int, list[DayAhead]]:
    """Return the rest of each period by its id, today first, by two queries; periods that are over have none.

    Args:
        tenant: whose; its scope, or its provider's, is open.
        periods: running ones.
        now: the present moment.
    """
    rates = burn_rates(tenant.provider_id, tenant.id, now)
    items = fetch_dicts(FEE_ITEMS, [tenant.provider_id, tenant.id])
    found = {}
    for period in periods:
        own = [item for item in items if item["wallet_id"] == period.wallet_id]
        fees = _fees(own, period.ends, now)
        pace = rates.get(period.wallet_id, Fraction(0))
        found[period.period_id] = [
            DayAhead(day.starts, round_half_away(_amount(day, pace, fees)))
            for day in _days(now, period.ends, tenant.time_zone)
        ]
    return found


def _days(now: datetime, ends: datetime, zone: str) -> Iterator[Period]:
    at = now
    while at < ends:
        day = day_period(at, zone)
        yield Period(at, min(day.ends, ends))
        at = day.ends


def _fees(
    items: Sequence[dict[str, Any]], ends: datetime, now: datetime
) -> list[tuple[datetime, Fraction]]:
    return [
        fee
        for item in items
        for fee in takewhile(lambda each: each[0] < ends, coming_fees(item, now))
    ]


def _amount(day: Period, pace: Fraction, fees: Sequence[tuple[datetime, Fraction]]) -> Fraction:
    # Of the running hour, what has come in stands among what was used.
    hours = max(0, (day.ends - hour_ceil(day.starts)) // _HOUR)
    due = sum((amount for at, amount in fees if day.starts <= at < day.ends), Fraction(0))
    return pace * hours + due
