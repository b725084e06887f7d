"""Low-balance levels are sent once per fall and armed again by credit."""

from __future__ import annotations

from decimal import Decimal

import pytest

from accounts.services import warnings
from accounts.types import DueSelection
from tests.accounts.books import NOW, Books, open_books

pytestmark = pytest.mark.django_db


def levels(books: Books) -> list[tuple[str, int]]:
    return [(message["basis"], message["level"]) for message in books.messages("wallet.warning")]


def burn(books: Books, per_hour: str) -> int:
    selection = DueSelection(
        sql="SELECT %(wallet)s::bigint AS wallet_id, %(rate)s::numeric AS minor_per_hour",
        params={"wallet": books.wallets[0], "rate": Decimal(per_hour)},
    )
    return warnings.record_burn_rates(provider_id=books.provider_id, selection=selection, now=NOW)


def set_levels(books: Books, amounts: list[int], hours: list[int]) -> None:
    warnings.set_warning_levels(
        provider_id=books.provider_id,
        wallet_ids=books.wallets,
        amounts_minor=amounts,
        hours=hours,
        now=NOW,
    )


class TestLevelsByAmount:
    def test_each_is_sent_once_per_fall(self) -> None:
        with open_books() as books:
            books.post(1200)
            for due in (100, 199, 200, 210, 700, 710):
                books.due(due)

            assert levels(books) == [("amount", 1000), ("amount", 500)]

    def test_a_deep_fall_is_one_message_for_the_most_urgent(self) -> None:
        with open_books() as books:
            books.post(1200)
            books.due(1300)

            assert levels(books) == [("amount", 0)]
            books.due(1310)
            assert len(levels(books)) == 1

    def test_credit_arms_them_again(self) -> None:
        with open_books() as books:
            books.post(1200)
            books.due(300)
            books.post(500)
            books.due(800)

            assert levels(books) == [("amount", 1000), ("amount", 1000)]

    def test_a_new_empty_wallet_is_no_fall(self) -> None:
        with open_books() as books:
            books.due(10)

            assert levels(books) == []

    def test_a_wallet_that_is_not_charged_is_not_warned(self) -> None:
        with open_books(billing_plan="POSTPAID") as books:
            books.post(1200)
            books.post(-1100)

            assert levels(books) == []


class TestLevelsByHours:
    def test_the_burn_rate_decides(self) -> None:
        with open_books() as books:
            set_levels(books, [], [24])
            books.post(10_000)
            assert burn(books, "100") == 1
            assert levels(books) == []

            books.due(7600)

            assert levels(books) == [("hours", 24)]

    def test_a_faster_burn_is_a_fall_as_well_and_wobbling_is_not(self) -> None:
        with open_books() as books:
            set_levels(books, [], [24])
            books.post(10_000)
            for rate in ("100", "420", "400", "430", "10", "500"):
                burn(books, rate)

            assert levels(books) == [("hours", 24)]

            books.post(90_000)
            books.due(95_000)

            assert levels(books) == [("hours", 24)] * 2

    def test_the_same_rate_changes_nothing(self) -> None:
        with open_books() as books:
            burn(books, "0.000123")

            assert burn(books, "0.000123") == 0

    def test_no_burn_is_no_warning(self) -> None:
        with open_books() as books:
            set_levels(books, [], [24])
            books.post(10)
            burn(books, "0")
            books.due(9)

            assert levels(books) == []


class TestSetWarningLevels:
    def test_levels_that_stay_remember_what_was_sent(self) -> None:
        with open_books() as books:
            books.post(1200)
            books.due(300)
            set_levels(books, [1000, 800], [])

            books.due(310)
            books.due(450)

            assert levels(books) == [("amount", 1000), ("amount", 800)]

    def test_no_levels_are_no_warnings(self) -> None:
        with open_books() as books:
            set_levels(books, [], [])
            books.post(1200)
            books.due(1300)

            assert levels(books) == []
