"""The dashboard of a provider: its figures add up with the ledger and lead to their rows."""

from __future__ import annotations

import csv
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.enums import AccountKind
from accounts.selectors.balances import provider_balances, wallets_of
from accounts.services.sealing import seal_day
from billing_platform.kernel.money import Money
from billing_platform.kernel.outbox import enqueue
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from billing_platform.portal.pages.provider_dashboard import provider_dashboard
from tenants.selectors.providers import provider_view
from tenants.services.suspension import suspend_by_hand
from tenants.services.tenants import create_tenant
from tests.cast import NOW
from tests.portal.views.conftest import pay_in
from tests.roles import as_role
from tests.usage.services.events import cloud_event, ingest, meter
from usage.services.charging import charge_hours

if TYPE_CHECKING:
    from collections.abc import Iterator

    from billing_platform.portal.pages.provider_dashboard import ProviderDashboard
    from tests.portal.views.conftest import AsPerson, World

URL = "/provider/"


@pytest.fixture(scope="module")
def shared_world() -> None:
    """Share none: jobs leave the time of their runs, so each test charges at noon."""


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def page_of(world: World, **options: str) -> ProviderDashboard:
    """Return the page of Nimbus."""
    with provider_scope(world.cast.nimbus):
        provider = provider_view(world.cast.nimbus)
        return provider_dashboard(provider, span=options.get("span", ""), now=NOW)


class TestFigures:
    def test_add_up_with_the_ledger(self, world: World) -> None:
        (book,) = page_of(world).books

        nimbus = world.cast.nimbus
        with provider_scope(nimbus):
            balances = provider_balances(nimbus)
            wallets = wallets_of(nimbus, [world.cast.acme, world.cast.globex])
        revenue = sum(v for (kind, _), v in balances.items() if kind.startswith("revenue"))
        assert book.earned.amount_minor == revenue == 1500
        assert book.taken_in.amount_minor == -balances[AccountKind.ADJUSTMENT, "USD"] == 6200
        held = sum(wallet.settled for wallet in wallets)
        assert book.taken_in.amount_minor - book.earned.amount_minor == held
        assert (book.held - (-book.owed)).amount_minor == held
        assert [money.amount_minor for money in book.sums] == [500, 1000]
        assert sum(row.together.amount_minor for row in book.rows) == 1500

    def test_are_the_same_after_the_day_is_sealed(self, world: World) -> None:
        before = page_of(world)

        with as_role("worker"), provider_scope(world.cast.nimbus):
            later = NOW + timedelta(days=1)
            seal_day(provider_id=world.cast.nimbus, day=NOW.date(), now=later)
            assert fetch_all("SELECT 1 FROM accounts_rollup LIMIT 1")

        assert page_of(world).books == before.books

    def test_count_wallets_below_zero_and_lead_to_them(
        self, world: World, as_person: AsPerson
    ) -> None:
        with as_role("worker"), provider_scope(world.cast.nimbus):
            tenant = create_tenant(
                provider_id=world.cast.nimbus, external_id="debtor", name="Debtor", now=NOW
            )
            pay_in(world.cast.nimbus, tenant.id, Money(1, "USD"))
            # What hours of usage would do, in one step.
            fetch_all(
                "UPDATE accounts_wallet SET balance = -250 WHERE tenant_id = %s RETURNING 1",
                [tenant.id],
            )

        (book,) = page_of(world).books
        client = as_person("rita")
        body = client.get(URL).content.decode()

        assert (book.below, book.owed) == (1, Money(-250, "USD"))
        assert "1 wallet below zero" in body
        rows = client.get("/provider/clients/?below=0").content.decode()
        assert "Debtor" in rows
        assert "Acme" not in rows

    def test_leave_out_what_is_older(self, world: World) -> None:
        with time_machine.travel(NOW + timedelta(days=9)), provider_scope(world.cast.nimbus):
            provider = provider_view(world.cast.nimbus)
            (book,) = provider_dashboard(provider, span="7", now=NOW + timedelta(days=9)).books

        assert (book.earned, book.before) == (Money(0, "USD"), Money(1500, "USD"))
        assert len(book.rows) == 7


