"""The queue of disputes and one of them for the provider's people; plain words for the customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from billing_platform.kernel.scope import provider_scope
from payments.selectors.methods import methods_of
from tests.payments.disputed import close, dispute, rows
from tests.payments.services.test_method_freezing import keep
from tests.payments.services.test_refunds import back
from tests.payments.views.test_pay import browser

if TYPE_CHECKING:
    from tests.cast import Cast
    from tests.payments.till import Till

QUEUE = "/provider/disputes/"


@pytest.fixture
def payment(till: Till) -> str:
    """Return a payment of 10.50 by a saved card that is credited."""
    card = till.save_card()
    keep(till, card)
    made = till.charge(card)
    till.hear()
    return made


def text(client: Client, path: str) -> str:
    return client.get(path).content.decode()


class TestQueue:
    def test_it_is_counted_listed_filtered_and_exported(
        self, till: Till, cast: Cast, payment: str
    ) -> None:
        rita = browser(cast, "rita")
        assert "No dispute" in text(rita, QUEUE)
        name = dispute(till, payment)
        till.hear()

        page = text(rita, QUEUE)
        assert ">1</span>" in page
        assert "somebody else used the card" in page
        assert "No match" in text(rita, f"{QUEUE}?state=won")
        assert name in b"".join(rita.get("/provider/disputes.csv")).decode()

        close(till, name, "won")
        till.hear()
        assert ">1</span>" not in text(rita, QUEUE)
        assert "Acme" in text(rita, f"{QUEUE}?state=won")

    def test_one_tells_its_story_and_where_to_answer(
        self, till: Till, cast: Cast, payment: str
    ) -> None:
        name = dispute(till, payment)
        till.hear()
        (row,) = rows(till)

        page = text(browser(cast, "rita"), f"{QUEUE}{row.public_id}/")

        assert f"https://dashboard.stripe.com/test/disputes/{name}" in page
        assert page.count("charge.dispute.") == 2
        assert "Disputed payment" in page
        assert "Gateway fee" in page
        assert "Answer by" in page
        assert "Ask the gateway now" not in page
        assert row.public_id in text(browser(cast, "bill"), f"/provider/payments/{payment}/")


def test_the_customers_page_tells_what_became_of_the_money(
    till: Till, cast: Cast, payment: str
) -> None:
    alice, path = browser(cast, "alice"), f"/billing/payments/{payment}/"
    assert "credited to your balance" in text(alice, path)

    dispute(till, payment)
    till.hear()

    page = text(alice, path)
    assert "What your bank has taken back is no longer in your balance." in page
    assert "credited to your balance" not in page


class TestActions:
    def test_what_is_too_much_is_posted_by_a_decision(
        self, till: Till, cast: Cast, payment: str
    ) -> None:
        back(till, payment, 400)
        dispute(till, payment)
        till.hear()
        path = f"{QUEUE}{rows(till)[0].public_id}/"
        bill, alice = browser(cast, "bill"), browser(cast, "alice")
        assert "Disputed: Top-up" not in text(alice, "/billing/payments/")
        assert "1 dispute took something else" in text(bill, QUEUE)
        assert "Post it" in text(bill, path)

        assert bill.post(f"{path}accept", {"seen": "1049"}).status_code == 302
        assert till.balance() == 650
        bill.post(f"{path}accept", {"seen": "1050"})

        assert till.balance() == 0
        assert "6.50" in text(alice, "/billing/payments/")
        page = text(bill, path)
        assert "Decided by bill@example.com" in page
        assert "Borne by you" in page

    def test_the_method_of_one_that_was_won_is_released(
        self, till: Till, cast: Cast, payment: str
    ) -> None:
        name = dispute(till, payment)
        till.hear()
        path = f"{QUEUE}{rows(till)[0].public_id}/"
        paula = browser(cast, "paula")
        assert "Release" not in text(paula, path)
        paula.post(f"{path}release")
        close(till, name, "won")
        till.deliveries()
        paula.post(f"{path}ask")
        assert till.balance() == 1050
        assert "Release" in text(paula, path)

        paula.post(f"{path}release")

        with provider_scope(till.provider_id):
            assert not methods_of(till.provider_id, till.tenant_id)[0].is_frozen

    @pytest.mark.parametrize("role", ["sue", "rita"])
    def test_who_posts_no_money_decides_nothing(
        self, till: Till, cast: Cast, payment: str, role: str
    ) -> None:
        dispute(till, payment)
        till.hear()
        path = f"{QUEUE}{rows(till)[0].public_id}/"
        for verb in ("ask", "accept", "release"):
            assert browser(cast, role).post(f"{path}{verb}").status_code == 403

    def test_another_providers_is_not_there(self, till: Till, cast: Cast, payment: str) -> None:
        dispute(till, payment)
        till.hear()
        path = f"{QUEUE}{rows(till)[0].public_id}/"
        oskar = Client(headers={"host": "sonora.localhost"})
        oskar.force_login(cast.user("oskar"), backend="django.contrib.auth.backends.ModelBackend")

        assert oskar.get(path).status_code == 404
        assert "No dispute" in text(oskar, QUEUE)
        for verb in ("ask", "accept", "release"):
            assert oskar.post(f"{path}{verb}", {"seen": "1050"}).status_code == 404


class TestCustomer:
    def test_it_is_a_row_of_the_history_and_of_the_transactions(
        self, till: Till, cast: Cast, payment: str
    ) -> None:
        name = dispute(till, payment)
        till.hear()
        alice = browser(cast, "alice")

        page = text(alice, "/billing/payments/")
        assert page.count("Disputed: Top-up") == 1
        assert "Disputed payment" in text(alice, "/billing/transactions/")
        assert "Disputed" in text(alice, "/billing/methods/")
        assert alice.get(QUEUE).status_code in {403, 404}

        close(till, name, "won")
        till.hear()
        assert "Credited again" in text(alice, "/billing/payments/")
        csv = b"".join(alice.get("/billing/payments.csv")).decode()
        assert [line.split(",")[5:7] for line in csv.splitlines()[1:]] == [
            ["10.50", "succeeded"],
            ["-10.50", "dispute_credited"],
        ]
