"""The customer's own billing page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.services.credits import add_credit
from billing_platform.kernel.clock import now
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from tenants.services.suspension import suspend_by_hand
from tests.roles import as_role

if TYPE_CHECKING:
    from tests.portal.views.conftest import AsPerson, World

URL = "/billing/"


class TestBilling:
    def test_shows_balance_usage_and_transactions(self, world: World, as_person: AsPerson) -> None:
        body = as_person("alice").get(URL).content.decode()

        for words in ("Current balance", "40.00 <span", "Settled", "Reserved", "Available"):
            assert words in body, words
        for words in ("Usage this period", "calls", "30", "5.00 <span", "Total so far"):
            assert words in body, words
        for words in ("Transactions", "-10.00 <span", "Credit", "50.00 <span"):
            assert words in body, words
        assert "Canary-Globex" not in body

    def test_keeps_staff_s_reasons_to_staff(self, world: World, as_person: AsPerson) -> None:
        assert "Secret reason" not in as_person("alice").get(URL).content.decode()

    def test_says_why_it_is_suspended(self, world: World, as_person: AsPerson) -> None:
        with provider_scope(world.cast.nimbus):
            suspend_by_hand(
                provider_id=world.cast.nimbus, tenant_id=world.cast.acme, note="x", now=now()
            )

        assert "Suspended by Nimbus since" in as_person("alice").get(URL).content.decode()

    def test_before_any_usage_says_what_will_come(self, world: World, as_person: AsPerson) -> None:
        body = as_person("dora").get(URL).content.decode()

        assert "There is no prepaid credit yet." in body
        assert "No usage yet" in body
        assert "Nothing yet" in body

    def test_takes_the_same_number_of_queries_for_many(
        self, world: World, as_person: AsPerson
    ) -> None:
        client = as_person("alice")
        client.get(URL)
        with CaptureQueriesContext(connection) as few:
            client.get(URL)
        with as_role("worker"), provider_scope(world.cast.nimbus):
            for number in range(30):
                add_credit(
                    provider_id=world.cast.nimbus,
                    tenant_id=world.cast.acme,
                    amount=Money(1, "USD"),
                    reason="",
                    key=f"more-{number}",
                    now=now(),
                )

        with CaptureQueriesContext(connection) as many:
            body = client.get(URL).content.decode()

        assert len(many) == len(few)
        assert "Older" in body

    def test_leads_to_older_transactions_without_repeating_one(
        self, world: World, as_person: AsPerson
    ) -> None:
        with as_role("worker"), provider_scope(world.cast.nimbus):
            for number in range(30):
                add_credit(
                    provider_id=world.cast.nimbus,
                    tenant_id=world.cast.acme,
                    amount=Money(100 + number, "USD"),
                    reason="",
                    key=f"more-{number}",
                    now=now(),
                )
        client = as_person("alice")

        first = client.get(URL).context["page"].ledger
        second = client.get(first.older_url).context["page"].ledger

        amounts = [row.amount.amount_minor for row in [*first.rows, *second.rows]]
        assert len(amounts) == 32
        assert amounts[:30] == list(range(129, 99, -1))
        assert (second.older_url, second.newest_url) == ("", URL)

    @pytest.mark.parametrize(("person", "status"), [("bob", 403), ("paula", 403), ("mallory", 404)])
    def test_is_for_those_who_administer_the_tenant(
        self, world: World, as_person: AsPerson, person: str, status: int
    ) -> None:
        assert as_person(person).get(URL).status_code == status

    def test_is_only_read(self, world: World, as_person: AsPerson) -> None:
        assert as_person("alice").post(URL).status_code == 405


class TestTransactionsCsv:
    def test_holds_the_tenant_s_own(self, world: World, as_person: AsPerson) -> None:
        response = as_person("charlie").get("/billing/transactions.csv")

        lines = b"".join(response).decode().splitlines()
        assert [line.split(",")[5:7] for line in lines[1:]] == [
            ["-5.00", "7.00"],
            ["12.00", "12.00"],
        ]
        assert not any("Secret reason" in line for line in lines)

    @pytest.mark.parametrize(("person", "status"), [("bob", 403), ("mallory", 404)])
    def test_is_for_those_who_administer_the_tenant(
        self, world: World, as_person: AsPerson, person: str, status: int
    ) -> None:
        assert as_person(person).get("/billing/transactions.csv").status_code == status


class TestNavigation:
    def test_an_ordinary_user_has_no_billing(self, world: World, as_person: AsPerson) -> None:
        body = as_person("bob").get("/", follow=True).content.decode()

        assert "Welcome" in body
        assert 'href="/billing/"' not in body

    def test_everybody_lands_on_the_own_page(self, world: World, as_person: AsPerson) -> None:
        lands = {
            person: as_person(person).get("/").headers["Location"]
            for person in ("paula", "rita", "alice", "bob")
        }

        assert lands == {
            "paula": "/provider/",
            "rita": "/provider/",
            "alice": "/dashboard/",
            "bob": "/welcome/",
        }
