"""A refund takes back its share of what is left of a bonus, never other credit, and gives it again when it fails."""

from __future__ import annotations

import pytest

from accounts.services.audit import verify
from billing_platform.kernel.money import Money
from promotions.selectors.bonuses import bonus_of
from promotions.services.redeeming import give_again
from tests.accounts.books import open_books
from tests.factories.promotions import NOW, campaign, in_dollars, use
from tests.promotions.uses import hold, pay, take

pytestmark = pytest.mark.django_db


class TestTakeBack:
    def test_the_share_of_what_goes_back_and_all_of_it_in_the_end(self) -> None:
        with open_books() as books:
            campaign(books.provider_id, "ODD", in_dollars("bonus_fixed", 1001))
            books.post(10_000)
            use(books.provider_id, books.tenants[0], "top_1", code="ODD")
            seen = bonus_of(books.provider_id, "top_1")
            assert seen is not None
            assert seen.taken_by(Money(5000, "USD"), paid=Money(10_000, "USD")).amount_minor == 500

            assert (take(books, 5000), take(books, 5000)) == (500, 500)
            assert take(books, 5000, "r2") == 501
            assert books.balance() == 10_000

    def test_what_was_used_stays_used(self) -> None:
        with open_books() as books:
            campaign(books.provider_id)
            campaign(books.provider_id, "OTHER")
            books.post(10_000)
            use(books.provider_id, books.tenants[0], "top_1")
            use(books.provider_id, books.tenants[0], "top_2", code="OTHER")
            books.due(700)

            assert take(books, 10_000) == 300
            assert books.balance() == 11_000
            assert verify(provider_id=books.provider_id).findings == ()

    def test_a_refund_that_fails_gives_it_again(self) -> None:
        with open_books() as books:
            campaign(books.provider_id, "FIVER", in_dollars("discount_fixed", 500))
            books.post(9500)
            use(books.provider_id, books.tenants[0], "top_1", code="FIVER")
            assert take(books, 9500, paid=9500) == 500

            assert take(books, 0, paid=9500) == 0
            assert (books.balance(), take(books, 0, "r9")) == (10_000, 0)
            seen = bonus_of(books.provider_id, "top_1")
            assert seen is not None
            assert (seen.left.amount_minor, seen.refunded_minor) == (500, 0)
            assert take(books, 9500, paid=9500) == 500
            assert verify(provider_id=books.provider_id).findings == ()

    def test_of_what_left_twice_the_share_stays_taken_once_as_long_as_one_of_both_stays(
        self,
    ) -> None:
        with open_books() as books:
            campaign(books.provider_id, "FIVER", in_dollars("discount_fixed", 500))
            books.post(9500)
            use(books.provider_id, books.tenants[0], "top_1", code="FIVER")

            assert take(books, 9500, "dispute", paid=9500) == 500
            assert take(books, 4750, "r1", paid=9500) == 0
            assert take(books, 4750, "r2", paid=9500) == 0
            assert (take(books, 0, "dispute", paid=9500), books.balance()) == (0, 9500)
            assert (take(books, 0, "r1", paid=9500), books.balance()) == (0, 9750)
            assert (take(books, 0, "r2", paid=9500), books.balance()) == (0, 10_000)
            assert verify(provider_id=books.provider_id).findings == ()

    def test_nothing_of_a_top_up_that_was_not_paid_or_is_anothers(self) -> None:
        with open_books(size=2) as books:
            campaign(books.provider_id)
            hold(books, "top_1")
            assert take(books, 10_000) == 0
            hold(books, "top_2", no=1)
            pay(books, "top_2", no=1)

            assert take(books, 10_000) == 0
            assert bonus_of(books.provider_id, "top_1") is None


class TestGiveAgain:
    def test_money_that_comes_once_more_brings_it_again(self) -> None:
        with open_books(size=2) as books:
            campaign(books.provider_id)
            books.post(10_000)
            use(books.provider_id, books.tenants[0], "top_1")
            take(books, 4000)
            take(books, 6000, "r2")
            assert books.balance() == 10_000

            for tenant_id in (books.tenants[1], books.tenants[0], books.tenants[0]):
                give_again(
                    provider_id=books.provider_id, tenant_id=tenant_id, source="top_1", now=NOW
                )

            seen = bonus_of(books.provider_id, "top_1")
            assert seen is not None
            assert (seen.left.amount_minor, seen.refunded_minor) == (1000, 0)
            assert books.balance() == 11_000
            assert verify(provider_id=books.provider_id).findings == ()
