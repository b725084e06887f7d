"""Costs by day: what was used, what the rest of the period will come to, the period before, and a budget."""

from __future__ import annotations

import csv
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.services.wallets import open_wallet
from billing_platform.kernel.money import Money
from billing_platform.kernel.rows import execute
from billing_platform.kernel.scope import provider_scope, tenant_scope
from billing_platform.portal.pages.period_costs import costs_page
from tenants.selectors.tenants import tenant_by_id
from tests.cast import NOW
from tests.factories.usage import Shop
from tests.roles import as_role
from usage.errors import InvalidBudgetError
from usage.selectors.budgets import budgets_of
from usage.services.budgets import remove_budget, set_budget
from usage.services.charging import charge_hours

if TYPE_CHECKING:
    from collections.abc import Iterator

    from billing_platform.portal.pages.period_costs import PeriodCosts
    from tests.portal.views.conftest import AsPerson, World

URL = "/billing/costs/"
BUDGET = "/billing/costs/budget/"


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def costs(world: World, *, view: str = "", grain: str = "", days: int = 0) -> PeriodCosts:
    """Return Acme's running period."""
    with tenant_scope(world.cast.nimbus, world.cast.acme):
        tenant = tenant_by_id(world.cast.nimbus, world.cast.acme)
        now = NOW + timedelta(days=days)
        (found,) = costs_page(tenant, view=view, grain=grain, now=now).periods
    return found


def plan(world: World, minor: int, currency: str = "USD") -> None:
    """Give Acme a budget."""
    with tenant_scope(world.cast.nimbus, world.cast.acme):
        set_budget(
            provider_id=world.cast.nimbus,
            tenant_id=world.cast.acme,
            amount=Money(minor, currency),
            changed_by=world.cast.users["alice"],
            now=NOW,
        )


class TestFigures:
    def test_days_add_up_to_what_was_charged(self, world: World) -> None:
        found = costs(world)

        # 20 calls beyond the 10 included at 0.25, and the setup fee of 5.00.
        assert found.so_far == sum((sum(row.amounts) for row in found.rows), Decimal(0)) == 10
        assert found.rest == 0
        assert found.before is None
        (used,) = [row for row in found.rows if any(row.amounts)]
        assert used.day == NOW.date()
        assert sorted(used.amounts) == [5, 5]

    def test_the_rest_goes_on_at_the_pace_of_the_last_day(self, world: World) -> None:
        found = costs(world)

        today, *later = [row for row in found.rows if row.day >= NOW.date()]
        # 30 calls in 24 hours, each further one at 0.25.
        assert {row.estimate for row in later[:-1]} == {Decimal("7.50")}
        assert 0 < today.estimate < Decimal("7.50")
        assert {row.estimate for row in found.rows if row.day < NOW.date()} <= {Decimal(0)}
        assert found.estimate == sum(row.estimate for row in found.rows)
        assert found.forecast == found.so_far + found.estimate

    def test_added_up_ends_with_the_forecast(self, world: World) -> None:
        by_day, added = costs(world), costs(world, view="sum")

        assert added.rows[-1].total == by_day.forecast == added.forecast
        assert [row.day for row in added.rows] == [row.day for row in by_day.rows]
        totals = [row.total for row in added.rows]
        assert totals == sorted(totals)

    def test_the_period_before_stands_beside_it(self, world: World) -> None:
        later = NOW + timedelta(days=20)
        with as_role("worker"):
            charge_hours(provider_id=world.cast.nimbus, until=later, now=later)

        found = costs(world, days=20)

        assert found.rows[0].day.month == 12
        assert found.before == 10
        assert [row.day.day for row in found.rows if row.before] == [NOW.day]
        assert costs(world, view="sum", days=20).rows[-2].before == 10

    def test_what_sums_of_decimals_lose_is_no_rest(self, world: World) -> None:
        own, until = world.cast.nimbus, NOW + timedelta(days=3)
        shop = Shop(own, now=NOW)
        with as_role("worker"):
            with provider_scope(own):
                tenant_id = shop.tenant()
                shop.price("bytes", {"unit": "1.234567890123"})
                version_id, _ = shop.version("bytes")
                shop.subscribe(tenant_id, version_id, NOW)
                for number in range(3):
                    at = NOW + timedelta(days=number)
                    shop.use(tenant_id, "bytes", f"{number}987.123456789012345679", at)
            charge_hours(provider_id=own, until=until, now=until)
        with tenant_scope(own, tenant_id):
            tenant = tenant_by_id(own, tenant_id)
            (found,) = costs_page(tenant, view="", now=until).periods

        assert sum(sum(row.amounts) for row in found.rows) != found.so_far
        assert found.rest == 0

    def test_a_period_that_begins_inside_a_day_shows_what_is_its_own(self, world: World) -> None:
        own, ends = world.cast.nimbus, NOW + timedelta(hours=2)
        later = ends + timedelta(hours=1)
        shop = Shop(own, now=NOW)
        with as_role("worker"):
            with provider_scope(own):
                tenant_id = shop.tenant(trial_ends_at=ends)
                shop.price("minutes", {"unit": "1"})
                version_id, _ = shop.version("minutes")
                shop.subscribe(tenant_id, version_id, NOW)
                for at, quantity in ((NOW, 30), (ends, 5)):
                    shop.use(tenant_id, "minutes", quantity, at)
            charge_hours(provider_id=own, until=later, now=later)
        with tenant_scope(own, tenant_id):
            tenant = tenant_by_id(own, tenant_id)
            (found,) = costs_page(tenant, view="", now=later).periods

        # The 30 of the trial, on the same day, were free.
        assert found.rows[0].day == NOW.date()
        assert sum(found.rows[0].amounts) == found.so_far == 5
        assert found.rest == 0
        assert found.before == 30


