"""The bulk form posts differences, once."""

from __future__ import annotations

import pytest

from tests.accounts.books import open_books, rows

pytestmark = pytest.mark.django_db


class TestPostDues:
    def test_it_charges_what_is_due(self) -> None:
        with open_books(size=2) as books:
            books.post(1000)

            result = books.due(300, 50)

            assert (result.wallets, result.posted_minor) == (2, {"USD": 350})
            assert (books.balance(0), books.balance(1)) == (700, -50)
            assert books.wallet(0)["period_posted"] == 300

    def test_it_posts_the_difference_and_then_nothing(self) -> None:
        with open_books() as books:
            books.due(300)
            assert books.due(320).posted_minor == {"USD": 20}
            assert books.due(280).posted_minor == {"USD": -40}

            again = books.due(280)

            assert (again.wallets, again.posted_minor, again.posting_ids) == (0, {}, ())
            assert books.balance() == -280
            assert rows("SELECT sum(amount_minor) AS n FROM accounts_entry")[0]["n"] == 0
