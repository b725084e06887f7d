"""The clock speaks UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine

from billing_platform.kernel.clock import as_utc, from_epoch, now


class TestClock:
    @time_machine.travel("2026-11-20T12:00:00+00:00", tick=False)
    def test_now_is_aware_and_in_utc(self) -> None:
        assert now() == datetime(2026, 11, 20, 12, tzinfo=UTC)
        assert now().tzinfo is UTC

    def test_a_moment_of_any_zone_comes_to_utc(self) -> None:
        at = datetime(2026, 11, 20, 12, tzinfo=ZoneInfo("Asia/Tokyo"))

        assert as_utc(at).isoformat() == "2026-11-20T03:00:00+00:00"

    def test_a_moment_without_a_zone_is_refused(self) -> None:
        with pytest.raises(ValueError, match="no time zone"):
            as_utc(datetime(2026, 11, 20))  # noqa: DTZ001 (the fault under test)

    @pytest.mark.parametrize("text", ["0001-01-01T00:00+14:00", "9999-12-31T23:00-12:00"])
    def test_a_moment_outside_the_calendar_is_refused(self, text: str) -> None:
        with pytest.raises(ValueError, match="years 1 to 9999"):
            as_utc(datetime.fromisoformat(text))

    def test_a_unix_time_is_read(self) -> None:
        assert from_epoch(1_795_000_000).isoformat() == "2026-11-18T11:06:40+00:00"

    # The C library, the calendar and Python each refuse their own kind with an error of its own.
    @pytest.mark.parametrize(
        "seconds", [10**11 * 3, -(10**12), 10**17, 10**30, float("nan"), float("inf")]
    )
    def test_a_unix_time_outside_the_calendar_is_refused(self, seconds: float) -> None:
        with pytest.raises(ValueError, match="is no moment"):
            from_epoch(seconds)
