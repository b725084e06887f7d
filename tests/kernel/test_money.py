"""Money keeps currencies apart and loses no minor unit."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from billing_platform.kernel.currencies import CURRENCY_CODES, minor_factor
from billing_platform.kernel.errors import (
    CurrencyMismatchError,
    InvalidAmountError,
    UnknownCurrencyError,
)
from billing_platform.kernel.money import (
    AMOUNT_MINOR_MAX,
    Money,
    round_lines,
    split_money,
    sum_money,
)

AMOUNTS = st.integers(-(10**15), 10**15)
CODES = st.sampled_from(CURRENCY_CODES)
EXACTS = st.decimals(min_value=-(10**9), max_value=10**9, places=12)


class TestMoney:
    def test_it_adds_and_subtracts_in_one_currency(self) -> None:
        price, tax = Money(1000, "USD"), Money(190, "USD")

        assert price + tax == Money(1190, "USD")
        assert price - tax == Money(810, "USD")
        assert -price == Money(-1000, "USD")
        assert abs(-price) == price
        assert 3 * tax == tax * 3 == Money(570, "USD")

    @pytest.mark.parametrize(
        "mix",
        [lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a < b, lambda a, b: a >= b],
    )
    def test_it_refuses_to_mix_currencies(self, mix: Any) -> None:
        with pytest.raises(CurrencyMismatchError, match="USD and EUR"):
            mix(Money(1, "USD"), Money(1, "EUR"))

    def test_equal_numbers_of_two_currencies_are_not_equal(self) -> None:
        assert Money(1, "USD") != Money(1, "EUR")

    @pytest.mark.parametrize("amount", [True, Decimal(1), "1", 1 + 0j, Fraction(1)])
    def test_it_holds_whole_numbers_only(self, amount: Any) -> None:
        with pytest.raises(TypeError, match="whole minor units"):
            Money(amount, "USD")

    def test_it_refuses_an_unknown_currency(self) -> None:
        with pytest.raises(UnknownCurrencyError):
            Money(1, "usd")

    @pytest.mark.parametrize("times", [Decimal("1.5"), True])
    def test_it_is_multiplied_by_whole_numbers_only(self, times: Any) -> None:
        with pytest.raises(TypeError, match="whole numbers"):
            Money(1, "USD") * times

    def test_it_is_not_combined_with_a_number(self) -> None:
        with pytest.raises(TypeError, match="int"):
            Money(1, "USD") + cast("Money", 1)

    def test_it_refuses_to_overflow(self) -> None:
        Money(-AMOUNT_MINOR_MAX, "USD")

        with pytest.raises(InvalidAmountError, match="too large"):
            Money(AMOUNT_MINOR_MAX, "USD") + Money(1, "USD")

    def test_it_orders_and_is_false_when_zero(self) -> None:
        assert sorted([Money(2, "USD"), Money(1, "USD")])[0] == Money(1, "USD")
        assert Money(1, "USD") <= Money(1, "USD")
        assert not Money.zero("USD")
        assert Money(-1, "USD")

    def test_it_cannot_be_changed(self) -> None:
        with pytest.raises(AttributeError):
            Money(1, "USD").amount_minor = 2  # type: ignore[misc]

    @given(AMOUNTS, AMOUNTS, AMOUNTS, CODES)
    def test_addition_is_a_group(self, a: int, b: int, c: int, code: str) -> None:
        x, y, z = Money(a, code), Money(b, code), Money(c, code)

        assert (x + y) + z == x + (y + z)
        assert x + y == y + x
        assert x + -x == Money.zero(code)
        assert x - y == x + -y

    @given(st.lists(AMOUNTS), CODES)
    def test_a_sum_is_the_sum_of_its_amounts(self, amounts: list[int], code: str) -> None:
        assert sum_money((Money(amount, code) for amount in amounts), code) == Money(
            sum(amounts), code
        )


class TestMajorUnits:
    @pytest.mark.parametrize(
        ("text", "currency", "amount_minor"),
        [
            ("12.50", "USD", 1250),
            ("12.5", "USD", 1250),
            ("-0.01", "USD", -1),
            ("1200", "JPY", 1200),
            ("1.234", "KWD", 1234),
            ("1.2345", "CLF", 12345),
            ("12.50000", "USD", 1250),
            ("1E+3", "USD", 100000),
        ],
    )
    def test_it_reads_the_currency_s_own_places(
        self, text: str, currency: str, amount_minor: int
    ) -> None:
        assert Money.from_major(Decimal(text), currency) == Money(amount_minor, currency)

    @pytest.mark.parametrize(("text", "currency"), [("0.001", "USD"), ("0.5", "JPY")])
    def test_it_never_rounds(self, text: str, currency: str) -> None:
        with pytest.raises(InvalidAmountError, match="decimal places"):
            Money.from_major(Decimal(text), currency)

    @pytest.mark.parametrize("text", ["NaN", "sNaN", "Infinity", "-Infinity", "1E+31", "1E-999999"])
    def test_it_refuses_what_is_no_amount(self, text: str) -> None:
        with pytest.raises(InvalidAmountError):
            Money.from_major(Decimal(text), "USD")

    def test_it_refuses_more_than_a_balance_can_hold(self) -> None:
        with pytest.raises(InvalidAmountError, match="too large"):
            Money.from_major(Decimal("92233720368547758.08"), "USD")

    @pytest.mark.parametrize(
        ("money", "text"),
        [
            (Money(1250, "USD"), "12.50 USD"),
            (Money(-5, "USD"), "-0.05 USD"),
            (Money(0, "KWD"), "0.000 KWD"),
            (Money(1200, "JPY"), "1200 JPY"),
            (Money(10**17, "JPY"), "100000000000000000 JPY"),
        ],
    )
    def test_it_shows_the_currency_s_own_places(self, money: Money, text: str) -> None:
        assert str(money) == text

    @given(st.integers(-AMOUNT_MINOR_MAX, AMOUNT_MINOR_MAX), CODES)
    def test_major_units_come_back_unchanged(self, amount: int, code: str) -> None:
        money = Money(amount, code)

        assert Money.from_major(money.to_major(), code) == money
        assert Fraction(money.to_major()) * minor_factor(code) == amount

    def test_an_exact_amount_is_rounded_once(self) -> None:
        assert Money.from_exact(Decimal("1249.5"), "USD") == Money(1250, "USD")


class TestSplitMoney:
    def test_it_gives_the_odd_cent_to_the_first_of_equals(self) -> None:
        assert [part.amount_minor for part in split_money(Money(100, "USD"), [1, 1, 1])] == [
            34,
            33,
            33,
        ]

    def test_it_gives_the_odd_cent_to_the_largest_remainder(self) -> None:
        parts = split_money(Money(10, "USD"), [Decimal("0.15"), Decimal("0.26"), Decimal("0.59")])

        assert [part.amount_minor for part in parts] == [1, 3, 6]

    @pytest.mark.parametrize(
        "weights", [[], [0, 0], [1, -1], [3, -1], [Decimal("NaN")], [Decimal("Infinity")]]
    )
    def test_it_refuses_weights_that_say_nothing(self, weights: list[Any]) -> None:
        with pytest.raises(ValueError, match=r"[Ww]eight"):
            split_money(Money(100, "USD"), weights)

    @given(AMOUNTS, st.lists(st.integers(0, 10**6), min_size=1, max_size=30))
    def test_it_loses_nothing_and_is_fair(self, amount: int, weights: list[int]) -> None:
        assume(sum(weights) > 0)

        parts = split_money(Money(amount, "USD"), weights)

        assert sum(part.amount_minor for part in parts) == amount
        for part, weight in zip(parts, weights, strict=True):
            exact = Fraction(amount * weight, sum(weights))
            assert abs(part.amount_minor - exact) < 1
            assert weight or not part

    @given(AMOUNTS, st.lists(st.integers(1, 100), min_size=1, max_size=9))
    def test_a_credit_mirrors_its_charge(self, amount: int, weights: list[int]) -> None:
        charge = split_money(Money(amount, "USD"), weights)

        assert split_money(Money(-amount, "USD"), weights) == tuple(-part for part in charge)


class TestRoundLines:
    def test_lines_add_up_to_their_sum_rounded_once(self) -> None:
        lines = round_lines([Decimal("0.4"), Decimal("0.4"), Decimal("0.4")], "USD")

        assert [line.amount_minor for line in lines] == [1, 0, 0]

    def test_no_lines_are_nothing(self) -> None:
        assert round_lines([], "USD") == ()

    def test_it_refuses_what_is_no_amount(self) -> None:
        with pytest.raises(InvalidAmountError):
            round_lines([Decimal("NaN")], "USD")

    @given(st.lists(EXACTS, max_size=30))
    def test_the_sum_is_rounded_half_away_from_zero(self, exacts: list[Decimal]) -> None:
        lines = round_lines(exacts, "USD")

        total = sum(map(Fraction, exacts), Fraction(0))
        away = int(abs(total) + Fraction(1, 2))
        assert sum(line.amount_minor for line in lines) == (away if total >= 0 else -away)
        for line, exact in zip(lines, exacts, strict=True):
            assert abs(line.amount_minor - Fraction(exact)) < 1

    @given(st.lists(EXACTS, max_size=30))
    def test_a_credit_note_mirrors_its_invoice(self, exacts: list[Decimal]) -> None:
        invoice = round_lines(exacts, "USD")

        credit = round_lines([exact.copy_negate() for exact in exacts], "USD")

        assert credit == tuple(-line for line in invoice)