class TestAttention:
    def test_is_nothing_on_a_good_day(self, world: World, as_person: AsPerson) -> None:
        assert page_of(world).concerns == []
        assert "Nothing. All jobs run" in as_person("sue").get(URL).content.decode()

    def test_names_late_jobs_old_messages_and_suspended_clients(
        self, world: World, as_person: AsPerson
    ) -> None:
        nimbus = world.cast.nimbus
        with provider_scope(nimbus):
            suspend_by_hand(provider_id=nimbus, tenant_id=world.cast.globex, note="", now=NOW)
        with as_role("worker"), provider_scope(nimbus):
            enqueue(provider_id=nimbus, topic="mail", payload={}, now=NOW)
        with time_machine.travel(NOW + timedelta(hours=5)):
            body = as_person("paula").get(URL).content.decode()

        assert "Charging stands still" in body
        assert "Messages wait to be sent" in body
        assert "1 suspended client: by hand" in body
        assert 'href="/provider/clients/?reason=by_hand"' in body

    def test_names_resources_that_were_started_all_the_same(
        self, world: World, as_person: AsPerson
    ) -> None:
        nimbus = world.cast.nimbus
        start = cloud_event(type="vm", subject="vm", minutes_ago=0, data={"action": "start"})
        with as_role("worker"), provider_scope(nimbus):
            meter(nimbus, "vm", event_type="vm", aggregation="duration")
            suspend_by_hand(provider_id=nimbus, tenant_id=world.cast.acme, note="", now=NOW)
            ingest(nimbus, start)
        body = as_person("paula").get(URL).content.decode()

        assert "1 resource runs that was started while its client was suspended" in body
        assert 'href="/provider/clients/?status=suspended"' in body


class TestPage:
    def test_is_the_home_of_the_provider_s_people(self, world: World, as_person: AsPerson) -> None:
        for person in ("paula", "bill", "sue", "rita"):
            client = as_person(person)
            assert client.get("/").headers["Location"] == URL
            body = client.get(URL).content.decode()
            assert "Credit taken in" in body
            assert 'data-chart-of="days-USD"' in body
            assert "Charged through" in body

    @pytest.mark.parametrize("query", [{"days": "x"}, {"days": "-1"}, {"days": "90"}])
    def test_survives_any_query(
        self, world: World, as_person: AsPerson, query: dict[str, str]
    ) -> None:
        assert as_person("paula").get(URL, query).status_code == 200

    def test_takes_the_same_number_of_queries_for_many(
        self, world: World, as_person: AsPerson
    ) -> None:
        client = as_person("paula")
        client.get(URL)
        with CaptureQueriesContext(connection) as few:
            client.get(URL)
        with as_role("worker"), provider_scope(world.cast.nimbus):
            for number, currency in enumerate(("USD", "EUR", "JPY", "USD")):
                tenant = create_tenant(
                    provider_id=world.cast.nimbus, external_id=f"n{number}", name="N", now=NOW
                )
                pay_in(world.cast.nimbus, tenant.id, Money(100, currency))

        with CaptureQueriesContext(connection) as many:
            body = client.get(URL, {"days": "90"}).content.decode()

        assert len(many) == len(few)
        assert 'data-chart-of="days-JPY"' in body

    @pytest.mark.parametrize(("person", "status"), [("alice", 403), ("bob", 403), ("mallory", 404)])
    def test_is_for_the_provider_s_people(
        self, world: World, as_person: AsPerson, person: str, status: int
    ) -> None:
        assert as_person(person).get(URL).status_code == status

    def test_is_only_read(self, world: World, as_person: AsPerson) -> None:
        assert as_person("paula").post(URL).status_code == 405

    def test_shows_nothing_of_another_provider(self, world: World, as_person: AsPerson) -> None:
        assert "62.00" not in as_person("oskar").get(URL).content.decode()


class TestRevenueFile:
    def test_is_the_table_and_adds_up_to_it(self, world: World, as_person: AsPerson) -> None:
        with as_role("worker"):
            later = NOW + timedelta(days=1, minutes=5)
            charge_hours(provider_id=world.cast.nimbus, until=NOW + timedelta(days=1), now=later)
        with time_machine.travel(later, tick=False):
            client = as_person("rita")
            (book,) = client.get(URL).context["page"].books
            text = b"".join(client.get(f"{URL}revenue.csv")).decode()

        lines = list(csv.DictReader(text.splitlines()))
        # 20 calls at 0.25 and the setup fee, charged on the day that is over.
        assert list(book.columns) == ["calls", "Not told apart", "One-time fees"]
        assert [money.amount_minor for money in book.sums] == [500, 0, 1000]
        assert [(row["What"], row["Amount"]) for row in lines] == [
            ("calls", "5.00"),
            ("One-time fees", "10.00"),
        ]
        assert sum(Decimal(row["Amount"]) for row in lines) == book.earned.to_major()

    def test_is_not_for_customers(self, world: World, as_person: AsPerson) -> None:
        assert as_person("alice").get(f"{URL}revenue.csv").status_code == 403
