"""Money is rounded half away from zero, and a split adds up to its whole."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_platform.kernel.errors import InvalidAmountError
from billing_platform.kernel.rounding import round_half_away, round_to_minor, spread

EXACTS = st.lists(st.fractions(min_value=-1000, max_value=1000, max_denominator=1000), max_size=20)


class TestRoundToMinor:
    @pytest.mark.parametrize(
        ("exact", "minor"),
        [
            ("0.5", 1),
            ("-0.5", -1),
            ("1.5", 2),
            ("2.5", 3),
            ("-2.5", -3),
            ("0.499999999999999999", 0),
            ("1234567890123456789.5", 1234567890123456790),
            ("1E-100000", 0),
        ],
    )
    def test_it_rounds_half_away_from_zero(self, exact: str, minor: int) -> None:
        assert round_to_minor(Decimal(exact)) == minor

    @pytest.mark.parametrize("exact", ["NaN", "sNaN", "Infinity", "-Infinity", "1E+30"])
    def test_it_refuses_what_is_no_amount(self, exact: str) -> None:
        with pytest.raises(InvalidAmountError):
            round_to_minor(Decimal(exact))

    @given(st.decimals(min_value=-(10**20), max_value=10**20, places=15))
    def test_it_is_symmetric_and_at_most_half_a_unit_away(self, exact: Decimal) -> None:
        minor = round_to_minor(exact)

        assert round_to_minor(exact.copy_negate()) == -minor
        assert abs(Fraction(exact) - minor) <= Fraction(1, 2)


class TestRoundHalfAway:
    def test_it_keeps_the_places_asked_for(self) -> None:
        assert round_half_away(Decimal("1.00005"), places=4) == Decimal("1.0001")
        assert str(round_half_away(Decimal(1), places=4)) == "1.0000"


class TestSpread:
    @given(EXACTS)
    def test_parts_add_up_and_stay_near(self, exacts: list[Fraction]) -> None:
        total = round(sum(exacts, Fraction(0)))

        parts = spread(exacts, total)

        assert sum(parts) == total
        assert all(abs(part - exact) < 1 for part, exact in zip(parts, exacts, strict=True))

    def test_it_refuses_a_total_that_is_not_the_rounded_sum(self) -> None:
        with pytest.raises(ValueError, match="rounded sum"):
            spread([Fraction(1, 2)], 2)