class TestGrain:
    @pytest.mark.parametrize(("grain", "view"), [("week", ""), ("month", ""), ("week", "sum")])
    def test_weeks_and_months_come_to_the_same(self, world: World, grain: str, view: str) -> None:
        by_day, found = costs(world), costs(world, grain=grain, view=view)

        last = found.rows[-1] if view else None
        together = last.total if last else sum(row.total for row in found.rows)
        assert together == by_day.forecast == found.forecast
        days = [day for row in found.rows for day in (row.day, row.until)]
        assert days == sorted(days)
        assert (days[0], days[-1]) == (by_day.rows[0].day, by_day.rows[-1].day)
        begins = {row.day.weekday() if grain == "week" else row.day.day for row in found.rows[1:]}
        assert begins <= {0 if grain == "week" else 1}
        assert len(found.rows) < len(by_day.rows)

    def test_a_day_leads_to_its_hours_of_the_line(self, world: World, as_person: AsPerson) -> None:
        found, client = costs(world), as_person("alice")
        used = next(row for row in found.rows if any(row.amounts))
        own = found.columns.index("calls")

        page = client.get(used.urls[own]).context["page"]

        assert used.urls[own] in client.get(URL).content.decode().replace("&amp;", "&")
        assert page.day == used.day
        assert page.day_sum == used.amounts[own] == 5
        other = client.get(used.urls[own].replace(f"{used.day}", "2026-11-01")).context["page"]
        assert (other.rows, other.amount) == ([], page.amount)
        whole = client.get(costs(world, grain="week").rows[0].urls[own]).context["page"]
        assert (whole.day, whole.amount) == (None, 5)

    def test_the_file_is_the_table(self, world: World, as_person: AsPerson) -> None:
        client = as_person("alice")
        for query in ("", "?by=week", "?by=x&show=y"):
            text = b"".join(client.get(f"/billing/costs.csv{query}")).decode()
            lines = list(csv.DictReader(text.splitlines()))
            (found,) = client.get(f"{URL}{query}").context["page"].periods
            spent = [row for row in lines if row["Figure"] in {"cost", "no_day"}]
            assert {row["What"] for row in spent} <= {*found.columns}
            assert sum(Decimal(row["Amount"]) for row in spent) == found.so_far == 10
            assert {row["Currency"] for row in lines} == {"USD"}

    @pytest.mark.parametrize("grain", ["", "week"])
    def test_what_is_added_up_begins_with_the_period(
        self, world: World, as_person: AsPerson, grain: str
    ) -> None:
        client = as_person("alice")

        text = b"".join(client.get(f"/billing/costs.csv?show=sum&by={grain}")).decode()

        lines = [row for row in csv.DictReader(text.splitlines()) if row["Figure"] == "cost"]
        (found,) = client.get(f"{URL}?show=sum&by={grain}").context["page"].periods
        assert {row["From"] for row in lines} == {f"{found.rows[0].day}"}
        last = [row for row in lines if row["To"] == f"{found.rows[-1].until}"]
        assert sum(Decimal(row["Amount"]) for row in last) == found.so_far == 10

    def test_the_heading_says_by_what(self, as_person: AsPerson, world: World) -> None:
        client = as_person("alice")

        for query, heading in (("", "Costs by day"), ("?by=week", "Costs by week")):
            assert (
                f'<h1 class="h2 mb-0">{heading}</h1>'
                in client.get(f"{URL}{query}").content.decode()
            )

    def test_the_file_is_not_for_other_users(self, world: World, as_person: AsPerson) -> None:
        assert as_person("bob").get("/billing/costs.csv").status_code == 403


