"""What a benefit comes to and what a refund takes of it: never too much, and all of it in the end."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promotions.rules.amounts import least_amount, share_taken, worth


class TestWorth:
    @pytest.mark.parametrize(
        ("amount", "percent", "cap", "expected"),
        [
            (999, "10", None, 99),
            (10_000, "33.3333", None, 3333),
            (10_000, "50", 2000, 2000),
            (9, "10", None, 0),
        ],
    )
    def test_a_percentage_is_rounded_down_and_capped(
        self, amount: int, percent: str, cap: int | None, expected: int
    ) -> None:
        found = worth(amount, fixed_minor=None, percent=Decimal(percent), cap_minor=cap)

        assert found == expected

    @pytest.mark.parametrize("percent", ["0.5", "10", "33.3", "99.9999", "100"])
    def test_the_least_amount_is_the_first_that_gives_something(self, percent: str) -> None:
        least = least_amount(Decimal(percent))

        amounts = [
            worth(each, fixed_minor=None, percent=Decimal(percent), cap_minor=None)
            for each in (least - 1, least)
        ]
        assert amounts == [0, 1]


class TestShareTaken:
    @given(
        granted=st.integers(0, 10**9),
        refunds=st.lists(st.integers(0, 10**6), max_size=6),
        rest=st.integers(1, 10**6),
    )
    @settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
    def test_refunds_that_add_up_to_the_payment_take_all_and_never_more(
        self, granted: int, refunds: list[int], rest: int
    ) -> None:
        paid = sum(refunds) + rest
        so_far = [
            share_taken(granted, refunded_minor=sum(refunds[:no]), paid_minor=paid)
            for no in range(len(refunds) + 1)
        ]

        assert so_far == sorted(so_far)
        assert all(0 <= share <= granted for share in so_far)
        assert share_taken(granted, refunded_minor=paid, paid_minor=paid) == granted
        assert share_taken(granted, refunded_minor=paid + 1, paid_minor=paid) == granted
