"""Quantities are read digit for digit or refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usage.intake.quantities import decimals, is_canonical, read_quantity
from usage.intake.verdicts import BadEventError, Reason
from usage.pricing.exact import plain


class TestReadQuantity:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("1.50", "1.50"),
            ("0.000000000001", "0.000000000001"),
            ("-3", "-3"),
            (7, "7"),
            (Decimal("0.1"), "0.1"),
            ("1e-7", "1e-7"),
            (".5", "0.5"),
            ("1." + "0" * 40, "1"),
            ("0e9999", "0"),
        ],
    )
    def test_it_keeps_every_digit(self, value: object, expected: str) -> None:
        assert read_quantity(value) == Decimal(expected)

    @pytest.mark.parametrize("counter", [2**63 - 1, 2**63, 2**64 - 1])
    def test_a_counter_of_64_bits_that_went_below_zero_is_too_large(self, counter: int) -> None:
        for value in (counter, str(counter), Decimal(counter)):
            with pytest.raises(BadEventError) as refused:
                read_quantity(value)
            assert refused.value.reason == Reason.TOO_LARGE

    def test_one_of_32_bits_is_a_quantity_like_others(self) -> None:
        assert read_quantity(2**32 - 1) == 4_294_967_295

    @pytest.mark.parametrize(
        ("value", "reason"),
        [
            ("NaN", Reason.INVALID_QUANTITY),
            ("Infinity", Reason.INVALID_QUANTITY),
            ("-inf", Reason.INVALID_QUANTITY),
            (Decimal("NaN"), Reason.INVALID_QUANTITY),
            (Decimal("Infinity"), Reason.INVALID_QUANTITY),
            ("1_000", Reason.INVALID_QUANTITY),
            ("\u0661", Reason.INVALID_QUANTITY),
            ("", Reason.INVALID_QUANTITY),
            (" 1", Reason.INVALID_QUANTITY),
            ("1\n", Reason.INVALID_QUANTITY),
            ("one", Reason.INVALID_QUANTITY),
            (True, Reason.INVALID_QUANTITY),
            (None, Reason.INVALID_QUANTITY),
            ([], Reason.INVALID_QUANTITY),
            (1.5, Reason.INVALID_QUANTITY),
            ("1e30", Reason.TOO_LARGE),
            (10**30, Reason.TOO_LARGE),
            ("9" * 80, Reason.TOO_LARGE),
            ("1e99999999", Reason.TOO_LARGE),
            ("1" + "0" * 18, Reason.TOO_LARGE),
            ("0." + "1" * 40, Reason.TOO_MANY_DECIMALS),
            ("0." + "1" * 80, Reason.TOO_MANY_DECIMALS),
            ("1e-19", Reason.TOO_MANY_DECIMALS),
            ("..", Reason.INVALID_QUANTITY),
        ],
    )
    def test_it_refuses(self, value: object, reason: Reason) -> None:
        with pytest.raises(BadEventError) as caught:
            read_quantity(value)

        assert caught.value.reason == reason

    @given(
        st.decimals(
            min_value=Decimal(-(10**17)), max_value=Decimal(10**17), allow_nan=False, places=18
        )
    )
    def test_plain_text_reads_back_as_the_same_number(self, number: Decimal) -> None:
        assert read_quantity(plain(number)) == number


class TestPlain:
    @pytest.mark.parametrize(
        ("number", "text"),
        [("1.50", "1.5"), ("-0.0", "0"), ("1E+3", "1000"), ("1E-7", "0.0000001"), ("100", "100")],
    )
    def test_equal_numbers_have_one_text(self, number: str, text: str) -> None:
        assert plain(Decimal(number)) == text


class TestDecimals:
    @pytest.mark.parametrize(
        ("number", "count"),
        [("1.5", 1), ("1.50", 2), ("1e3", 0), ("0e-40", 0), ("1." + "0" * 30, 0)],
    )
    def test_it_counts_needed_digits(self, number: str, count: int) -> None:
        assert decimals(Decimal(number)) == count


class TestIsCanonical:
    @pytest.mark.parametrize(
        "text",
        ["0", "1", "-1", "10", "0.5", "-0.5", "1.05", "999999999999999999.000000000000000001"],
    )
    def test_it_knows_what_plain_writes(self, text: str) -> None:
        assert is_canonical(text)
        assert plain(Decimal(text)) == text

    @pytest.mark.parametrize(
        "value", ["-0", "00", "01", "1.0", "1.", ".5", "1e2", "+1", "", 1, Decimal(1)]
    )
    def test_another_spelling_is_none(self, value: object) -> None:
        assert not is_canonical(value)
