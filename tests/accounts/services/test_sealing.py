"""A day is sealed once, in order; what commits late lies in the next seal."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.errors import SealTooEarly
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


class TestSealDueDay:
    def test_yesterday_is_due_once(self) -> None:
        with open_books() as books, as_role("worker"):
            first = sealing.seal_due_day(provider_id=books.provider_id, now=NOW)

            assert first is not None
            assert first.day == TODAY - DAY
            assert sealing.seal_due_day(provider_id=books.provider_id, now=NOW) is None

    def test_a_day_ends_with_the_first_full_hour(self) -> None:
        with open_books(time_zone="Asia/Kolkata") as books, as_role("worker"):
            execute("UPDATE tenants_provider SET time_zone = 'Asia/Kolkata'")
            midnight = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)

            before = sealing.seal_due_day(provider_id=books.provider_id, now=midnight)
            after = sealing.seal_due_day(
                provider_id=books.provider_id, now=midnight + timedelta(minutes=30)
            )

            assert before is not None
            assert after is not None
            assert (before.day, after.day) == (TODAY - DAY, TODAY)
