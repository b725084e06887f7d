"""Call History of a customer, and of a client for its provider."""

from __future__ import annotations

import csv
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing_platform.kernel.scope import provider_scope
from tests.cast import NOW
from tests.factories.usage import Shop
from tests.roles import as_role
from usage.services.ingestion import ingest_cloudevents
from usage.services.meters import create_meter

if TYPE_CHECKING:
    from tests.portal.views.conftest import AsPerson, World

URL = "/billing/calls/"


def ring(world: World, count: int, tenant: str = "acme", **data: str) -> None:
    """Take calls in, one a minute."""
    words = {"quantity": "61", "direction": "outbound", "from": "+15550100", "to": "+15550199"}
    items = [
        {
            "specversion": "1.0",
            "id": f"{tenant}-{number}-{data.get('to', '')}",
            "source": "pbx",
            "type": "voice.call",
            "tenant": tenant,
            "time": (NOW - timedelta(hours=1, minutes=number)).isoformat(),
            "data": {**words, **data},
        }
        for number in range(count)
    ]
    with as_role("worker"), provider_scope(world.cast.nimbus):
        results = ingest_cloudevents(provider_id=world.cast.nimbus, items=items, now=NOW)
    assert {result.verdict for result in results} == {"accepted"}


@pytest.fixture
def world(world: World) -> World:
    """Return the world with a meter of calls in its catalogue."""
    with as_role("worker"), provider_scope(world.cast.nimbus):
        sell_calls(world)
    return world


def sell_calls(world: World) -> None:
    """Sell Acme calls by the second."""
    hour = NOW - timedelta(hours=3)
    shop = Shop(world.cast.nimbus, now=hour)
    shop.meters["talk"] = create_meter(
        provider_id=world.cast.nimbus,
        code="talk",
        name="Talk",
        event_type="voice.call",
        aggregation="sum",
        unit_name="seconds",
        now=hour,
    )
    shop.price("talk", {"unit": "0.0005"})
    version_id, _ = shop.version("voice")
    shop.subscribe(world.cast.acme, version_id, hour)


class TestCalls:
    def test_shows_who_called_whom_and_what_it_cost(
        self, world: World, as_person: AsPerson
    ) -> None:
        ring(world, 1)

        body = as_person("alice").get(URL).content.decode()

        for words in ("Call History", "+15550100", "+15550199", "Outbound", "61", "0.0305", "talk"):
            assert words in body, words
        assert "about" not in body

    def test_before_any_call_says_what_will_come(self, world: World, as_person: AsPerson) -> None:
        assert "No calls yet" in as_person("charlie").get(URL).content.decode()

    def test_no_match_differs_from_nothing_yet(self, world: World, as_person: AsPerson) -> None:
        ring(world, 1)

        body = as_person("alice").get(URL, {"number": "4711"}).content.decode()

        assert "No match" in body
        assert 'value="4711"' in body

    def test_what_narrows_them_can_be_taken_away(self, world: World, as_person: AsPerson) -> None:
        asked = {"number": "0199", "direction": "outbound"}

        body = as_person("alice").get(URL, asked).content.decode()

        assert 'class="chip" href="?direction=outbound">Number: 0199 <' in body
        assert 'class="chip" href="?number=0199">Outbound <' in body

    def test_a_day_that_is_none_is_said_so(self, world: World, as_person: AsPerson) -> None:
        ring(world, 1)

        body = as_person("alice").get(URL, {"since": "yesterday"}).content.decode()

        assert "A day is written like" in body
        assert "+15550199" in body

    @pytest.mark.parametrize("before", ["x", "2026-01-01~1~e", "~~", "2026-01-01T00:00Z~9e9~e"])
    def test_a_place_that_was_tampered_with_is_the_newest(
        self, world: World, as_person: AsPerson, before: str
    ) -> None:
        ring(world, 1)

        assert "+15550199" in as_person("alice").get(URL, {"before": before}).content.decode()

    def test_older_pages_and_the_file_hold_the_same_calls(
        self, world: World, as_person: AsPerson
    ) -> None:
        ring(world, 60)
        ring(world, 3, to="+15550777", direction="inbound")
        client = as_person("alice")

        first = client.get(URL, {"direction": "outbound"}).context["page"]
        second = client.get(first.older_url).context["page"]
        lines = b"".join(client.get(first.csv_url)).decode().splitlines()

        shown = [row.at for row in [*first.rows, *second.rows]]
        cells = list(csv.DictReader(lines))
        assert (len(first.rows), len(second.rows), second.older_url) == (50, 10, "")
        assert [row["time"][:16] for row in cells] == [at.isoformat()[:16] for at in shown]
        assert {(row["talk_seconds"], row["cost"], row["to"]) for row in cells} == {
            ("61", "0.0305", "'+15550199")
        }

    def test_takes_the_same_number_of_queries_for_many(
        self, world: World, as_person: AsPerson
    ) -> None:
        client = as_person("alice")
        ring(world, 1)
        client.get(URL)
        with CaptureQueriesContext(connection) as few:
            client.get(URL)
        ring(world, 60, to="+15550777")

        with CaptureQueriesContext(connection) as many:
            client.get(URL)

        assert len(many) == len(few)

    @pytest.mark.parametrize("url", [URL, "/billing/calls.csv"])
    @pytest.mark.parametrize(("person", "status"), [("bob", 403), ("paula", 403), ("mallory", 404)])
    def test_is_for_those_who_administer_the_tenant(
        self, world: World, as_person: AsPerson, url: str, person: str, status: int
    ) -> None:
        assert as_person(person).get(url).status_code == status

    def test_lines_of_calls_lead_there(self, world: World, as_person: AsPerson) -> None:
        ring(world, 1)
        there = f"/provider/clients/{world.acme}/calls/"

        customer = as_person("alice").get("/billing/").content.decode()
        provider = as_person("rita").get(f"/provider/clients/{world.acme}/").content.decode()

        # The plan also sells a meter that counts no calls.
        assert customer.count(f'href="{URL}"') == 1
        # The line, and the tab above the page.
        assert provider.count(f'href="{there}"') == 2

    def test_is_only_read(self, world: World, as_person: AsPerson) -> None:
        assert as_person("alice").post(URL).status_code == 405


class TestClientCalls:
    def test_the_provider_s_people_see_the_client_s(
        self, world: World, as_person: AsPerson
    ) -> None:
        ring(world, 1)
        url = f"/provider/clients/{world.acme}/calls/"

        body = as_person("rita").get(url).content.decode()
        lines = b"".join(as_person("rita").get(f"{url[:-1]}.csv")).decode().splitlines()

        assert "+15550199" in body
        assert "Acme Canary-Acme" in body
        assert len(lines) == 2

    @pytest.mark.parametrize("end", ["calls/", "calls.csv"])
    @pytest.mark.parametrize(("person", "status"), [("alice", 403), ("oskar", 404)])
    def test_strangers_do_not(
        self, world: World, as_person: AsPerson, end: str, person: str, status: int
    ) -> None:
        url = f"/provider/clients/{world.acme}/{end}"

        assert as_person(person).get(url).status_code == status
