"""A client's ledger as staff read it: the figures of the ledger and the CSV, with who posted and why."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.selectors.statements import statement
from accounts.services.approvals import approve, request_approval
from accounts.services.credits import add_credit
from billing_platform.kernel.money import Money
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from tests.cast import NOW
from tests.portal.views.test_transactions import QUERIES, pay
from tests.roles import as_role

if TYPE_CHECKING:
    from tests.portal.views.conftest import AsPerson, World


def url(world: World, name: str = "acme") -> str:
    return f"/provider/clients/{getattr(world, name)}/ledger/"


def by_hands(world: World) -> None:
    """Let Bill give Acme credit, and Paula approve more of it."""
    place = {"provider_id": world.cast.nimbus, "tenant_id": world.cast.acme}
    bill, paula = world.cast.users["bill"], world.cast.users["paula"]
    with provider_scope(world.cast.nimbus):
        add_credit(
            **place, amount=Money(7, "USD"), reason="Goodwill", key=f"staff:{bill}:k", now=NOW
        )
        request_approval(
            **place,
            kind="credit",
            amount=Money(900, "USD"),
            reason="Outage",
            key=f"staff:{bill}:big",
            user_id=bill,
            now=NOW,
        )
        ((number,),) = fetch_all("SELECT id FROM accounts_approval")
        approve(provider_id=world.cast.nimbus, approval_id=number, user_id=paula, now=NOW)


class TestLedger:
    @pytest.mark.parametrize("query", QUERIES)
    def test_page_csv_and_ledger_agree(self, world: World, as_person: AsPerson, query: str) -> None:
        pay(world, 3)
        client = as_person("rita")

        page = client.get(url(world) + query).context["page"]
        lines = b"".join(client.get(url(world)[:-1] + ".csv" + query)).decode().splitlines()[1:]

        cells = [line.split(",") for line in lines]
        shown = [
            (f"{row.amount.to_major():f}", f"{row.balance.to_major():f}", str(row.number))
            for row in page.ledger.rows
        ]
        assert [(cell[5], cell[6], cell[10]) for cell in cells] == shown
        assert page.sums.count == len(lines)
        customer = as_person("alice").get("/billing/transactions/" + query).context["page"]
        assert customer.sums == page.sums

    def test_all_of_it_is_the_balance(self, world: World, as_person: AsPerson) -> None:
        pay(world, 3)
        page = as_person("paula").get(url(world)).context["page"]
        with provider_scope(world.cast.nimbus):
            ((account, balance),) = fetch_all(
                "SELECT id, balance FROM accounts_wallet WHERE tenant_id = %s", [world.cast.acme]
            )
            lines = statement(world.cast.nimbus, account).lines

        assert page.sums.net == page.ledger.rows[0].balance == Money(balance, "USD")
        assert [row.number for row in page.ledger.rows] == [line.posting_id for line in lines]

    def test_says_who_posted_who_approved_and_why(self, world: World, as_person: AsPerson) -> None:
        by_hands(world)
        client = as_person("rita")

        rows = client.get(url(world)).context["page"].ledger.rows
        csv = b"".join(client.get(url(world)[:-1] + ".csv")).decode().splitlines()

        bill, paula = "bill@example.com", "paula@example.com"
        assert [(row.who, row.approved_by, row.why) for row in rows] == [
            (bill, paula, "Outage"),
            (bill, "", "Goodwill"),
            ("", "", ""),
            ("", "", "Secret reason"),
        ]
        assert csv[0].endswith(",reason,posted_by,approved_by,posting,recorded_at")
        assert f",USD,9.00,49.07,Outage,{bill},{paula}," in csv[1]

    def test_a_forged_key_is_no_signature(self, world: World, as_person: AsPerson) -> None:
        with provider_scope(world.cast.nimbus):
            add_credit(
                provider_id=world.cast.nimbus,
                tenant_id=world.cast.acme,
                amount=Money(1, "USD"),
                reason="Mine",
                key=f"staff:{world.cast.users['bill']}:approval-1",
                now=NOW,
            )

        (newest, *_) = as_person("paula").get(url(world)).context["page"].ledger.rows

        assert (newest.who, newest.approved_by) == ("bill@example.com", "")

    def test_the_customer_reads_none_of_it(self, world: World, as_person: AsPerson) -> None:
        by_hands(world)
        client = as_person("alice")

        for address in ("/billing/", "/billing/transactions/"):
            body = client.get(address).content.decode()
            assert not [word for word in ("bill@", "Goodwill", "Who and why") if word in body]
        csv = b"".join(client.get("/billing/transactions.csv")).decode()
        assert "bill@" not in csv
        assert "posted_by" not in csv

    def test_pages_through_by_the_same_number_of_queries(
        self, world: World, as_person: AsPerson
    ) -> None:
        client = as_person("paula")
        by_hands(world)
        client.get(url(world))
        with CaptureQueriesContext(connection) as few:
            client.get(url(world))
        pay(world, 30)
        with as_role("worker"), provider_scope(world.cast.nimbus):
            add_credit(
                provider_id=world.cast.nimbus,
                tenant_id=world.cast.acme,
                amount=Money(2, "USD"),
                reason="More",
                key=f"staff:{world.cast.users['sue']}:k",
                now=NOW - timedelta(days=3),
            )

        with CaptureQueriesContext(connection) as many:
            page = client.get(url(world)).context["page"]
        older = client.get(page.ledger.older_url).context["page"]

        assert len(many) == len(few)
        numbers = [row.number for row in (*page.ledger.rows, *older.ledger.rows)]
        assert numbers == sorted(set(numbers), reverse=True)
        assert len(numbers) == page.sums.count == 35

    @pytest.mark.parametrize(
        ("person", "status"), [("alice", 403), ("mallory", 404), ("oskar", 404)]
    )
    def test_is_for_the_provider_s_people(
        self, world: World, as_person: AsPerson, person: str, status: int
    ) -> None:
        for address in (url(world), url(world)[:-1] + ".csv"):
            assert as_person(person).get(address).status_code == status
