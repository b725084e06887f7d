"""Half-open stretches of time and the billing calendar. Called by the ledger (periods) and by usage (fees, hours).

Every boundary is a full UTC hour: the first one at or after the local midnight, so that hourly rows always add up to
a period, also where a zone is off by 30 or 45 minutes. Frozen by history: stored periods were made by these functions.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from billing_platform.kernel.clock import as_utc

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
# A change of zone or anchor would else leave a period of a few hours, and a document about it.
_SHORTEST_PERIOD: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The half-open stretch [starts, ends), both aware and kept in UTC."""

    starts: datetime
    ends: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "starts", as_utc(self.starts))
        object.__setattr__(self, "ends", as_utc(self.ends))
        if self.starts >= self.ends:
            raise ValueError(
                f"A period must end after it starts, not {self.starts} to {self.ends}."
            )

    def __contains__(self, at: datetime) -> bool:
        return self.starts <= at < self.ends

    @property
    def duration_s(self) -> int:
        """Whole seconds from start to end."""
        return (self.ends - self.starts) // timedelta(seconds=1)

    def overlap(self, other: Period) -> Period | None:
        """Return the stretch that both periods cover, or None when they have no moment in common."""
        starts, ends = max(self.starts, other.starts), min(self.ends, other.ends)
        return Period(starts, ends) if starts < ends else None


def hour_floor(at: datetime) -> datetime:
    """Return the full UTC hour at or before a moment.

    Args:
        at: an aware datetime in any zone.
    """
    return as_utc(at).replace(minute=0, second=0, microsecond=0)


def hour_ceil(at: datetime) -> datetime:
    """Return the full UTC hour at or after a moment.

    Args:
        at: an aware datetime in any zone.
    """
    floor = hour_floor(at)
    return floor if floor == at else floor + _HOUR


def day_period(at: datetime, zone: ZoneInfo | str) -> Period:
    """Return the local day that a moment lies in: 23, 24 or 25 hours.

    Args:
        at: an aware datetime.
        zone: the zone whose midnights count, or its IANA name.
    """
    zone = _zone(zone)
    day = at.astimezone(zone).date()
    while _day_start(day, zone) > at:
        day -= _DAY
    while _day_start(day + _DAY, zone) <= at:
        day += _DAY  # a clock set back over midnight shows the old date again; the day has begun once already
    return Period(_day_start(day, zone), _day_start(day + _DAY, zone))


def anchored_period(at: datetime, zone: ZoneInfo | str, *, anchor: date, months: int) -> Period:
    """Return the period of a cycle of months that a moment lies in, counted from an anchor in both directions.

    The anchor's day is kept: 31 January, 28 or 29 February, 31 March; 29 February, 28 February, …, 29 February.

    Args:
        at: an aware datetime.
        zone: the zone whose midnights count, or its IANA name.
        anchor: a local date on which a period begins.
        months: length of a period in months, 1 or more (12 for a year).

    Raises:
        ValueError: `months` is below 1.
    """
    if months < 1:
        raise ValueError("A cycle has at least one month.")
    zone = _zone(zone)
    local = at.astimezone(zone)
    first = anchor.year * 12 + anchor.month - 1
    turn = (local.year * 12 + local.month - 1 - first) // months

    def boundary(number: int) -> datetime:
        return _month_start(first + number * months, anchor.day, zone)

    while boundary(turn) > at:
        turn -= 1
    while boundary(turn + 1) <= at:
        turn += 1  # as in day_period
    return Period(boundary(turn), boundary(turn + 1))


def billing_period(at: datetime, zone: ZoneInfo | str, anchor_day: int) -> Period:
    """Return the monthly billing period that a moment lies in.

    Args:
        at: an aware datetime.
        zone: the zone whose midnights count, or its IANA name.
        anchor_day: the day of the month on which periods begin, 1 to 31; the month's last day when it has fewer.

    Raises:
        ValueError: `anchor_day` is not 1 to 31.
    """
    # January has 31 days, so any anchor stands in it.
    return anchored_period(at, zone, anchor=date(2000, 1, anchor_day), months=1)


def next_period(period: Period, zone: ZoneInfo | str, anchor_day: int) -> Period:
    """Return the billing period that follows without a gap, also when zone or anchor changed in the meantime.

    Args:
        period: the period that ends.
        zone: the zone in force from now on, or its IANA name.
        anchor_day: the anchor in force from now on, 1 to 31.

    Returns:
        From `period.ends` to the next boundary; a rest of less than two days is joined to the period behind it.
    """
    following = billing_period(period.ends, zone, anchor_day)
    if following.ends - period.ends < _SHORTEST_PERIOD:
        following = billing_period(following.ends, zone, anchor_day)
    return Period(period.ends, following.ends)


def previous_period(period: Period, zone: ZoneInfo | str, anchor_day: int) -> Period:
    """Return the billing period that ends where this one starts, by zone and anchor.

    Args:
        period: the period that starts.
        zone: the zone whose midnights count, or its IANA name.
        anchor_day: the day of the month on which periods begin, 1 to 31.
    """
    before = billing_period(period.starts - _HOUR, zone, anchor_day)
    if period.starts - before.starts < _SHORTEST_PERIOD:
        before = billing_period(before.starts - _HOUR, zone, anchor_day)
    return Period(before.starts, period.starts)


def _zone(zone: ZoneInfo | str) -> ZoneInfo:
    return ZoneInfo(zone) if isinstance(zone, str) else zone


def _day_start(day: date, zone: ZoneInfo) -> datetime:
    # A midnight that a clock change skips or repeats is read with the offset before the change (fold 0).
    return hour_ceil(datetime.combine(day, time.min, zone).astimezone(UTC))


def _month_start(month: int, anchor_day: int, zone: ZoneInfo) -> datetime:
    year, index = divmod(month, 12)
    day = min(anchor_day, monthrange(year, index + 1)[1])
    return _day_start(date(year, index + 1, day), zone)