class TestTable:
    def test_begins_with_the_first_cost_and_names_its_currency_once(
        self, world: World, as_person: AsPerson
    ) -> None:
        found = costs(world)
        table = as_person("alice").get(URL).content.decode().partition("<table")[2]

        assert found.rows[0].day == NOW.date()
        assert found.is_shortened
        assert "Days before the first cost are left out." in table
        words = table.partition("</table")[0].replace("currency=USD", "")
        assert words.count("USD") == 2, "its number, and its caption"


class TestBudget:
    def test_is_drawn_for_a_day_and_for_the_period(self, world: World) -> None:
        plan(world, 30_00)

        by_day, added = costs(world), costs(world, view="sum")

        assert by_day.budget == Money(3000, "USD")
        assert added.line == 30
        # A day's share of the whole period; days before the first cost are not among the rows.
        assert by_day.line == Decimal(30) / 30
        assert by_day.over == by_day.forecast - 30

    def test_none_draws_no_line(self, world: World) -> None:
        found = costs(world)

        assert found.budget is None
        assert found.line is None
        assert found.over == 0

    def test_is_saved_changed_and_taken_away(self, world: World, as_person: AsPerson) -> None:
        alice = as_person("alice")

        for typed, kept in (("25.50", Money(2550, "USD")), ("40", Money(4000, "USD")), ("", None)):
            answer = alice.post(BUDGET, {"currency": "USD", "budget": typed})
            assert (answer.status_code, answer["Location"]) == (302, URL)
            with tenant_scope(world.cast.nimbus, world.cast.acme):
                assert budgets_of(world.cast.nimbus, world.cast.acme).get("USD") == kept

    def test_of_one_currency_is_never_saved_for_another(
        self, world: World, as_person: AsPerson
    ) -> None:
        own, acme = world.cast.nimbus, world.cast.acme
        with as_role("worker"), provider_scope(own):
            open_wallet(provider_id=own, tenant_id=acme, currency="EUR", now=NOW)
        plan(world, 30_00)
        plan(world, 70_00, "EUR")

        body = as_person("alice").get(f"{BUDGET}?currency=EUR").content.decode()
        refused = as_person("alice").post(BUDGET, {"currency": "EUR", "budget": "much"})

        for page in (body, refused.content.decode()):
            assert "Budget in EUR" in page
            assert '<input type="hidden" name="currency" value="EUR"' in page
            assert "currency=USD" in page
            assert '<select name="currency"' not in page
        assert "70" in body

    @pytest.mark.parametrize(
        "sent",
        [
            {"currency": "USD", "budget": "0"},
            {"currency": "USD", "budget": "-5"},
            {"currency": "USD", "budget": "0.001"},
            {"currency": "USD", "budget": "much"},
            {"currency": "ZZZ", "budget": "5"},
        ],
    )
    def test_refuses_what_is_none(
        self, world: World, as_person: AsPerson, sent: dict[str, str]
    ) -> None:
        assert as_person("alice").post(BUDGET, sent).status_code == 422
        with tenant_scope(world.cast.nimbus, world.cast.acme):
            assert budgets_of(world.cast.nimbus, world.cast.acme) == {}

    def test_the_service_and_the_database_refuse_nothing_as_a_budget(self, world: World) -> None:
        with pytest.raises(InvalidBudgetError):
            plan(world, 0)
        with (
            provider_scope(world.cast.nimbus),
            pytest.raises(IntegrityError, match="usage_budget_amount"),
            transaction.atomic(),
        ):
            execute(
                "INSERT INTO usage_budget (provider_id, tenant_id, currency, amount_minor,"
                " changed_at, changed_by_id) VALUES (%s, %s, 'USD', 0, now(), 1)",
                [world.cast.nimbus, world.cast.acme],
            )

    def test_is_seen_and_taken_away_by_nobody_else(self, world: World) -> None:
        plan(world, 100)
        own = world.cast.nimbus

        with tenant_scope(own, world.cast.globex):
            assert budgets_of(own, world.cast.acme) == {}
            remove_budget(provider_id=own, tenant_id=world.cast.acme, currency="USD")

        with tenant_scope(own, world.cast.acme):
            assert budgets_of(own, world.cast.acme) == {"USD": Money(100, "USD")}


