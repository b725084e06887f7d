"""Calls of all of a provider's clients, each with whose it is."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing_platform.kernel.scope import provider_scope
from tests.portal.views.test_calls import ring, sell_calls
from tests.roles import as_role

if TYPE_CHECKING:
    from tests.portal.views.conftest import AsPerson, World

URL = "/provider/calls/"


@pytest.fixture
def world(world: World) -> World:
    """Return the world with calls of both of Nimbus's clients; only Acme's have a price."""
    with as_role("worker"), provider_scope(world.cast.nimbus):
        sell_calls(world)
    ring(world, 3)
    ring(world, 2, tenant="globex", to="+15550777", direction="inbound")
    return world


def shown(as_person: AsPerson, query: str = "") -> list[tuple[str, str]]:
    page = as_person("rita").get(URL + query).context["page"]
    return [(row.client.external_id, row.called) for row in page.rows]


class TestAllCalls:
    def test_stand_with_their_client_and_its_own_price(
        self, world: World, as_person: AsPerson
    ) -> None:
        page = as_person("rita").get(URL).context["page"]

        costs = {(row.client.external_id, str(row.cost)) for row in page.rows}
        assert costs == {("acme", "0.0305"), ("globex", "None")}
        assert len(page.rows) == 5
        assert [row.at for row in page.rows] == sorted((r.at for r in page.rows), reverse=True)

    def test_are_narrowed_to_a_client_a_direction_a_number_and_days(
        self, world: World, as_person: AsPerson
    ) -> None:
        acme, globex = [("acme", "+15550199")] * 3, [("globex", "+15550777")] * 2

        assert shown(as_person, "?client=globex") == globex
        assert shown(as_person, f"?client={world.acme}") == acme
        assert shown(as_person, "?client=Acme&direction=outbound") == acme
        assert shown(as_person, "?client=acme&direction=inbound") == []
        assert shown(as_person, "?number=0777") == globex
        assert shown(as_person, "?until=2026-11-19") == []

    def test_of_a_client_that_is_none_say_so(self, world: World, as_person: AsPerson) -> None:
        for client in ("nobody", world.aria):
            body = as_person("rita").get(URL, {"client": client}).content.decode()

            assert f"No client is called “{client}”, so all are shown." in body
            assert f'value="{client}"' in body

    def test_are_in_the_file_with_the_same_filters(self, world: World, as_person: AsPerson) -> None:
        page = as_person("rita").get(URL, {"client": "globex"}).context["page"]

        text = b"".join(as_person("rita").get(page.csv_url)).decode()
        lines = list(csv.DictReader(text.splitlines()))

        assert {(line["client_id"], line["to"]) for line in lines} == {("globex", "'+15550777")}
        assert len(lines) == 2

    def test_go_on_page_by_page_with_as_many_queries_for_many(
        self, world: World, as_person: AsPerson
    ) -> None:
        client = as_person("rita")
        client.get(URL)
        with CaptureQueriesContext(connection) as few:
            client.get(URL)
        ring(world, 60, to="+15550111")

        with CaptureQueriesContext(connection) as many:
            first = client.get(URL).context["page"]
        second = client.get(first.older_url).context["page"]

        assert len(many) == len(few)
        assert (len(first.rows), len(second.rows)) == (50, 15)
        assert min(row.at for row in first.rows) >= max(row.at for row in second.rows)
        assert second.older_url == ""

    @pytest.mark.parametrize("url", [URL, "/provider/calls.csv"])
    @pytest.mark.parametrize(("person", "status"), [("alice", 403), ("mallory", 404)])
    def test_are_for_the_provider_s_people(
        self, world: World, as_person: AsPerson, url: str, person: str, status: int
    ) -> None:
        assert as_person(person).get(url).status_code == status
        assert as_person("paula").post(url).status_code == 405

    def test_of_another_provider_are_not_among_them(
        self, world: World, as_person: AsPerson
    ) -> None:
        body = as_person("oskar").get(URL).content.decode()

        assert "No calls are sold" in body
        assert "+1555" not in body
