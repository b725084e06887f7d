"""The first page of those who administer a tenant."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.selectors.balances import wallet_of
from billing_platform.kernel.scope import provider_scope, tenant_scope
from billing_platform.portal.pages.customer_dashboard import customer_dashboard
from tenants.selectors.providers import provider_view
from tenants.selectors.tenants import tenant_by_id
from tests.cast import NOW
from tests.factories.usage import HOUR
from usage.selectors.hour_costs import hour_costs

if TYPE_CHECKING:
    from datetime import datetime

    from billing_platform.portal.pages.customer_dashboard import CustomerDashboard
    from tests.portal.views.conftest import AsPerson, World

URL = "/dashboard/"


def page_at(world: World, now: datetime) -> CustomerDashboard:
    """Return Acme's page at a moment."""
    with tenant_scope(world.cast.nimbus, world.cast.acme):
        provider = provider_view(world.cast.nimbus)
        tenant = tenant_by_id(world.cast.nimbus, world.cast.acme)
        return customer_dashboard(provider, tenant, now=now)


class TestFigures:
    def test_the_running_hour_is_part_of_the_day_and_the_period(self, world: World) -> None:
        (spent,) = page_at(world, NOW - timedelta(minutes=30)).spending

        # 20 calls beyond the 10 included at 0.25, and the setup fee of 5.00.
        assert (str(spent.hour), str(spent.today)) == ("10.00", "10.00")
        assert (f"{spent.yesterday:f}", str(spent.period)) == ("0.00", "10.00 USD")

    def test_the_next_hour_begins_at_nothing(self, world: World) -> None:
        (spent,) = page_at(world, NOW).spending

        assert (f"{spent.hour:f}", f"{spent.today:f}") == ("0.00", "10.00")

    def test_the_next_day_calls_it_yesterday(self, world: World) -> None:
        (spent,) = page_at(world, NOW + timedelta(days=1)).spending

        assert [f"{cost:f}" for cost in (spent.hour, spent.today, spent.yesterday)] == [
            "0.00",
            "0.00",
            "10.00",
        ]

    def test_the_period_agrees_with_the_ledger(self, world: World) -> None:
        page = page_at(world, NOW)
        with provider_scope(world.cast.nimbus):
            wallet = wallet_of(world.cast.nimbus, world.cast.acme, "USD")

        assert page.spending[0].period.amount_minor == wallet.period_posted
        assert page.balances[0].settled.amount_minor == wallet.settled == 5000 - 1000

    def test_hours_add_up_to_the_period(self, world: World) -> None:
        page = page_at(world, NOW)
        with tenant_scope(world.cast.nimbus, world.cast.acme):
            found = hour_costs(
                world.cast.nimbus, world.cast.acme, since=NOW - 24 * HOUR, until=NOW + HOUR
            )

        assert sum(row.amount_minor for row in found) == page.usage[0].total.amount_minor


class TestPage:
    def test_shows_balance_cost_and_usage(self, world: World, as_person: AsPerson) -> None:
        body = as_person("alice").get(URL).content.decode()

        for words in ("Current balance", "40.00 <span", "Cost this hour", "Cost today"):
            assert words in body, words
        assert "Canary-Globex" not in body
        assert "Secret reason" not in body

    def test_before_any_usage_it_says_what_will_come(
        self, world: World, as_person: AsPerson
    ) -> None:
        body = as_person("dora").get(URL).content.decode()

        assert "No usage yet" in body

    def test_takes_the_same_number_of_queries_with_and_without_usage(
        self, world: World, as_person: AsPerson
    ) -> None:
        counts = []
        for person in ("alice", "charlie"):
            client = as_person(person)
            client.get(URL)
            with CaptureQueriesContext(connection) as queries:
                client.get(URL)
            counts.append(len(queries))

        assert counts[0] == counts[1]

    @pytest.mark.parametrize(("person", "status"), [("bob", 403), ("paula", 403), ("mallory", 404)])
    def test_is_for_those_who_administer_the_tenant(
        self, world: World, as_person: AsPerson, person: str, status: int
    ) -> None:
        assert as_person(person).get(URL).status_code == status

    def test_is_only_read(self, world: World, as_person: AsPerson) -> None:
        assert as_person("alice").post(URL).status_code == 405
