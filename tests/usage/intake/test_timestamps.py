"""Times are RFC 3339 with a zone, and only those near the present come in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from usage.intake.timestamps import TimeLimits, read_time, window_at
from usage.intake.verdicts import BadEventError, Reason

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


class TestReadTime:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("2026-11-20T10:00:00Z", datetime(2026, 11, 20, 10, tzinfo=UTC)),
            ("2026-11-20t10:00:00z", datetime(2026, 11, 20, 10, tzinfo=UTC)),
            ("2026-11-20T10:00:00+05:45", datetime(2026, 11, 20, 4, 15, tzinfo=UTC)),
            (
                "2026-11-20T10:00:00.123456789Z",
                datetime(2026, 11, 20, 10, 0, 0, 123456, tzinfo=UTC),
            ),
            ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)),
            ("2016-12-31T23:59:60.5Z", datetime(2016, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)),
        ],
    )
    def test_it_returns_utc(self, text: str, expected: datetime) -> None:
        assert read_time(text) == expected
        assert read_time(text).tzinfo is UTC

    @pytest.mark.parametrize(
        "value",
        [
            None, 0, 1763632800, "", "now", "2026-11-20", "2026-11-20T10:00:00", "2026-W47-5T10:00:00Z",
            "2026-02-30T10:00:00Z", "2026-11-20T25:00:00Z", "20261120T100000Z", "0000-01-01T00:00:00Z",
            "0001-01-01T00:00:00+14:00", "2026-11-20T10:00:00Z" + "0" * 10_000, True, [],
        ],
    )  # fmt: skip
    def test_it_refuses(self, value: object) -> None:
        with pytest.raises(BadEventError) as caught:
            read_time(value)

        assert caught.value.reason == Reason.INVALID_TIME


class TestWindowAt:
    @pytest.mark.parametrize(
        ("at", "reason"),
        [
            (NOW, None),
            (NOW + timedelta(minutes=5), None),
            (NOW + timedelta(minutes=5, microseconds=1), Reason.FUTURE),
            (NOW - timedelta(days=35), None),
            (NOW - timedelta(days=35, microseconds=1), Reason.TOO_LATE),
            (datetime(1970, 1, 1, tzinfo=UTC), Reason.TOO_LATE),
            (datetime(9999, 1, 1, tzinfo=UTC), Reason.FUTURE),
        ],
    )
    def test_it_holds_the_limits(self, at: datetime, reason: Reason | None) -> None:
        assert window_at(NOW, TimeLimits()).refusal(at) == reason

    def test_history_has_no_late_limit_but_a_floor(self) -> None:
        window = window_at(NOW, TimeLimits(late=None))

        assert window.refusal(datetime(2010, 1, 1, tzinfo=UTC)) is None
        assert window.refusal(datetime(1970, 1, 1, tzinfo=UTC)) == Reason.TOO_LATE
