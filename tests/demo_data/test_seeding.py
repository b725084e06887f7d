"""The demo is made by the services, once, and its books are right."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from accounts.selectors.balances import tenant_balances, wallets_of
from accounts.services.audit import verify
from billing_platform.demo_data.cast import NIMBUS, PROVIDERS
from billing_platform.demo_data.events import hour_events
from billing_platform.demo_data.seeding import seed_demo
from billing_platform.kernel.rows import fetch_one
from billing_platform.kernel.scope import provider_scope
from invoicing.selectors.documents import DocumentQuery, list_documents
from invoicing.selectors.proofs import document_faults
from payments.models import BankCredit
from tenants.selectors.hosts import provider_id_by_host
from tenants.selectors.providers import provider_day, provider_id_by_slug
from tenants.selectors.suspensions import suspension_reasons
from tenants.selectors.tenants import count_tenants, list_tenants
from tests.roles import as_role
from usage.importers.cloudevents import read_event

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
COUNTS = """
SELECT (SELECT count(*) FROM tenants_tenant), (SELECT count(*) FROM tenants_user),
       (SELECT count(*) FROM accounts_entry), (SELECT count(*) FROM usage_event_key),
       (SELECT count(*) FROM tenants_api_key), (SELECT sum(balance) FROM accounts_wallet)
"""
# Usage that arrived two days after its hour was charged.
LATE = "SELECT count(*) FROM usage_event WHERE received_at - at > interval '2 days'"


class TestSeedDemo:
    @pytest.mark.django_db
    def test_shows_every_state_and_changes_nothing_the_second_time(self) -> None:
        with as_role("worker"):
            first = seed_demo(now=NOW, days=4)
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
