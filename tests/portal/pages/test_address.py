"""Reading an address: what is asked for, and what nobody can have meant."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from billing_platform.portal.pages.address import (
    address_day,
    address_hour,
    address_moment,
    address_text,
    days_bounds,
    hour_text,
    row_number,
)
from billing_platform.portal.pages.payments_filter import PaymentFilter


class TestAddressText:
    def test_leaves_out_what_no_column_can_hold(self) -> None:
        assert address_text(" a\x00cme ", 10) == "acme"
        assert PaymentFilter.of({"client": "a\x00", "way": "\x00b"}) == PaymentFilter(
            client="a", way="b"
        )

    def test_ends_at_its_limit(self) -> None:
        assert address_text("abcdef", 3) == "abc"


class TestRowNumber:
    @pytest.mark.parametrize(
        ("text", "number"), [("12", 12), ("", 0), ("-1", 0), ("²", 0), ("9" * 18, 10**18 - 1)]
    )
    def test_is_what_the_text_names(self, text: str, number: int) -> None:
        assert row_number(text) == number

    def test_is_none_beyond_a_bigint(self) -> None:
        assert row_number("9" * 19) == 0


class TestAddressDay:
    def test_is_a_day_of_a_year_in_which_something_is_charged(self) -> None:
        assert address_day("2026-11-20") == date(2026, 11, 20)

    @pytest.mark.parametrize("text", ["", "yesterday", "2026-02-30", "0001-01-01", "9999-12-31"])
    def test_is_none_for_what_names_none(self, text: str) -> None:
        assert address_day(text) is None


class TestAddressMoment:
    def test_is_a_moment_with_its_zone(self) -> None:
        assert address_moment("2026-11-20T08:00:00+00:00") == datetime(2026, 11, 20, 8, tzinfo=UTC)

    @pytest.mark.parametrize("text", ["", "2026-11-20T08:00:00", "0001-01-01T00:00:00+14:00"])
    def test_is_none_without_zone_or_beyond_the_years(self, text: str) -> None:
        assert address_moment(text) is None


class TestAddressHour:
    def test_is_what_was_written(self) -> None:
        hour = datetime(2026, 11, 20, 8, tzinfo=UTC)
        assert address_hour(hour_text(hour)) == hour

    @pytest.mark.parametrize("text", ["", "2026-11-20", "0001-01-01T00", "9999-12-31T23"])
    def test_is_none_for_what_names_none(self, text: str) -> None:
        assert address_hour(text) is None


class TestDaysBounds:
    def test_holds_the_last_day_whole_in_its_zone(self) -> None:
        begins, ends = days_bounds(date(2026, 3, 29), date(2026, 3, 29), "Europe/Berlin")
        assert begins
        assert ends
        # That day the clocks are put forward.
        assert ends.astimezone(UTC) - begins.astimezone(UTC) == timedelta(hours=23)

    def test_has_no_bound_without_a_day(self) -> None:
        assert days_bounds(None, None, "UTC") == (None, None)