class TestPage:
    def test_shows_the_figures_and_when_they_were_estimated(
        self, world: World, as_person: AsPerson
    ) -> None:
        plan(world, 1_00)

        body = as_person("alice").get(URL).content.decode()

        for words in (
            "Whole period, estimated",
            "Estimate of",
            "hatched",
            "above it",
            'data-series="estimate"',
            "data-line=",
        ):
            assert words in body, words
        assert "Canary-Globex" not in body

    def test_before_any_period_it_says_what_will_come(
        self, world: World, as_person: AsPerson
    ) -> None:
        assert "No billing period yet" in as_person("dora").get(URL).content.decode()

    def test_takes_the_same_number_of_queries_with_a_budget(
        self, world: World, as_person: AsPerson
    ) -> None:
        alice = as_person("alice")
        alice.get(URL)
        counts = []
        for _ in range(2):
            with CaptureQueriesContext(connection) as queries:
                alice.get(URL)
            counts.append(len(queries))
            plan(world, 500)

        assert counts[0] == counts[1]

    @pytest.mark.parametrize("url", [URL, BUDGET])
    @pytest.mark.parametrize(("person", "status"), [("bob", 403), ("paula", 403), ("mallory", 404)])
    def test_is_for_those_who_administer_the_tenant(
        self, world: World, as_person: AsPerson, url: str, person: str, status: int
    ) -> None:
        assert as_person(person).get(url).status_code == status


class TestByResource:
    def test_columns_are_resources_and_figures_stay_what_they_were(
        self, world: World, as_person: AsPerson
    ) -> None:
        by_product, client = costs(world), as_person("alice")

        page = client.get(f"{URL}?of=resource&by=week").context["page"]

        (found,) = page.periods
        assert (found.so_far, found.rest) == (by_product.so_far, 0)
        assert found.forecast == by_product.forecast
        assert sum(sum(row.amounts) for row in found.rows) == by_product.so_far
        assert found.columns[-1] == "Not by resource"
        assert {url for row in found.rows for url in row.urls} == {""}
        assert [link.url for link in page.grains if link.is_current] == [
            f"{URL}?by=week&of=resource"
        ]
        body = client.get(f"{URL}?of=resource").content.decode()
        assert "stand under “Not by resource”" in body
        assert "stand under" not in client.get(f"{URL}?of=x").content.decode()

    def test_the_file_has_the_same_columns(self, world: World, as_person: AsPerson) -> None:
        client = as_person("alice")

        text = b"".join(client.get("/billing/costs.csv?of=resource")).decode()

        lines = [row for row in csv.DictReader(text.splitlines()) if row["Figure"] == "cost"]
        (found,) = client.get(f"{URL}?of=resource").context["page"].periods
        assert {row["What"] for row in lines} <= {*found.columns}
        assert sum(Decimal(row["Amount"]) for row in lines) == found.so_far == 10
        assert [row["Amount"] for row in lines if row["Amount"].endswith("00")] == []

    def test_is_not_for_other_users(self, world: World, as_person: AsPerson) -> None:
        assert as_person("bob").get(f"{URL}?of=resource").status_code == 403
