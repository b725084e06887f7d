"""A code gives what its campaign says, to whom it says, as often as it says; every other answer reads the same."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.services.audit import verify
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope, tenant_scope
from promotions.errors import CodeRefused, SourceReused
from promotions.models import Campaign
from promotions.selectors.offers import offer_for
from promotions.services.campaigns import end_campaign
from promotions.services.codes import end_code
from promotions.services.redeeming import release
from tests.accounts.books import make_provider, open_books, rows
from tests.factories.promotions import NOW, campaign, in_dollars, use
from tests.promotions.uses import SAME_WORDS, hold, offer, pay, refused, states

pytestmark = pytest.mark.django_db


class TestOfferFor:
    def test_a_percentage_gives_bonus_up_to_its_cap_and_says_when_it_is_gone(self) -> None:
        with open_books() as books:
            campaign(books.provider_id, grant_days=30)

            found = offer(books, " au-tumn ")
            assert (found.code, found.name) == ("AUTUMN", "Autumn")
            assert (found.bonus, found.discount) == (Money(1000, "USD"), Money(0, "USD"))
            assert found.bonus_expires_at == NOW + timedelta(days=30)
            assert offer(books, amount=90_000).bonus == Money(2000, "USD")
            with tenant_scope(books.provider_id, books.tenants[0]):
                assert offer(books) == found

    def test_a_discount_leaves_something_to_pay(self) -> None:
        with open_books() as books:
            campaign(books.provider_id, "HALF", in_dollars("discount_percent", 50, minimum=1))
            campaign(books.provider_id, "FIVER", in_dollars("discount_fixed", 500, minimum=501))

            assert offer(books, "half", amount=3).discount == Money(1, "USD")
            assert offer(books, "fiver", amount=501).discount == Money(500, "USD")

    def test_below_the_minimum_it_says_so_and_only_to_whom_it_is_for(self) -> None:
        with open_books(category="individual") as books:
            campaign(books.provider_id)
            campaign(books.provider_id, "FIRMS", categories=["organisation"])

            assert refused(books, amount=999) == "This code is for top-ups of 10.00 USD or more."
            assert refused(books, "FIRMS", amount=999) == SAME_WORDS

    @pytest.mark.parametrize(
        "changes",
        [
            {"starts_at": NOW + timedelta(hours=1)},
            {"ends_at": NOW},
            {"categories": ["organisation"]},
            {"currencies": in_dollars("bonus_percent", 10).currencies, "first_only": True},
        ],
    )
    def test_every_other_refusal_reads_the_same(self, changes: dict[str, Any]) -> None:
        with open_books(category="individual") as books:
            books.post(100)
            campaign(books.provider_id, "OTHER", **changes)

            assert refused(books, "OTHER") == refused(books, "UNKNOWN") == SAME_WORDS

    def test_what_was_ended_withdrawn_or_used_up_reads_the_same_too(self) -> None:
        with open_books(size=2) as books:
            ended = campaign(books.provider_id, "ENDED")
            end_campaign(provider_id=books.provider_id, public_id=ended, now=NOW)
            gone = campaign(books.provider_id, "GONE")
            end_code(provider_id=books.provider_id, campaign=gone, shown="gone", now=NOW)
            campaign(books.provider_id, "ONCE", total_limit=1)
            hold(books, "top_1", code="ONCE", no=1)

            assert {refused(books, code) for code in ("ENDED", "GONE", "ONCE")} == {SAME_WORDS}

    def test_another_provider_and_its_clients_have_none_of_it(self) -> None:
        other = make_provider("sonora", suspension_enabled=True)
        with provider_scope(other):
            campaign(other)
        with open_books() as books:
            assert refused(books) == SAME_WORDS
            with pytest.raises(CodeRefused):
                offer_for(
                    provider_id=other,
                    tenant_id=books.tenants[0],
                    amount=Money(10_000, "USD"),
                    code="AUTUMN",
                    now=NOW,
                )


class TestReserve:
    def test_the_same_top_up_holds_once_and_for_nothing_else(self) -> None:
        with open_books(size=2) as books:
            campaign(books.provider_id, total_limit=1)
            campaign(books.provider_id, "OTHER")

            assert hold(books, "top_1") == hold(books, "top_1", code="au tumn")
            assert Campaign.objects.order_by("pk")[0].uses == 1
            for other in ({"code": "OTHER"}, {"amount": 20_000}, {"no": 1}):
                with pytest.raises(SourceReused):
                    hold(books, "top_1", **other)

    def test_who_begins_again_has_not_used_it_twice(self) -> None:
        with open_books(size=2) as books:
            campaign(books.provider_id, tenant_limit=1, total_limit=1)
            hold(books, "top_1")

            hold(books, "top_2")

            assert states() == ["released", "reserved"]
            assert refused(books, no=1) == SAME_WORDS

    def test_a_release_frees_it_and_what_was_given_stays(self) -> None:
        with open_books(size=2) as books:
            campaign(books.provider_id, total_limit=1)
            hold(books, "top_1")
            release(provider_id=books.provider_id, source="top_1", now=NOW)
            hold(books, "top_2", no=1)
            pay(books, "top_2", no=1)

            release(provider_id=books.provider_id, source="top_2", now=NOW)
            release(provider_id=books.provider_id, source="top_none", now=NOW)

            assert states() == ["released", "confirmed"]
            assert refused(books) == SAME_WORDS

    def test_a_first_top_up_is_the_first_of_all_campaigns(self) -> None:
        with open_books() as books:
            campaign(books.provider_id, "HELLO", first_only=True)
            campaign(books.provider_id, "WELCOME", first_only=True)
            hold(books, "top_1", code="HELLO")

            hold(books, "top_2", code="WELCOME")
            pay(books, "top_2")

            assert states() == ["released", "confirmed"]
            assert refused(books, "HELLO") == SAME_WORDS
            assert pay(books, "top_1") is None


class TestConfirm:
    def test_bonus_and_discount_are_grants_of_the_wallet(self) -> None:
        with open_books() as books:
            campaign(books.provider_id, grant_days=30)
            campaign(books.provider_id, "FIVER", in_dollars("discount_fixed", 500))
            books.post(9500)
            use(books.provider_id, books.tenants[0], "top_1", code="FIVER")
            books.post(10_000)

            given = use(books.provider_id, books.tenants[0], "top_2")

            assert given is not None
            assert given.bonus == Money(1000, "USD")
            grants = rows(
                "SELECT p.kind, g.granted, g.is_paid, g.expires_at FROM accounts_credit_grant g"
                " JOIN accounts_posting p ON p.id = g.posting_id ORDER BY g.id"
            )
            assert [tuple(row.values()) for row in grants] == [
                ("discount", 500, False, None),
                ("grant", 1000, False, NOW + timedelta(days=30)),
            ]
            assert books.balance() == 21_000
            assert verify(provider_id=books.provider_id).findings == ()

    def test_once_for_each_top_up_and_only_for_its_client(self) -> None:
        with open_books(size=2) as books:
            campaign(books.provider_id)
            hold(books, "top_1")

            assert pay(books, "top_1", no=1) is None
            assert pay(books, "top_none") is None
            assert pay(books, "top_1") == pay(books, "top_1")
            assert books.balance() == 1000

    def test_a_payment_that_settles_after_all_takes_its_use_again_while_it_is_free(self) -> None:
        with open_books(size=2) as books:
            campaign(books.provider_id, total_limit=1)
            hold(books, "top_1")
            release(provider_id=books.provider_id, source="top_1", now=NOW)
            assert pay(books, "top_1") is not None

            campaign(books.provider_id, "ONCE", total_limit=1)
            hold(books, "top_2", code="ONCE")
            release(provider_id=books.provider_id, source="top_2", now=NOW)
            hold(books, "top_3", code="ONCE", no=1)
            assert pay(books, "top_2") is None

            assert books.balance() == 1000
