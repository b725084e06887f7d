"""From a line of the billing page down to its hours and their events."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing_platform.kernel.scope import provider_scope, tenant_scope
from billing_platform.portal.pages.cost_chart import cost_charts
from tests.cast import NOW
from tests.factories.usage import HOUR, Shop
from tests.roles import as_role
from tests.usage.services.events import cloud_event, ingest
from usage.models import Meter
from usage.selectors.consumption import usage_this_period
from usage.selectors.hour_costs import hour_costs

if TYPE_CHECKING:
    from tests.portal.views.conftest import AsPerson, World

LINE = "/billing/usage/?line=calls&currency=USD"
EVENTS = f"/billing/usage/events/?line=calls&currency=USD&hour={NOW - HOUR:%Y-%m-%dT%H}"


def use(world: World, quantity: str, *, hours_ago: int) -> None:
    """Count calls of Acme."""
    with as_role("worker"), provider_scope(world.cast.nimbus):
        meter = Meter.objects.get(provider_id=world.cast.nimbus, code="calls")
        shop = Shop(world.cast.nimbus, meters={"calls": meter.id})
        shop.use(world.cast.acme, "calls", quantity, NOW - hours_ago * HOUR)


class TestLine:
    def test_hours_add_up_to_the_line_across_the_allowance(
        self, world: World, as_person: AsPerson
    ) -> None:
        use(world, "4", hours_ago=1)
        use(world, "7.5", hours_ago=0)

        page = as_person("alice").get(LINE).context["page"]

        # 34 less 10 included, then 7.5 more, at 0.25.
        assert [row.amount for row in page.rows] == [Decimal("1.875"), Decimal("6")]
        assert page.hours_sum == page.amount == Decimal("7.875")
        assert page.rest == 0

    def test_every_line_s_hours_are_the_line(self, world: World) -> None:
        use(world, "2.5", hours_ago=0)
        place = (world.cast.nimbus, world.cast.acme)
        with tenant_scope(*place):
            (period,) = usage_this_period(*place)
            found = hour_costs(*place, since=period.starts, until=period.ends)

        assert period.lines
        for line in period.lines:
            of_line = [row.amount_minor for row in found if row.code == line.code]
            assert sum(of_line, Decimal(0)) == line.amount_minor, line.code

    def test_says_the_rule_and_the_rate(self, world: World, as_person: AsPerson) -> None:
        client = as_person("alice")

        assert "add up to the line exactly" in client.get(LINE).content.decode()
        body = client.get("/billing/").content.decode()
        assert "0.25 USD per unit, tier 2 of 2" in body
        assert "unit included" in body

    def test_a_tenant_without_the_line_finds_nothing(
        self, world: World, as_person: AsPerson
    ) -> None:
        for person in ("charlie", "dora"):
            assert as_person(person).get(LINE).status_code == 404, person

    @pytest.mark.parametrize(
        "query", ["?line=nothing&currency=USD", "?line=calls&currency=EUR", "?line=%00&currency=U"]
    )
    def test_an_unknown_line_is_not_found(
        self, world: World, as_person: AsPerson, query: str
    ) -> None:
        status = as_person("alice").get(f"/billing/usage/{query}").status_code

        assert status == (302 if "%00" in query else 404)

    @pytest.mark.parametrize("page", ["0", "-1", "999", "x", "²"])
    def test_a_page_that_makes_no_sense_is_the_nearest(
        self, world: World, as_person: AsPerson, page: str
    ) -> None:
        assert as_person("alice").get(f"{LINE}&page={page}").status_code == 200

    def test_takes_the_same_number_of_queries_for_many_hours(
        self, world: World, as_person: AsPerson
    ) -> None:
        client = as_person("alice")
        client.get(LINE)
        counts = []
        for more in (0, 80):
            for number in range(more):
                use(world, "1", hours_ago=-number)
            with CaptureQueriesContext(connection) as queries:
                page = client.get(LINE).context["page"]
            counts.append(len(queries))

        assert counts[0] == counts[1]
        assert len(page.rows) == 72
        assert page.older_url
        assert len(client.get(page.older_url).context["page"].rows) == page.count - 72

    @pytest.mark.parametrize("url", [LINE, EVENTS])
    @pytest.mark.parametrize(("person", "status"), [("bob", 403), ("paula", 403), ("mallory", 404)])
    def test_is_for_those_who_administer_the_tenant(
        self, world: World, as_person: AsPerson, url: str, person: str, status: int
    ) -> None:
        assert as_person(person).get(url).status_code == status


class TestEvents:
    @pytest.mark.parametrize("hour", ["", "yesterday", "2026-11-20", "2026-13-20T01"])
    def test_an_hour_that_is_none_is_not_found(
        self, world: World, as_person: AsPerson, hour: str
    ) -> None:
        url = f"/billing/usage/events/?line=calls&currency=USD&hour={hour}"

        assert as_person("alice").get(url).status_code == 404

    @pytest.mark.parametrize("after", ["1", "x.y.z", "1.2.", "999999999999999999.1.x"])
    def test_a_place_that_makes_no_sense_is_the_first(
        self, world: World, as_person: AsPerson, after: str
    ) -> None:
        assert as_person("alice").get(f"{EVENTS}&after={after}").status_code == 200

    def test_leads_through_all_events_of_the_hour_and_to_no_other(
        self, world: World, as_person: AsPerson
    ) -> None:
        with as_role("worker"), provider_scope(world.cast.nimbus):
            events = [
                cloud_event(
                    number,
                    type="calls",
                    tenant="globex" if number == 130 else "acme",
                    time=(NOW - HOUR + timedelta(seconds=number // 2)).isoformat(),
                )
                for number in range(131)
            ]
            ingest(world.cast.nimbus, *events, cloud_event("later", type="calls", minutes_ago=25))
        client = as_person("alice")

        first = client.get(EVENTS).context["page"]
        second = client.get(first.older_url).context["page"]

        found = [row.event_id for row in (*first.events, *second.events)]
        assert sorted(found) == sorted(f"e-{number}" for number in range(130))
        assert (second.older_url, first.newest_url) == ("", "")
        # 30 counted before, and 130 times 1.5.
        assert first.used == Decimal("225")
        assert {row.counted for row in first.events} == {Decimal("1.5")}

    def test_says_so_when_nothing_was_counted(self, world: World, as_person: AsPerson) -> None:
        assert "No events" in as_person("alice").get(EVENTS).content.decode()


class TestChart:
    def test_the_table_s_figures_add_up_both_ways(self, world: World) -> None:
        use(world, "7.5", hours_ago=0)
        place = (world.cast.nimbus, world.cast.acme)
        with tenant_scope(*place):
            costs = cost_charts(*place, span="24", most=6, now=NOW + timedelta(minutes=5))

        (chart,) = costs.charts
        assert len(chart.rows) == 24
        assert chart.total == sum(row.total for row in chart.rows) == Decimal("11.875")
        assert chart.columns == ["base", "calls"]

    def test_stands_on_the_billing_page(self, world: World, as_person: AsPerson) -> None:
        page = as_person("alice").get("/billing/?hours=168").context["page"]

        assert [span.value for span in page.costs.spans if span.is_chosen] == ["168"]
