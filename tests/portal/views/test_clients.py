"""A provider's list of clients."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from tenants.services.suspension import suspend_by_hand
from tenants.services.tenants import create_tenant
from tests.cast import NOW
from tests.portal.views.conftest import pay_in
from tests.roles import as_role

if TYPE_CHECKING:
    from tests.portal.views.conftest import AsPerson, World

URL = "/provider/clients/"


class TestClients:
    @pytest.mark.parametrize("person", ["paula", "bill", "sue", "rita"])
    def test_show_balance_and_status(self, world: World, as_person: AsPerson, person: str) -> None:
        body = as_person(person).get(URL).content.decode()

        assert "Acme Canary-Acme" in body
        assert "40.00 <span" in body  # 50.00 less 20 calls at 0.25 and the setup fee
        assert "Globex Canary-Globex" in body
        assert "7.00 <span" in body  # 12.00 less the setup fee
        assert "Canary-Aria" not in body

    def test_find_a_name_or_an_id(self, world: World, as_person: AsPerson) -> None:
        body = as_person("paula").get(URL, {"q": "GLOB"}).content.decode()

        assert "Canary-Globex" in body
        assert "Canary-Acme" not in body

    def test_keep_the_filter_in_the_address(self, world: World, as_person: AsPerson) -> None:
        with provider_scope(world.cast.nimbus):
            suspend_by_hand(
                provider_id=world.cast.nimbus, tenant_id=world.cast.globex, note="", now=NOW
            )

        body = as_person("paula").get(URL, {"status": "suspended"}).content.decode()

        assert "Canary-Globex" in body
        assert "Canary-Acme" not in body
        assert "/provider/clients.csv?status=suspended" in body

    def test_tell_no_match_from_nothing_yet(self, world: World, as_person: AsPerson) -> None:
        assert "No match" in as_person("paula").get(URL, {"q": "zzz"}).content.decode()

    @pytest.mark.parametrize(
        "query", [{"status": "drop"}, {"after": "x"}, {"after": "9" * 30}, {"q": "\x00%'"}]
    )
    def test_survive_any_query(
        self, world: World, as_person: AsPerson, query: dict[str, str]
    ) -> None:
        assert as_person("paula").get(URL, query).status_code == 200

    def test_take_the_same_number_of_queries_for_many(
        self, world: World, as_person: AsPerson
    ) -> None:
        client = as_person("paula")
        client.get(URL)
        with CaptureQueriesContext(connection) as few:
            client.get(URL)
        with as_role("worker"), provider_scope(world.cast.nimbus):
            for number in range(12):
                tenant = create_tenant(
                    provider_id=world.cast.nimbus, external_id=f"n{number}", name="N", now=NOW
                )
                pay_in(world.cast.nimbus, tenant.id, Money(100, "USD"))

        with CaptureQueriesContext(connection) as many:
            client.get(URL)

        assert len(many) == len(few)

    @pytest.mark.parametrize(("person", "status"), [("alice", 403), ("bob", 403), ("mallory", 404)])
    def test_are_for_the_provider_s_people(
        self, world: World, as_person: AsPerson, person: str, status: int
    ) -> None:
        assert as_person(person).get(URL).status_code == status

    def test_are_only_read(self, world: World, as_person: AsPerson) -> None:
        assert as_person("paula").post(URL).status_code == 405


class TestClientsCsv:
    def test_has_a_line_per_wallet(self, world: World, as_person: AsPerson) -> None:
        response = as_person("paula").get("/provider/clients.csv")

        lines = b"".join(response).decode().splitlines()
        assert lines[0].startswith(
            "client_id,name,status,suspended_for,billing_plan,plans,currency,balance"
        )
        assert "acme,Acme Canary-Acme,active,,PREPAID,plan v1,USD,40.00,0.00,40.00,," in lines
        assert not any("Canary-Aria" in line for line in lines)

    def test_follows_the_filter(self, world: World, as_person: AsPerson) -> None:
        response = as_person("paula").get("/provider/clients.csv", {"q": "globex"})

        assert len(b"".join(response).splitlines()) == 2

    @pytest.mark.parametrize(("person", "status"), [("alice", 403), ("mallory", 404)])
    def test_is_for_the_provider_s_people(
        self, world: World, as_person: AsPerson, person: str, status: int
    ) -> None:
        assert as_person(person).get("/provider/clients.csv").status_code == status


class TestClient:
    def test_shows_contract_usage_and_latest_entries(
        self, world: World, as_person: AsPerson
    ) -> None:
        body = as_person("paula").get(f"{URL}{world.acme}/").content.decode()

        for words in (
            "Prepaid",
            "Pay-As-You-Go",
            "calls",
            "10</span> unit included",
            "-10.00 <span",
            "40.00 <span",
        ):
            assert words in body, words
        assert "Secret reason" in body

    def test_of_a_foreign_provider_does_not_exist(self, world: World, as_person: AsPerson) -> None:
        assert as_person("paula").get(f"{URL}{world.aria}/").status_code == 404
        assert as_person("oskar").get(f"{URL}{world.acme}/").status_code == 404
        assert as_person("paula").get(f"{URL}ten_nobody/").status_code == 404

    def test_leads_where_the_ledger_stands_now(self, world: World, as_person: AsPerson) -> None:
        answer = as_person("paula").get(f"{URL}{world.acme}/", {"kind": "credit", "before": "9"})

        assert answer.headers["Location"] == f"{URL}{world.acme}/ledger/?kind=credit&before=9"

    def test_shows_the_newest_entries_and_the_way_to_all(
        self, world: World, as_person: AsPerson
    ) -> None:
        page = as_person("rita").get(f"{URL}{world.acme}/").context["page"]

        assert len(page.ledger.rows) == 2
        assert page.ledger.path == f"{URL}{world.acme}/ledger/"

    @pytest.mark.parametrize("query", [{"kind": "x"}, {"before": "x"}, {"since": "x"}])
    def test_survives_any_query(
        self, world: World, as_person: AsPerson, query: dict[str, str]
    ) -> None:
        assert as_person("paula").get(f"{URL}{world.acme}/", query).status_code == 200

    @pytest.mark.parametrize(("person", "status"), [("alice", 403), ("mallory", 404)])
    def test_is_for_the_provider_s_people(
        self, world: World, as_person: AsPerson, person: str, status: int
    ) -> None:
        assert as_person(person).get(f"{URL}{world.acme}/").status_code == status


class TestLogInAs:
    @pytest.mark.parametrize(
        ("person", "offered"), [("paula", True), ("sue", True), ("bill", False), ("rita", False)]
    )
    def test_is_offered_to_owners_and_support(
        self, world: World, as_person: AsPerson, person: str, offered: bool
    ) -> None:
        body = as_person(person).get(f"{URL}{world.acme}/").content.decode()

        assert "alice@example.com" in body
        assert ("Log in as Alice" in body) is offered

    def test_shows_whose_eyes_are_used_until_one_leaves(
        self, world: World, as_person: AsPerson
    ) -> None:
        client = as_person("sue")
        client.post("/hijack/acquire/", {"user_pk": world.cast.users["alice"], "next": "/"})

        body = client.get("/billing/").content.decode()

        assert "You are logged in as <strong>Alice</strong>" in body

        client.post("/hijack/release/")

        assert "You are logged in as" not in client.get(URL).content.decode()
