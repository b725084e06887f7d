"""The usage explorer: its figures are those of the hourly totals, the ledger and the client's own pages."""

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
from accounts.selectors.balances import provider_balances
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from billing_platform.portal.pages import explorer_clients
from billing_platform.portal.pages.explorer_filter import GROUPS
from tenants.services.tenants import create_tenant
from tests.cast import NOW
from tests.factories.usage import Shop
from tests.roles import as_role
from usage.enums import Aggregation
from usage.models import Meter
from usage.services.charging import charge_hours
from usage.services.hour_sums import fold_hours
from usage.services.meters import create_meter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from billing_platform.portal.pages.explorer import ExplorerPage
    from tests.portal.views.conftest import AsPerson, World

URL = "/provider/usage/"


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def shop_of(world: World) -> Shop:
    """Return the shop of Nimbus with its meter; its provider's scope is open."""
    meter = Meter.objects.get(provider_id=world.cast.nimbus, code="calls")
    return Shop(world.cast.nimbus, now=NOW, meters={"calls": meter.pk})


def use(world: World, tenant_id: int, quantity: int, **ago: int) -> None:
    """Count calls of a tenant some time ago."""
    with as_role("worker"), provider_scope(world.cast.nimbus):
        shop_of(world).use(tenant_id, "calls", quantity, NOW - timedelta(**ago))


def page_of(as_person: AsPerson, query: str = "") -> ExplorerPage:
    page: ExplorerPage = as_person("rita").get(URL + query).context["page"]
    return page


def lines_of(as_person: AsPerson, page: ExplorerPage) -> list[dict[str, str]]:
    text = b"".join(as_person("rita").get(page.csv_url)).decode()
    return list(csv.DictReader(text.splitlines()))


class TestFigures:
    @pytest.mark.parametrize("client", ["", "acme"])
    def test_are_those_of_the_hourly_totals_in_rows_sum_and_file(
        self, world: World, as_person: AsPerson, client: str
    ) -> None:
        use(world, world.cast.acme, 4, days=2)
        use(world, world.cast.globex, 9, hours=3)
        with as_role("worker"):
            fold_hours()
        use(world, world.cast.globex, 2, hours=3)
        with provider_scope(world.cast.nimbus):
            ((truth, events),) = fetch_all(
                "SELECT sum(quantity), sum(events)::bigint FROM usage_hour WHERE tenant_id = ANY(%s)",
                [[world.cast.acme] if client else [world.cast.acme, world.cast.globex]],
            )
        assert truth == (34 if client else 45)

        for group in GROUPS:
            page = page_of(as_person, f"?group={group}&meter=calls&client={client}")

            lines = lines_of(as_person, page)
            assert sum(row.quantity or 0 for row in page.rows) == truth
            assert sum(Decimal(line["used"] or 0) for line in lines) == truth
            assert sum(int(line["events"] or 0) for line in lines) == page.events == events
            assert page.quantity == (None if group == "meter" else truth)

    def test_earned_is_the_ledger_s_revenue(self, world: World, as_person: AsPerson) -> None:
        with as_role("worker"):
            later = NOW + timedelta(days=1, minutes=5)
            charge_hours(provider_id=world.cast.nimbus, until=NOW + timedelta(days=1), now=later)
        with time_machine.travel(later, tick=False):
            by_day = page_of(as_person, "?meter=calls")
            by_meter = page_of(as_person)

        with provider_scope(world.cast.nimbus):
            balances = provider_balances(world.cast.nimbus)
        revenue = Decimal(balances[AccountKind.REVENUE_USAGE, "USD"]).scaleb(-2)
        assert by_day.amounts == by_meter.amounts == [("USD", revenue)] == [("USD", Decimal(5))]

    def test_cost_of_a_client_is_that_of_its_line(self, world: World, as_person: AsPerson) -> None:
        page = page_of(as_person, "?meter=calls&client=acme&days=today&group=hour")

        assert page.is_cost
        # Ten are included, twenty cost 0.25 each.
        assert page.amounts == [("USD", Decimal(5))]

    def test_days_begin_where_the_provider_is(self, world: World, as_person: AsPerson) -> None:
        with as_role("owner"):
            fetch_all(
                "UPDATE tenants_provider SET time_zone = 'Asia/Kolkata' WHERE id = %s RETURNING 1",
                [world.cast.nimbus],
            )
        # In India the day begins at 18:30 UTC, so its first full hour is 19:00.
        use(world, world.cast.acme, 7, hours=18)
        use(world, world.cast.acme, 8, hours=17)

        page = page_of(as_person, "?meter=calls&days=today")

        assert page.quantity == 38
        assert len(page.rows) == 1


