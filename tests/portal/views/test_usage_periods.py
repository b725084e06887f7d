"""Periods that are over: their lines, hours and events, and the download, add up to what was charged."""

from __future__ import annotations

import csv
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing_platform.kernel.scope import provider_scope
from tests.cast import NOW
from tests.factories.usage import HOUR, Shop
from tests.roles import as_role
from tests.usage.services.events import cloud_event, ingest
from usage.models import Meter
from usage.services.charging import charge_hours

if TYPE_CHECKING:
    from django.test import Client

    from tests.portal.views.conftest import AsPerson, World

PERIODS = "/billing/usage/periods/"


@pytest.fixture
def closed(world: World) -> World:
    """Return the world 60 days later: Acme's period with usage is charged and closed."""
    with as_role("worker"):
        with provider_scope(world.cast.nimbus):
            meter = Meter.objects.get(provider_id=world.cast.nimbus, code="calls")
            shop = Shop(world.cast.nimbus, meters={"calls": meter.id})
            shop.use(world.cast.acme, "calls", "7.5", NOW + HOUR)
            ingest(world.cast.nimbus, cloud_event(1, type="calls", time=(NOW - HOUR).isoformat()))
        later = NOW + timedelta(days=60)
        charge_hours(provider_id=world.cast.nimbus, until=later, now=later)
    return world


def rows_of(client: Client, url: str) -> list[dict[str, str]]:
    """Return a download's lines."""
    text = b"".join(client.get(url)).decode()
    return list(csv.DictReader(text.splitlines()))


class TestPeriods:
    def test_a_closed_period_s_lines_hours_and_file_are_what_was_charged(
        self, closed: World, as_person: AsPerson
    ) -> None:
        client = as_person("alice")

        page = client.get(f"{PERIODS}?period=2026-11-01T00").context["page"]
        assert (page.is_open, page.block.total) == (False, page.block.charged)
        lines = {line.label: line for line in page.block.lines}
        assert sum(line.amount for line in lines.values()) == page.block.total.to_major()

        line = client.get(lines["calls"].url).context["page"]
        # 30 and the event's 1.5 less 10 included, then 7.5 more, at 0.25.
        assert [row.amount for row in line.rows] == [Decimal("1.875"), Decimal("5.375")]
        assert line.hours_sum + line.rest == line.amount == lines["calls"].amount

        rows = rows_of(client, line.csv_url)
        assert sum(Decimal(row["Cost"]) for row in rows) == line.amount
        assert [row["Hour"] for row in rows] == [
            "2026-11-20T11:00:00+00:00",
            "2026-11-20T13:00:00+00:00",
        ]

        events = client.get(line.rows[1].url).context["page"]
        assert [row.event_id for row in events.events] == ["e-1"]
        assert events.line_url == lines["calls"].url

    def test_the_newest_that_is_over_is_shown_first(
        self, closed: World, as_person: AsPerson
    ) -> None:
        page = as_person("alice").get(PERIODS).context["page"]

        assert [row.is_running for row in page.rows][:2] == [True, False]
        assert [row.is_chosen for row in page.rows][:2] == [False, True]

    def test_says_so_when_what_the_events_were_about_is_removed(
        self, closed: World, as_person: AsPerson
    ) -> None:
        url = f"/billing/usage/events/?line=calls&currency=USD&period=2026-11-01T00&hour={NOW - HOUR:%Y-%m-%dT%H}"
        client = as_person("alice")

        assert "has been removed" not in client.get(url).content.decode()
        with time_machine.travel(NOW + timedelta(days=402), tick=False):
            assert "has been removed" in as_person("alice").get(url).content.decode()

    @pytest.mark.parametrize("period", ["2026-11-01T01", "2019-01-01T00", "x", "2026-11-20T12"])
    def test_a_period_that_is_none_is_not_found(
        self, closed: World, as_person: AsPerson, period: str
    ) -> None:
        client = as_person("alice")

        assert client.get(f"{PERIODS}?period={period}").status_code == 404
        for path in ("usage/", "usage.csv"):
            url = f"/billing/{path}?line=calls&currency=USD&period={period}"
            assert client.get(url).status_code == 404, path

    def test_another_tenant_finds_nothing_in_it(self, closed: World, as_person: AsPerson) -> None:
        query = "?line=calls&currency=USD&period=2026-11-01T00"
        client = as_person("charlie")

        assert client.get(f"/billing/usage.csv{query}").status_code == 404
        assert client.get(f"{PERIODS}?period=2026-11-01T00").context["page"].rows

    def test_takes_the_same_number_of_queries_for_many_periods(
        self, closed: World, as_person: AsPerson
    ) -> None:
        client = as_person("alice")
        client.get(PERIODS)
        counts = []
        for days in (60, 460):
            with as_role("worker"):
                until = NOW + timedelta(days=days)
                charge_hours(provider_id=closed.cast.nimbus, until=until, now=until)
            with CaptureQueriesContext(connection) as queries:
                page = client.get(PERIODS).context["page"]
            counts.append(len(queries))

        assert counts[0] == counts[1]
        assert len(page.rows) == 12
        assert client.get(page.older_url).context["page"].rows[-1].days
