"""Whatever order the events of a resource come in, its stretches and seconds come out the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from usage.services.resource_intervals import (
    Resource,
    ResourceChange,
    Stretch,
    apply_changes,
    seconds_by_hour,
)

T0 = datetime(2026, 11, 20, 10, tzinfo=UTC)
RESOURCE = Resource(1, 2, "vm-1")


def change(minute: int, size: int | None) -> ResourceChange:
    return ResourceChange(
        RESOURCE, T0 + timedelta(minutes=minute), Decimal(size or 0), is_stop=size is None
    )


def shape(stretches: list[Stretch]) -> list[tuple[datetime, datetime | None, Decimal]]:
    return [(stretch.starts, stretch.ends, stretch.size) for stretch in stretches]


def seconds(stretches: list[Stretch]) -> Decimal:
    parts = [
        stretch.size * part
        for stretch in stretches
        for _, part in seconds_by_hour(stretch.starts, stretch.accrued)
    ]
    return sum(parts, Decimal(0))


class TestApplyChanges:
    def test_a_stop_ends_the_stretch(self) -> None:
        stretches = apply_changes([], [change(0, 2), change(90, None)])

        assert seconds(stretches) == 2 * 90 * 60
        assert stretches[0].ends == T0 + timedelta(minutes=90)

    def test_a_resize_begins_another_stretch(self) -> None:
        stretches = apply_changes([], [change(0, 2), change(30, 4), change(60, None)])

        assert seconds(stretches) == (2 + 4) * 30 * 60

    def test_what_runs_is_left_to_the_hourly_job(self) -> None:
        (running,) = apply_changes([], [change(0, 2)])

        assert running.ends is None
        assert running.accrued == running.starts

    def test_a_late_stop_takes_back_counted_hours(self) -> None:
        running = Stretch(T0, None, Decimal(1), T0 + timedelta(hours=5))

        stretches = apply_changes([running], [change(60, None)])

        assert seconds(stretches) == 3600

    def test_a_late_resize_keeps_the_horizon(self) -> None:
        running = Stretch(T0, None, Decimal(1), T0 + timedelta(hours=2))

        stretches = apply_changes([running], [change(60, 3)])

        assert seconds(stretches) == 3600 + 3 * 3600
        assert stretches[-1].accrued == T0 + timedelta(hours=2)

    def test_a_stop_without_a_start_waits_for_it(self) -> None:
        first = apply_changes([], [change(60, None)])
        stretches = apply_changes(first, [change(0, 1)])

        assert seconds(first) == 0
        assert seconds(stretches) == 3600

    def test_a_start_at_the_moment_of_the_stop_runs_on(self) -> None:
        stretches = apply_changes([], [change(0, 1), change(60, None), change(60, 2)])

        assert stretches[-1].ends is None
        assert stretches[-1].size == 2

    def test_every_order_of_arrival_ends_equal(self) -> None:
        changes = [change(0, 1), change(20, 2), change(50, None), change(70, 1), change(95, None)]
        expected = apply_changes([], changes)

        for order in permutations(changes):
            stretches: list[Stretch] = []
            for item in order:
                stretches = apply_changes(stretches, [item])
            assert shape(stretches) == shape(expected)
            assert seconds(stretches) == seconds(expected)


class TestSecondsByHour:
    @given(st.integers(0, 10**10), st.integers(0, 10**10))
    def test_the_parts_make_the_whole(self, start: int, length: int) -> None:
        starts = T0 + timedelta(microseconds=start)
        ends = starts + timedelta(microseconds=length)

        parts = list(seconds_by_hour(starts, ends))

        assert sum((part for _, part in parts), Decimal(0)) == Decimal(length).scaleb(-6)
        assert all(0 <= part <= 3600 for _, part in parts)
        assert all(hour.minute == hour.second == hour.microsecond == 0 for hour, _ in parts)
