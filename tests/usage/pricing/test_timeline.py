"""An item's time is cut where its price changes, and where a billing period is covered in part."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from billing_platform.kernel.periods import Period, billing_period
from usage.pricing.timeline import NEVER, Piece, PriceSpan, pieces_of

START = datetime(2026, 11, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def month_of(at: datetime) -> Period:
    return billing_period(at, "UTC", 1)


def cut(*spans: PriceSpan, starts: datetime = START, ends: datetime = NEVER) -> list[Piece]:
    return pieces_of(starts, ends, spans, month_of)


class TestPiecesOf:
    def test_one_price_is_one_piece(self) -> None:
        assert cut(PriceSpan(1)) == [Piece(START, NEVER, 1)]

    def test_hours_without_a_price_have_no_piece(self) -> None:
        found = cut(PriceSpan(1, ends=START + HOUR), PriceSpan(2, starts=START + 3 * HOUR))

        assert [(p.starts, p.ends, p.price_id) for p in found] == [
            (START, START + HOUR, 1),
            (START + 3 * HOUR, NEVER, 2),
        ]

    def test_an_own_price_goes_first_and_the_public_one_comes_back(self) -> None:
        own = PriceSpan(9, START + DAY, START + 2 * DAY, is_own=True)

        assert [p.price_id for p in cut(PriceSpan(1), own)] == [1, 9, 1]

    def test_a_continuing_price_counts_on_unless_there_was_a_gap(self) -> None:
        spans = [
            PriceSpan(1, ends=START + DAY),
            PriceSpan(2, START + DAY, START + 2 * DAY, is_continuing=True),
            PriceSpan(3, START + 3 * DAY, is_continuing=True),
        ]

        assert [p.continues for p in cut(*spans)] == [False, True, False]

    def test_both_ends_of_a_prorated_item_are_cut(self) -> None:
        found = cut(PriceSpan(1, is_prorated=True), starts=START + 15 * DAY, ends=START + 40 * DAY)

        assert [(p.starts, p.ends, p.fraction) for p in found] == [
            (START + 15 * DAY, START + 30 * DAY, Fraction(1, 2)),
            (START + 30 * DAY, START + 40 * DAY, Fraction(10, 31)),
        ]

    def test_a_contract_within_one_month_is_cut_once(self) -> None:
        found = cut(PriceSpan(1, is_prorated=True), starts=START + DAY, ends=START + 4 * DAY)

        assert [p.fraction for p in found] == [Fraction(1, 10)]

    def test_a_change_that_counts_on_shares_the_allowance_of_the_month(self) -> None:
        spans = [
            PriceSpan(1, ends=START + DAY, is_prorated=True),
            PriceSpan(2, START + DAY, is_prorated=True, is_continuing=True),
        ]

        assert [p.fraction for p in cut(*spans)] == [None, None]

    def test_a_change_that_counts_anew_splits_the_allowance(self) -> None:
        spans = [
            PriceSpan(1, ends=START + 3 * DAY, is_prorated=True),
            PriceSpan(2, START + 3 * DAY, is_prorated=True),
        ]

        assert [p.fraction for p in cut(*spans)] == [Fraction(1, 10), Fraction(9, 10), None]

    @given(
        edges=st.lists(st.integers(1, 2000), unique=True, max_size=5),
        own=st.tuples(st.integers(0, 2000), st.integers(1, 500)),
        length=st.integers(1, 2500),
        prorated=st.booleans(),
        continuing=st.booleans(),
    )
    def test_pieces_tile_the_item(
        self, edges: list[int], own: tuple[int, int], length: int, prorated: bool, continuing: bool
    ) -> None:
        marks = [START, *(START + edge * HOUR for edge in sorted(edges)), NEVER]
        spans = [
            PriceSpan(number, low, high, is_prorated=prorated, is_continuing=continuing)
            for number, (low, high) in enumerate(itertools.pairwise(marks))
        ]
        begins = START + own[0] * HOUR
        spans.append(PriceSpan(99, begins, begins + own[1] * HOUR, is_own=True))
        ends = START + length * HOUR

        found = cut(*spans, ends=ends)

        assert [p.starts for p in found] == [START, *(p.ends for p in found[:-1])]
        assert found[-1].ends == ends
        assert all(p.starts < p.ends for p in found)
