"""Billing periods follow each other without a gap, on full UTC hours, in every zone."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing_platform.kernel.periods import (
    Period,
    anchored_period,
    billing_period,
    day_period,
    hour_ceil,
    hour_floor,
    next_period,
    previous_period,
)

HOUR = timedelta(hours=1)
ZONES = st.sampled_from(sorted(zone for zone in available_timezones() if "/" in zone))
MOMENTS = st.datetimes(datetime(1985, 1, 1), datetime(2099, 12, 31)).map(  # noqa: DTZ001 (st wants naive bounds)
    lambda at: at.replace(tzinfo=UTC)
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def full_hours(period: Period) -> bool:
    return hour_floor(period.starts) == period.starts and hour_floor(period.ends) == period.ends


class TestPeriod:
    def test_it_is_half_open(self) -> None:
        period = Period(utc("2026-01-01"), utc("2026-02-01"))

        assert utc("2026-01-01") in period
        assert utc("2026-02-01") not in period
        assert period.duration_s == 31 * 24 * 3600

    def test_it_is_kept_in_utc(self) -> None:
        tokyo = datetime(2026, 1, 1, 9, tzinfo=ZoneInfo("Asia/Tokyo"))

        assert Period(tokyo, utc("2026-01-02")).starts.tzinfo is UTC

    @pytest.mark.parametrize("ends", ["2026-01-01", "2025-12-31"])
    def test_it_must_end_after_it_starts(self, ends: str) -> None:
        with pytest.raises(ValueError, match="must end after"):
            Period(utc("2026-01-01"), utc(ends))

    def test_it_refuses_a_moment_without_a_zone(self) -> None:
        with pytest.raises(ValueError, match="no time zone"):
            Period(datetime(2026, 1, 1), utc("2026-01-02"))  # noqa: DTZ001 (the fault under test)

    def test_overlap_is_the_common_stretch(self) -> None:
        january = Period(utc("2026-01-01"), utc("2026-02-01"))

        assert january.overlap(Period(utc("2026-01-20"), utc("2026-03-01"))) == Period(
            utc("2026-01-20"), utc("2026-02-01")
        )
        assert january.overlap(Period(utc("2026-02-01"), utc("2026-03-01"))) is None


class TestHours:
    def test_it_floors_and_ceils_to_full_utc_hours(self) -> None:
        kathmandu = datetime(2026, 1, 1, 12, 0, tzinfo=ZoneInfo("Asia/Kathmandu"))

        assert hour_floor(kathmandu) == utc("2026-01-01T06:00")
        assert hour_ceil(kathmandu) == utc("2026-01-01T07:00")
        assert hour_ceil(utc("2026-01-01T06:00")) == utc("2026-01-01T06:00")
        assert hour_ceil(utc("2026-01-01T06:00:00.000001")) == utc("2026-01-01T07:00")


class TestBillingPeriod:
    def test_an_anchor_keeps_its_day(self) -> None:
        period = billing_period(utc("2027-01-31T12:00"), "UTC", 31)
        starts = [period.starts.date()]
        for _ in range(4):
            period = next_period(period, "UTC", 31)
            starts.append(period.starts.date())

        assert starts == [
            date(2027, 1, 31),
            date(2027, 2, 28),
            date(2027, 3, 31),
            date(2027, 4, 30),
            date(2027, 5, 31),
        ]

    def test_february_of_a_leap_year_has_its_29th(self) -> None:
        assert billing_period(utc("2028-03-01"), "UTC", 30).starts == utc("2028-02-29")

    @pytest.mark.parametrize("anchor_day", [0, 32])
    def test_it_refuses_a_day_that_no_month_has(self, anchor_day: int) -> None:
        with pytest.raises(ValueError, match="day"):
            billing_period(utc("2026-01-01"), "UTC", anchor_day)

    @pytest.mark.parametrize(
        ("zone", "starts"),
        [
            ("UTC", "2026-06-01T00:00"),
            ("America/New_York", "2026-06-01T04:00"),
            ("Asia/Kolkata", "2026-05-31T19:00"),  # local midnight is 18:30 UTC
            ("Asia/Kathmandu", "2026-05-31T19:00"),  # 18:15 UTC
            ("Pacific/Chatham", "2026-05-31T12:00"),  # 11:15 UTC
            ("Pacific/Kiritimati", "2026-05-31T10:00"),
        ],
    )
    def test_a_boundary_is_the_first_full_hour_of_the_local_day(
        self, zone: str, starts: str
    ) -> None:
        assert billing_period(utc("2026-06-15"), zone, 1).starts == utc(starts)

    def test_the_minutes_before_that_hour_belong_to_the_month_before(self) -> None:
        at = utc("2026-05-31T18:45")  # 1 June, 00:15 in Kolkata

        assert billing_period(at, "Asia/Kolkata", 1).ends == utc("2026-05-31T19:00")

    @pytest.mark.parametrize("minute", ["03:00", "03:10", "03:29"])
    def test_a_clock_set_back_over_midnight_does_not_end_the_month_twice(self, minute: str) -> None:
        # St. John's went from 00:01 on 1 November 2009 back to 23:01 on 31 October.
        at = utc(f"2009-11-01T{minute}")

        assert at in billing_period(at, "America/St_Johns", 1)
        assert at in day_period(at, "America/St_Johns")

    @given(MOMENTS, ZONES, st.integers(1, 31))
    @settings(max_examples=300)
    def test_it_holds_its_moment_on_full_hours(self, at: datetime, zone: str, anchor: int) -> None:
        period = billing_period(at, zone, anchor)

        assert at in period
        assert full_hours(period)
        local = period.starts.astimezone(ZoneInfo(zone))
        expected = min(anchor, monthrange(local.year, local.month)[1])
        # Where the date line moved over a whole day, the period begins on the day after.
        assert local.day == expected or zone in {
            "Pacific/Apia",
            "Pacific/Kiritimati",
            "Pacific/Fakaofo",
            "Pacific/Enderbury",
            "Pacific/Kanton",
        }

    @given(MOMENTS, ZONES, st.integers(1, 31))
    @settings(max_examples=300)
    def test_periods_tile_time(self, at: datetime, zone: str, anchor: int) -> None:
        period = billing_period(at, zone, anchor)

        following = next_period(period, zone, anchor)

        assert following.starts == period.ends
        assert following == billing_period(period.ends, zone, anchor)
        assert previous_period(following, zone, anchor) == period
        assert 27 <= following.duration_s // 86400 <= 31


class TestAnchoredPeriod:
    def test_a_year_from_29_february_comes_back_to_it(self) -> None:
        period = anchored_period(utc("2028-05-01"), "UTC", anchor=date(2028, 2, 29), months=12)
        starts = [period.starts.date()]
        for _ in range(4):
            period = anchored_period(period.ends, "UTC", anchor=date(2028, 2, 29), months=12)
            starts.append(period.starts.date())

        assert starts == [
            date(2028, 2, 29),
            date(2029, 2, 28),
            date(2030, 2, 28),
            date(2031, 2, 28),
            date(2032, 2, 29),
        ]

    def test_it_counts_backwards_too(self) -> None:
        period = anchored_period(utc("2025-12-31"), "UTC", anchor=date(2026, 1, 31), months=3)

        assert (period.starts, period.ends) == (utc("2025-10-31"), utc("2026-01-31"))

    def test_it_refuses_a_cycle_of_no_months(self) -> None:
        with pytest.raises(ValueError, match="at least one month"):
            anchored_period(utc("2026-01-01"), "UTC", anchor=date(2026, 1, 1), months=0)

    @given(MOMENTS, ZONES, st.dates(date(1990, 1, 1), date(2060, 1, 1)), st.integers(1, 36))
    def test_cycles_tile_time(self, at: datetime, zone: str, anchor: date, months: int) -> None:
        period = anchored_period(at, zone, anchor=anchor, months=months)

        following = anchored_period(period.ends, zone, anchor=anchor, months=months)

        assert at in period
        assert following.starts == period.ends
        assert full_hours(period)


class TestChangeOfZone:
    def test_a_move_to_the_east_shortens_the_next_period(self) -> None:
        january = billing_period(utc("2026-01-15"), "UTC", 1)

        assert next_period(january, "Asia/Tokyo", 1) == Period(
            utc("2026-02-01"), utc("2026-02-28T15:00")
        )

    def test_a_move_to_the_west_leaves_no_period_of_some_hours(self) -> None:
        january = billing_period(utc("2026-01-15"), "UTC", 1)

        assert next_period(january, "America/New_York", 1) == Period(
            utc("2026-02-01"), utc("2026-03-01T05:00")
        )

    def test_looking_back_over_a_move_leaves_no_period_of_some_hours(self) -> None:
        february = Period(utc("2026-02-01"), utc("2026-03-01T05:00"))

        assert previous_period(february, "Asia/Tokyo", 1).starts == utc("2025-12-31T15:00")

    @given(MOMENTS, ZONES, ZONES, st.integers(1, 31), st.integers(1, 31))
    def test_no_hour_is_lost_or_doubled(
        self, at: datetime, zone: str, other: str, anchor: int, other_anchor: int
    ) -> None:
        period = billing_period(at, zone, anchor)

        following = next_period(period, other, other_anchor)

        assert following.starts == period.ends
        assert following.ends == billing_period(following.ends, other, other_anchor).starts
        assert timedelta(days=2) <= following.ends - following.starts <= timedelta(days=33)


class TestDayPeriod:
    @pytest.mark.parametrize(
        ("at", "hours"),
        [("2026-03-08T18:00", 23), ("2026-11-01T18:00", 25), ("2026-06-01T18:00", 24)],
    )
    def test_a_day_of_changing_clocks_has_23_or_25_hours(self, at: str, hours: int) -> None:
        assert day_period(utc(at), ZoneInfo("America/New_York")).duration_s == hours * 3600

    def test_the_minutes_before_the_first_full_hour_belong_to_the_day_before(self) -> None:
        at = utc("2026-05-31T18:45")  # 1 June, 00:15 in Kolkata

        assert day_period(at, "Asia/Kolkata").ends == utc("2026-05-31T19:00")

    def test_a_midnight_that_does_not_exist_is_the_moment_of_the_change(self) -> None:
        # Beirut skips 00:00 to 01:00 on 29 March 2026.
        assert day_period(utc("2026-03-29T12:00"), "Asia/Beirut").starts == utc("2026-03-28T22:00")

    def test_a_day_that_a_zone_left_out_is_no_period(self) -> None:
        last = day_period(utc("2011-12-30T09:00"), "Pacific/Apia")  # 29 December

        following = day_period(last.ends, "Pacific/Apia")

        assert last.ends == utc("2011-12-30T10:00")
        assert following.starts == last.ends
        assert following.starts.astimezone(ZoneInfo("Pacific/Apia")).day == 31

    @given(MOMENTS, ZONES)
    @settings(max_examples=300)
    def test_days_tile_time_on_full_hours(self, at: datetime, zone: str) -> None:
        day = day_period(at, zone)

        assert at in day
        assert full_hours(day)
        assert day_period(day.ends, zone).starts == day.ends
        assert day.duration_s in range(22 * 3600, 50 * 3600)