class TestLevels:
    def test_lead_from_a_meter_to_the_events_of_one_hour(
        self, world: World, as_person: AsPerson
    ) -> None:
        client = as_person("rita")
        url = URL
        seen = []
        for _ in range(4):
            page = client.get(url).context["page"]
            seen.append(page.wanted.group)
            url = max(page.rows, key=lambda row: row.quantity or 0).url

        assert seen == ["meter", "day", "hour", "client"]
        assert url.startswith(f"/provider/clients/{world.acme}/usage/events/?line=calls")
        assert client.get(url).status_code == 200

    def test_of_a_client_lead_to_its_line_and_its_hour(
        self, world: World, as_person: AsPerson
    ) -> None:
        by_client = page_of(as_person, "?meter=calls&group=client")
        by_hour = page_of(as_person, "?meter=calls&group=hour&client=acme&days=today")

        urls = [row.url for row in (*by_client.rows, *by_hour.rows) if row.url and row.events]
        assert len(urls) == 2
        assert "/usage/line/" in urls[0]
        assert "/usage/events/" in urls[1]
        assert {as_person("rita").get(url).status_code for url in urls} == {200}


class TestClients:
    def test_beyond_the_cap_stand_in_order_and_still_add_up(
        self, world: World, as_person: AsPerson, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(explorer_clients, "READ_MAX", 0)
        monkeypatch.setattr(explorer_clients, "PAGE_CLIENTS", 1)
        use(world, world.cast.globex, 70, hours=1)

        first = page_of(as_person, "?meter=calls&group=client&days=today")
        second = as_person("rita").get(first.next_url).context["page"]

        shown = [(row.label, row.quantity) for row in (*first.rows, *second.rows)]
        assert shown == [
            ("Acme Canary-Acme", 30),
            ("All other clients", 70),
            ("Globex Canary-Globex", 70),
            ("All other clients", 30),
        ]
        assert first.quantity == second.quantity == 100
        assert second.next_url == ""
        assert any("not by what they used" in note for note in first.notes)
        assert [line["client_id"] for line in lines_of(as_person, first)] == ["acme", "globex"]

    def test_below_it_stand_by_what_they_used(self, world: World, as_person: AsPerson) -> None:
        use(world, world.cast.globex, 70, hours=1)

        page = page_of(as_person, "?meter=calls&group=client&days=today")

        assert [row.detail for row in page.rows] == ["globex", "acme"]


NONSENSE = {
    "?since=yesterday": "A day is written like",
    "?days=1000": "no such choice of days",
    "?since=2026-11-20&until=2026-11-01": "lies before the first one",
    "?since=2025-01-01&until=2026-11-20": "At most 92 days",
    "?days=30&group=hour&meter=calls": "7 days at most",
    "?days=90&group=client&meter=calls": "Clients are shown for 31 days at most",
    "?hour=noon": "no such hour",
    "?group=colour": "grouped by meter, day, hour or client",
    "?meter=nothing": "There is no meter “nothing”",
    "?client=nobody": "No client is called “nobody”",
    "?client=canary": "Several clients are called “canary”: Acme",
}


class TestFilters:
    def test_that_make_no_sense_are_said_so_in_plain_words(
        self, world: World, as_person: AsPerson
    ) -> None:
        client = as_person("rita")
        for query, words in NONSENSE.items():
            answer = client.get(URL + query)

            assert answer.status_code == 200
            assert words in answer.content.decode(), query

    def test_of_another_provider_s_client_find_nobody(
        self, world: World, as_person: AsPerson
    ) -> None:
        page = page_of(as_person, f"?client={world.aria}")

        assert page.client is None
        assert "No client is called" in page.problems[0]


class TestNotes:
    def test_say_how_identities_count_where_there_are_such_meters(
        self, world: World, as_person: AsPerson
    ) -> None:
        words = "its later events add none"
        assert not any(words in note for note in page_of(as_person).notes)

        with as_role("worker"), provider_scope(world.cast.nimbus):
            create_meter(
                provider_id=world.cast.nimbus,
                code="phones",
                name="Phones",
                event_type="phone",
                aggregation=Aggregation.UNIQUE,
                now=NOW,
            )

        assert any(words in note for note in page_of(as_person).notes)
        assert not any(words in note for note in page_of(as_person, "?meter=phones").notes)


class TestPage:
    def test_takes_the_same_number_of_queries_for_many(
        self, world: World, as_person: AsPerson
    ) -> None:
        client = as_person("rita")
        urls = [f"{URL}?meter=calls&group={group}" for group in GROUPS]
        few = [self.count(client, url) for url in urls]
        for number in range(5):
            with as_role("worker"), provider_scope(world.cast.nimbus):
                tenant = create_tenant(
                    provider_id=world.cast.nimbus, external_id=f"n{number}", name="N", now=NOW
                )
            use(world, tenant.id, 1, days=number)

        assert [self.count(client, url) for url in urls] == few

    @staticmethod
    def count(client: Client, url: str) -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as found:
            client.get(url)
        return len(found)

    @pytest.mark.parametrize("url", [URL, "/provider/usage.csv"])
    @pytest.mark.parametrize(("person", "status"), [("alice", 403), ("mallory", 404)])
    def test_is_for_the_provider_s_people(
        self, world: World, as_person: AsPerson, url: str, person: str, status: int
    ) -> None:
        assert as_person(person).get(url).status_code == status
        assert as_person("paula").post(url).status_code == 405

    def test_shows_nothing_of_another_provider(self, world: World, as_person: AsPerson) -> None:
        body = as_person("oskar").get(f"{URL}?meter=calls").content.decode()

        assert "Nothing was used" in body
        assert "Acme" not in body
