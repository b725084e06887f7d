"""Amounts are converted at stored rates, exactly, and rounded once."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from billing_platform.kernel.money import Money
from tax.rules.exchange import converted, way
from tax.types_exchange import QuotedRate

DAY = date(2026, 11, 19)


def rate(base: str, quote: str, value: str, on: date = DAY) -> QuotedRate:
    return QuotedRate(base=base, quote=quote, rate=Decimal(value), on=on, source="ECB")


DOLLAR, ZLOTY = rate("EUR", "USD", "1.0857"), rate("EUR", "PLN", "4.2345")


class TestWay:
    def test_is_the_newest_rate_of_both(self) -> None:
        older = rate("USD", "EUR", "0.9", DAY - timedelta(days=3))

        assert way([DOLLAR, older], "USD", "EUR") == (DOLLAR,)

    def test_goes_through_the_euro_by_rates_of_one_day(self) -> None:
        later = rate("EUR", "USD", "1.2", DAY + timedelta(days=1))

        assert way([later, DOLLAR, ZLOTY], "USD", "PLN") == (DOLLAR, ZLOTY)

    def test_takes_a_direct_rate_unless_the_other_way_is_newer(self) -> None:
        direct = rate("USD", "PLN", "3.9")
        older = rate("USD", "PLN", "3.9", DAY - timedelta(days=1))

        assert way([direct, DOLLAR, ZLOTY], "USD", "PLN") == (direct,)
        assert way([DOLLAR, ZLOTY, older], "USD", "PLN") == (DOLLAR, ZLOTY)

    def test_is_empty_where_no_rate_leads(self) -> None:
        assert way([ZLOTY], "USD", "PLN") == ()
        assert way([ZLOTY], "USD", "EUR") == ()


class TestConverted:
    @pytest.mark.parametrize(
        ("amount", "target", "steps", "result"),
        [
            # 19.00 / 1.0857 = 17.5002…
            (Money(1900, "USD"), "EUR", (DOLLAR,), Money(1750, "EUR")),
            # 17.50 × 1.0857 = 18.99975
            (Money(1750, "EUR"), "USD", (DOLLAR,), Money(1900, "USD")),
            # 19.00 / 1.0857 × 4.2345 = 74.1047…
            (Money(1900, "USD"), "PLN", (DOLLAR, ZLOTY), Money(7410, "PLN")),
            # Half a cent goes away from zero, in both directions.
            (Money(1, "EUR"), "USD", (rate("EUR", "USD", "0.5"),), Money(1, "USD")),
            (Money(-1, "EUR"), "USD", (rate("EUR", "USD", "0.5"),), Money(-1, "USD")),
            # 1000 yen without decimals / 160.5 = 6.2305…
            (Money(1000, "JPY"), "EUR", (rate("EUR", "JPY", "160.5"),), Money(623, "EUR")),
        ],
    )
    def test_is_rounded_once(
        self, amount: Money, target: str, steps: tuple[QuotedRate, ...], result: Money
    ) -> None:
        assert converted(amount, target, steps) == result

    def test_refuses_rates_that_do_not_lead_there(self) -> None:
        with pytest.raises(ValueError, match="does not convert"):
            converted(Money(1, "GBP"), "EUR", (DOLLAR,))
        with pytest.raises(ValueError, match="lead to EUR"):
            converted(Money(1, "USD"), "PLN", (DOLLAR,))

    @given(some.integers(-(10**12), 10**12), some.integers(-(10**12), 10**12))
    def test_parts_differ_from_their_whole_by_a_cent_at_most(self, one: int, other: int) -> None:
        whole = converted(Money(one + other, "USD"), "EUR", (DOLLAR,))
        parts = [converted(Money(each, "USD"), "EUR", (DOLLAR,)) for each in (one, other)]

        assert abs(whole.amount_minor - sum(part.amount_minor for part in parts)) <= 1
