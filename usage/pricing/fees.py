"""When a recurring fee falls due, for what days, and what it costs. Pure; called by the fees service and by previews.

Days are the tenant's local days. A fee is paid in advance for its interval; a part of an interval costs its share of
days, and a day on which something begins is paid in full by what begins.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from billing_platform.kernel.periods import Period, anchored_period, billing_period, day_period
from usage.enums import FeeAnchor
from usage.pricing.exact import round_half_away, to_decimal
from usage.pricing.rating import rate
from usage.pricing.tiers import compile_price

if TYPE_CHECKING:
    from decimal import Decimal

    from usage.pricing.spec import PriceSpec

# Shares of days are no finite decimals; a fee keeps 12 places of the minor unit, like a unit price.
FEE_PLACES = 12
_DAY = timedelta(days=1)
# As billing periods, which a change of zone or anchor leaves no shorter either.
_SHORTEST = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class FeeCalendar:
    """What decides the intervals of one item's fee."""

    zone: str
    anchor_day: int
    starts_at: datetime
    months: int
    anchor: str


def fee_interval(at: datetime, calendar: FeeCalendar) -> Period:
    """Return the interval of a recurring fee that a moment lies in.

    Args:
        at: an aware datetime.
        calendar: the item's.
    """
    if calendar.anchor == FeeAnchor.SUBSCRIPTION:
        anchor = calendar.starts_at.astimezone(ZoneInfo(calendar.zone)).date()
        return anchored_period(at, calendar.zone, anchor=anchor, months=calendar.months)
    if calendar.months == 1:
        return billing_period(at, calendar.zone, calendar.anchor_day)
    first = billing_period(calendar.starts_at, calendar.zone, calendar.anchor_day)
    anchor = first.starts.astimezone(ZoneInfo(calendar.zone)).date()
    return anchored_period(at, calendar.zone, anchor=anchor, months=calendar.months)


def is_remainder(
    at: datetime, interval: Period, *, begins: datetime | None, trial_end: datetime | None
) -> bool:
    """Tell the hours that a change of zone or anchor leaves between two intervals; they are not charged.

    A zone further west puts the end of the interval before into its own last day, which is paid already.

    Args:
        at: where the next fee would begin.
        interval: the one that it lies in.
        begins: where the item begins, whose first day is charged however late.
        trial_end: behind it the first fee falls due.
    """
    is_next = begins is not None and begins < at and at != trial_end
    return is_next and interval.ends - at < _SHORTEST


def covered_share(interval: Period, service: Period, zone: str) -> Fraction:
    """Return the share of an interval's days that a service covers, its first day counted whole.

    Args:
        interval: the fee's interval.
        service: the part that is paid for, within the interval.
        zone: the tenant's time zone.
    """
    return Fraction(_days(service.starts, service.ends, zone), _days_of(interval, zone))


def unused_share(
    interval: Period, service: Period, at: datetime, zone: str, *, is_replaced: bool
) -> Fraction:
    """Return the share of an interval's days that was paid for and is not used.

    Args:
        interval: the fee's interval.
        service: the part that was paid for.
        at: when the item ended.
        zone: the tenant's time zone.
        is_replaced: something else begins at `at` and pays for that day; else a day that has begun is used.
    """
    if at <= service.starts:  # an end that was told late: nothing was used
        return covered_share(interval, service, zone)
    first = _local(at, zone)
    if not is_replaced and day_period(at, zone).starts != at:
        first += _DAY
    first = max(first, _local(service.starts, zone))
    return Fraction(max(0, (_local(service.ends, zone) - first).days), _days_of(interval, zone))


def fee_amount(spec: PriceSpec, quantity: Decimal, share: Fraction, *, exponent: int) -> Decimal:
    """Return a fee in exact minor units, kept to 12 places.

    Args:
        spec: the price of one interval.
        quantity: units.
        share: the part of the interval that is paid for.
        exponent: the currency's decimal places.
    """
    exact = rate(compile_price(spec, exponent=exponent), quantity) * share
    return to_decimal(Fraction(round_half_away(exact * 10**FEE_PLACES), 10**FEE_PLACES))


def _days_of(interval: Period, zone: str) -> int:
    return _days(interval.starts, interval.ends, zone)


def _days(starts: datetime, ends: datetime, zone: str) -> int:
    return (_local(ends, zone) - _local(starts, zone)).days


def _local(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()
