"""The demo is made by the services, once: its books are right, its guide's links open, its bank shows every state."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.urls import include, path
from django.utils.html import escape

from accounts.selectors.balances import tenant_balances, wallets_of
from accounts.selectors.movements import EARNED_KINDS, daily_movements
from accounts.selectors.proofs import last_proof
from accounts.services.audit import verify
from billing_platform.demo.guide import BANK_STEPS, GUIDE
from billing_platform.demo_data.cast import NIMBUS, PROVIDERS
from billing_platform.demo_data.events import hour_events
from billing_platform.demo_data.seeding import seed_demo
from billing_platform.kernel.rows import fetch_one
from billing_platform.kernel.scope import provider_scope
from invoicing.models import BankOrder, Document
from invoicing.selectors.bank_orders import suggestions_for
from invoicing.selectors.documents import DocumentQuery, list_documents
from invoicing.selectors.proofs import document_faults
from invoicing.services.statement_intake import take_statement
from payments.models import BankCredit, BankLine
from payments.selectors.bank_lines import LineQuery, list_lines
from payments.services.bank_import import StatementFile
from tenants.models import User
from tenants.selectors.hosts import provider_id_by_host
from tenants.selectors.providers import provider_day, provider_id_by_slug
from tenants.selectors.suspensions import suspension_reasons
from tenants.selectors.tenants import count_tenants, list_tenants
from tests.database import undone
from tests.roles import as_role
from usage.importers.cloudevents import read_event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from billing_platform.demo_data.seeding import DemoReport

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
COUNTS = """
SELECT (SELECT count(*) FROM tenants_tenant), (SELECT count(*) FROM tenants_user),
       (SELECT count(*) FROM accounts_entry), (SELECT count(*) FROM usage_event_key),
       (SELECT count(*) FROM tenants_api_key), (SELECT sum(balance) FROM accounts_wallet)
"""
# Usage that arrived two days after its hour was charged.
LATE = "SELECT count(*) FROM usage_event WHERE received_at - at > interval '2 days'"
urlpatterns = [
    path("demo/", include("billing_platform.demo.urls")),
    path("", include("billing_platform.portal.urls")),
]


@pytest.fixture(scope="module")
def seeded(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[DemoReport]:
    """Return what the making of the demo told: made once, as it takes most of a test's time; a test undoes its own."""
    with django_db_blocker.unblock(), undone():  # type: ignore[attr-defined]
        with as_role("worker"):
            report = seed_demo(now=NOW, days=4)
        yield report


def orders(provider_id: int) -> Counter[str]:
    """Return how many orders of a provider stand where."""
    with provider_scope(provider_id):
        ids = BankOrder.objects.values_list("document_id", flat=True)
        return Counter(Document.objects.filter(pk__in=ids).values_list("state", flat=True))


def lines(provider_id: int) -> Counter[tuple[str, str]]:
    """Return how many lines of a provider's statements stand where, and why."""
    with provider_scope(provider_id):
        return Counter(BankLine.objects.values_list("state", "reason"))


