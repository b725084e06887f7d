"""Tax is rounded once per group, lines add up to it, and gross amounts are never lost."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from tax.rules.amounts import group_amounts, taxes_of

AMOUNTS = st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=12)
PERCENT = st.decimals(0, 100, places=4, allow_nan=False)
PERCENTS = st.lists(PERCENT, min_size=1, max_size=3)
SIGNED = settings(max_examples=150, deadline=None)


class TestNet:
    def test_is_rounded_once_for_all_lines(self) -> None:
        # Three lines of 0.33 at 19 %: 0.1881 is 0.19, and not three times 0.06.
        found = group_amounts([33, 33, 33], [Decimal(19)], includes_tax=False)

        assert (found.base, found.taxes) == (99, (19,))
        assert found.line_taxes == (7, 6, 6)

    def test_on_every_line_where_the_provider_wants_it(self) -> None:
        found = group_amounts([33, 33, 33], [Decimal(19)], includes_tax=False, per_line=True)

        assert (found.taxes, found.line_taxes) == ((18,), (6, 6, 6))

    def test_half_a_cent_is_rounded_away_from_zero_both_ways(self) -> None:
        assert taxes_of(50, [Decimal(19)]) == (10,)
        assert taxes_of(-50, [Decimal(19)]) == (-10,)

    def test_both_halves_of_india_s_tax_are_the_same(self) -> None:
        # 9.045 rupees are 9.05, not 9: CGST Act 2017, s. 170 rounds to the rupee what is payable under the Act, which
        # is the sum of a return; forms GSTR-1 and INV-01 take the tax of each document with its paise.
        found = group_amounts([10050], [Decimal(9), Decimal(9)], includes_tax=False)

        assert found.taxes == (905, 905)

    @SIGNED
    @given(AMOUNTS, PERCENTS)
    def test_lines_add_up_to_the_group(self, amounts: list[int], percents: list[Decimal]) -> None:
        found = group_amounts(amounts, percents, includes_tax=False)

        assert found.nets == tuple(amounts)
        assert sum(found.line_taxes) == sum(found.taxes)
        assert found.taxes == taxes_of(sum(amounts), percents)  # BR-CO-17

    @SIGNED
    @given(AMOUNTS, PERCENTS)
    def test_a_credit_note_undoes_its_invoice(
        self, amounts: list[int], percents: list[Decimal]
    ) -> None:
        one = group_amounts(amounts, percents, includes_tax=False)
        back = group_amounts([-amount for amount in amounts], percents, includes_tax=False)

        assert back.taxes == tuple(-tax for tax in one.taxes)
        assert back.line_taxes == tuple(-tax for tax in one.line_taxes)


class TestGross:
    def test_the_tax_is_taken_out(self) -> None:
        found = group_amounts([11900], [Decimal(19)], includes_tax=True)

        assert (found.base, found.taxes) == (10000, (1900,))

    def test_both_halves_of_india_s_tax_are_the_same(self) -> None:
        # No whole base has 199.88 at twice 9 %: 169.38 makes 15.24 twice, 169.39 makes 15.25.
        found = group_amounts([19988], [Decimal(9), Decimal(9)], includes_tax=True)

        assert (found.base, found.taxes) == (16938, (1525, 1525))

    @SIGNED
    @given(AMOUNTS, PERCENT, st.integers(2, 3), st.booleans())
    def test_taxes_of_one_rate_are_the_same(
        self, amounts: list[int], percent: Decimal, times: int, per_line: bool
    ) -> None:
        found = group_amounts(amounts, [percent] * times, includes_tax=True, per_line=per_line)

        assert len({*found.taxes}) == 1
        assert found.base + sum(found.taxes) == sum(found.nets) + sum(found.line_taxes)
        assert sum(found.nets) + sum(found.line_taxes) == sum(amounts)
        if not per_line:
            exact = sum(amounts) * Fraction(percent) / (100 + times * Fraction(percent))
            assert abs(found.taxes[0] - exact) < 1

    def test_where_no_base_fits_the_gross_amount_still_holds(self) -> None:
        # At 20 % no whole base has the gross amount 3: 2 makes 2 and 3 makes 4.
        found = group_amounts([3], [Decimal(20)], includes_tax=True)

        assert found.base + sum(found.taxes) == 3

    @SIGNED
    @given(AMOUNTS, PERCENTS, st.booleans())
    def test_is_never_lost(
        self, amounts: list[int], percents: list[Decimal], per_line: bool
    ) -> None:
        found = group_amounts(amounts, percents, includes_tax=True, per_line=per_line)

        assert found.base + sum(found.taxes) == sum(amounts)
        assert sum(found.nets) == found.base
        assert sum(found.line_taxes) == sum(found.taxes)
        sums = [net + tax for net, tax in zip(found.nets, found.line_taxes, strict=True)]
        assert sums == amounts

    @SIGNED
    @given(st.integers(-(10**9), 10**9), PERCENTS)
    def test_net_to_gross_and_back_is_the_same(self, net: int, percents: list[Decimal]) -> None:
        there = group_amounts([net], percents, includes_tax=False)

        back = group_amounts([net + sum(there.taxes)], percents, includes_tax=True)

        assert back.base + sum(back.taxes) == net + sum(there.taxes)
        if len(percents) == 1:
            assert (back.base, back.taxes) == (net, there.taxes)
