"""A day is sealed once, in order; what commits late lies in the next seal."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.errors import SealTooEarly
from accounts.selectors.movements import daily_movements
from accounts.services import sealing
from accounts.services.audit import verify
from billing_platform.kernel.rows import execute
from tests.accounts.books import NOW, Books, open_books, rows
from tests.roles import as_role

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
DAY = timedelta(days=1)


def seal(books: Books, day: date) -> sealing.SealResult:
    with as_role("worker"):
        return sealing.seal_day(provider_id=books.provider_id, day=day, now=NOW)


class TestSealDay:
    def test_it_covers_the_day_and_what_came_late(self) -> None:
        with open_books() as books:
            books.post(500, now=NOW - 2 * DAY)
            books.post(7, now=NOW)
            first = seal(books, TODAY - 2 * DAY)
            books.post(11, now=NOW - 3 * DAY)

            second = seal(books, TODAY - DAY)

            assert (first.number, first.postings, first.entries) == (1, 1, 2)
            assert (second.number, second.postings, second.entries) == (2, 1, 2)
            assert verify(provider_id=books.provider_id).findings == ()
            unsealed = rows("SELECT count(*) AS n FROM accounts_proof WHERE seal_id IS NULL")
            assert unsealed[0]["n"] == 1

    def test_an_empty_day_is_sealed_as_well(self) -> None:
        with open_books() as books:
            assert seal(books, TODAY - DAY).postings == 0
            assert verify(provider_id=books.provider_id).findings == ()

    def test_it_refuses_a_day_that_is_not_over(self) -> None:
        with open_books() as books, pytest.raises(SealTooEarly):
            seal(books, TODAY)

    def test_it_refuses_a_day_twice_and_an_earlier_one(self) -> None:
        with open_books() as books:
            seal(books, TODAY - 2 * DAY)
            for day in (TODAY - 2 * DAY, TODAY - 3 * DAY):
                with pytest.raises(SealTooEarly):
                    seal(books, day)


class TestSealDueDays:
    def test_yesterday_is_due_once(self) -> None:
        with open_books() as books:
            (first,) = seal_due(books)

            assert first.day == TODAY - DAY
            assert seal_due(books) == []

    def test_each_missed_day_gets_a_seal_and_keeps_its_own_movements(self) -> None:
        with open_books() as books:
            books.post(500, now=NOW - 4 * DAY)
            books.post(7, now=NOW - 2 * DAY)
            books.post(11, now=NOW - DAY)
            books.post(13, now=NOW)
            before = moved(books)

            seals = seal_due(books)

            days = [TODAY - number * DAY for number in (4, 3, 2, 1)]
            assert [(one.day, one.postings) for one in seals] == list(
                zip(days, (1, 0, 1, 1), strict=True)
            )
            assert moved(books) == before
            assert moved(books)[TODAY - 4 * DAY] == -500
            assert verify(provider_id=books.provider_id).findings == ()

    def test_after_an_outage_they_go_on_where_the_chain_ended(self) -> None:
        with open_books() as books:
            seal(books, TODAY - 4 * DAY)
            books.post(3, now=NOW - 9 * DAY)  # committed late

            assert [(one.number, one.postings) for one in seal_due(books)] == [
                (2, 1),
                (3, 0),
                (4, 0),
            ]

    def test_nothing_is_due_on_the_day_of_the_first_posting(self) -> None:
        with open_books() as books:
            books.post(5, now=NOW)

            assert seal_due(books) == []

    def test_a_day_ends_with_the_first_full_hour(self) -> None:
        with open_books(time_zone="Asia/Kolkata") as books:
            with as_role("worker"):
                execute("UPDATE tenants_provider SET time_zone = 'Asia/Kolkata'")
            midnight = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)

            (before,) = seal_due(books, midnight)
            (after,) = seal_due(books, midnight + timedelta(minutes=30))

            assert (before.day, after.day) == (TODAY - DAY, TODAY)


def seal_due(books: Books, now: datetime = NOW) -> list[sealing.SealResult]:
    with as_role("worker"):
        return sealing.seal_due_days(provider_id=books.provider_id, now=now)


def moved(books: Books) -> dict[date, int]:
    """Return what came in by day, as the provider's dashboard reads it."""
    found = daily_movements(
        books.provider_id, ["gateway_clearing"], since=TODAY - 30 * DAY, zone="UTC"
    )
    return {row.day: row.amount_minor for row in found}