class TestSeedDemo:
    @pytest.mark.usefixtures("db")
    def test_shows_every_state_and_changes_nothing_the_second_time(
        self, seeded: DemoReport
    ) -> None:
        first = seeded
        with as_role("owner"):
            before = fetch_one(COUNTS)

        with as_role("worker"):
            second = seed_demo(now=NOW + timedelta(hours=5), days=4)

        with as_role("owner"):
            assert fetch_one(COUNTS) == before
        assert set(first.api_keys) == {"nimbus", "sonora"}
        assert second.api_keys == {}
        assert first.logins == second.logins
        assert provider_id_by_host("sonora.localhost") == provider_id_by_slug("sonora")
        nimbus = provider_id_by_slug("nimbus")
        with as_role("worker"), provider_scope(nimbus):
            assert set(count_tenants(nimbus)) == {"active", "trial", "suspended", "closed"}
            rows = list_tenants(nimbus).rows
            ids = {row.external_id: row.id for row in rows}
            (acme,) = wallets_of(nimbus, [ids["acme"]])
            # The first credit, and an order that was paid by bank transfer.
            assert 0 < acme.available < 55_000
            assert acme.settled == 55_000 - acme.period_posted
            assert verify(provider_id=nimbus).findings == ()
        with as_role("owner"):
            assert fetch_one(LATE) == (len(PROVIDERS),)
        self.assert_stories_are_true()

    def assert_stories_are_true(self) -> None:
        """Every story that the guide tells of a client is what the client's ledger says."""
        for provider in PROVIDERS:
            provider_id = provider_id_by_slug(provider.slug)
            with as_role("worker"), provider_scope(provider_id):
                rows = {row.external_id: row for row in list_tenants(provider_id, limit=99).rows}
                ids = [row.id for row in rows.values()]
                wallets = {row.tenant_id: row for row in wallets_of(provider_id, ids)}
                assert verify(provider_id=provider_id).findings == ()
                reasons = suspension_reasons(provider_id, ids)
                late = list_documents(
                    provider_id, DocumentQuery(status="overdue"), today=NOW.date(), limit=9
                )
                owed = {row.id: tenant_balances(provider_id, row.id) for row in rows.values()}
                sealed = last_proof(provider_id)
                begin = NOW.date() - timedelta(days=4)
                earned = daily_movements(provider_id, EARNED_KINDS, since=begin, zone="UTC")
            assert sealed is not None
            assert sealed.number >= 4  # a seal each day, so that the chart keeps its days
            assert len({row.day for row in earned}) >= 4
            assert len(rows) == len(provider.tenants) >= 12
            assert {row.billing_plan for row in rows.values()} == {
                "PREPAID",
                "POSTPAID",
                "FLEXIBLE",
            }
            # What is owed on invoices is what the ledger says, to the cent.
            assert {row.tenant_id: -row.due.amount_minor for row in late} == {
                tenant_id: kinds["receivable", provider.currency]
                for tenant_id, kinds in owed.items()
                if kinds
            }
            assert {row.tenant_id for row in late} == {
                rows[tenant.external_id].id for tenant in provider.tenants if tenant.owed
            }
            self.assert_top_ups_are_documented(provider_id)
            for tenant in provider.tenants:
                row = rows[tenant.external_id]
                left = wallets[row.id].available
                assert tenant.story.endswith(".")
                assert (row.status == "closed") == bool(tenant.closed_days)
                assert (row.status == "trial") == bool(tenant.trial_days)
                assert ("by_hand" in reasons.get(row.id, ())) == bool(tenant.suspended_days)
                assert ("exhausted" in reasons.get(row.id, ())) == bool(tenant.stops_paying_days)
                if "zero" in tenant.story:
                    assert left < 0
                    assert row.status == "active"

    def assert_top_ups_are_documented(self, provider_id: int) -> None:
        """Every transfer has its receipt or invoice of the same day."""
        query = DocumentQuery(kinds=("receipt", "invoice"))
        with as_role("worker"), provider_scope(provider_id):
            paid = list(BankCredit.objects.filter(provider_id=provider_id))
            found = list_documents(provider_id, query, today=NOW.date(), limit=999)
            days = {row.public_id: provider_day(provider_id, row.matched_at) for row in paid}
            assert list(document_faults(provider_id)) == []
        documents = {row.source_id: row for row in found if row.source_type == "payment"}
        # More than the story of the bank tells of in these days.
        assert len(paid) >= 10
        assert {source: row.issued_on for source, row in documents.items()} == days
        assert all(row.supplied_on == row.issued_on for row in documents.values())


class TestGuide:
    @pytest.mark.usefixtures("seeded", "db")
    def test_every_link_opens_for_the_login_beside_it(self, client: Client) -> None:
        for stop in GUIDE:
            client.force_login(User.objects.get(email=stop.email))
            for step in stop.steps:
                answer = client.get(step.path, HTTP_HOST=f"{stop.provider}.localhost")
                assert answer.status_code == 200, (stop.email, step.path)
        for way in BANK_STEPS:
            client.force_login(User.objects.get(email=way.email))
            for step in (*way.before, *way.after):
                answer = client.get(step.path, HTTP_HOST=f"{way.provider}.localhost")
                assert answer.status_code == 200, (way.email, step.path)
        assert "1 invoice is overdue" in self.page(client, "paula@nimbus.example", "/provider/")
        assert "Invoice overdue" in self.page(client, "erin@everline.example", "/dashboard/")
        assert "Invoice overdue" not in self.page(client, "alice@acme.example", "/dashboard/")
        for provider in PROVIDERS:
            client.force_login(User.objects.get(email=provider.people[0].email))
            for row in provider.tenants:
                address = f"/provider/clients/?q={row.external_id}"
                found = client.get(address, HTTP_HOST=provider.host).content.decode()
                assert escape(row.name) in found

    def page(self, client: Client, email: str, path: str) -> str:
        client.force_login(User.objects.get(email=email))
        return client.get(path, HTTP_HOST="nimbus.localhost").content.decode()


