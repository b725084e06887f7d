"""Pairs are taken in turn and told by their medians."""

from __future__ import annotations

import pytest

from billing_platform.benchmarks.scaling import exponent
from billing_platform.benchmarks.timing import Pair, Pairs, take_pair


class TestTakePair:
    @pytest.mark.parametrize(("number", "order"), [(0, ["floor", "app"]), (1, ["app", "floor"])])
    def test_the_sides_begin_in_turn_and_each_after_a_rest(
        self, number: int, order: list[str]
    ) -> None:
        done: list[str] = []

        take_pair(
            number,
            floor=lambda: done.append("floor"),
            app=lambda: done.append("app"),
            settle=lambda: done.append("rest"),
        )

        assert done == ["rest", order[0], "rest", order[1]]


class TestPairs:
    def test_one_disturbed_run_does_not_decide(self) -> None:
        pairs = Pairs((Pair(1.0, 1.5), Pair(1.0, 9.0), Pair(1.2, 1.4)))

        assert (pairs.floor_s, pairs.app_s) == (1.0, 1.5)
        assert pairs.ratio == 1.5
        assert pairs.taken[1].ratio == 9.0


class TestExponent:
    def test_of_a_linear_run_is_one(self) -> None:
        points = [(10_000, 0.12), (100_000, 1.2), (1_000_000, 12.0)]

        assert exponent(points) == pytest.approx(1.0)

    def test_of_a_quadratic_run_is_two(self) -> None:
        assert exponent([(10, 0.01), (1000, 100.0)]) == pytest.approx(2.0)

    def test_needs_two_numbers_of_tenants(self) -> None:
        with pytest.raises(ValueError, match="at least two"):
            exponent([(10, 1.0), (10, 2.0)])