class TestBank:
    @pytest.mark.usefixtures("seeded", "db")
    @pytest.mark.urls("tests.demo_data.test_seeding")
    def test_shows_each_state_and_a_visitor_imports_the_rest(self, client: Client) -> None:
        for provider in PROVIDERS:
            provider_id = provider_id_by_slug(provider.slug)
            with as_role("worker"):
                was = orders(provider_id)
                assert was["cancelled"] == 1
                # What is sent: open, returned, and of a whole demo's 60 days one less, which expired.
                assert was["paid"] >= 4
                assert was["partially_paid"] == 1
                assert was["sent"] >= 3
                found = lines(provider_id)
                # The story's five, and those of clients whose credit ran low.
                assert found.pop(("matched", "")) > 5
                assert found == {
                    ("matched", "over"): 1,
                    ("returned", ""): 1,
                    ("outgoing", ""): 1,
                    ("open", "missing"): 2,
                }
                self.assert_one_is_suggested(provider_id)
            answer = client.get(f"/demo/bank/{provider.slug}.xml")
            assert answer.status_code == 200
            assert "attachment" in answer["Content-Disposition"]
            assert answer.content == client.get(f"/demo/bank/{provider.slug}.xml").content

            with as_role("worker"):
                done = take_statement(
                    provider_id=provider_id,
                    file=StatementFile(name="a.xml", data=answer.content, format="camt053"),
                    user_id=None,
                    now=NOW,
                )
                (statement,) = done.statements
                assert done.failed == {}
                assert statement.states["returned"] == 1
                assert statement.states["open"] == 1
                assert statement.states["outgoing"] == 1
                assert statement.states["matched"] >= 1
                self.assert_one_is_suggested(provider_id, count=2)
                assert orders(provider_id)["paid"] == was["paid"] - 1 + statement.states["matched"]
                self.assert_books_are_right(provider_id)
        self.assert_is_back("sonora", "K-1003")

    def assert_one_is_suggested(self, provider_id: int, count: int = 1) -> None:
        with provider_scope(provider_id):
            waiting = list_lines(provider_id, LineQuery(state="open"), limit=9)
            found = suggestions_for(provider_id, waiting)
        assert sum(1 for each in found.values() if each) == count

    def assert_books_are_right(self, provider_id: int) -> None:
        with provider_scope(provider_id):
            assert verify(provider_id=provider_id).findings == ()
            assert list(document_faults(provider_id)) == []

    def assert_is_back(self, slug: str, external_id: str) -> None:
        """Whoever was suspended for want of credit is active again by its transfer."""
        provider_id = provider_id_by_slug(slug)
        with as_role("worker"), provider_scope(provider_id):
            rows = {row.external_id: row.status for row in list_tenants(provider_id, limit=99).rows}
        assert rows[external_id] == "active"


class TestHourEvents:
    def test_are_alike_each_time_and_can_be_read(self) -> None:
        hour = NOW.replace(minute=0)

        for provider in PROVIDERS:
            for tenant in provider.tenants:
                events = list(hour_events(provider.catalogue, tenant, hour))

                assert events == list(hour_events(provider.catalogue, tenant, hour))
                assert events
                for event in events:
                    at = read_event(event).at
                    assert hour <= at < hour + timedelta(hours=1)

    def test_have_an_id_of_their_own(self) -> None:
        hours = [NOW.replace(minute=0) + timedelta(hours=number) for number in range(30)]
        ids = [
            event["id"]
            for hour in hours
            for tenant in NIMBUS.tenants
            for event in hour_events("cloud", tenant, hour)
        ]

        assert len(set(ids)) == len(ids)
