"""What a client is charged and why, as the provider's people see it: line, hours, events, earlier periods."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from tests.portal.views.conftest import AsPerson, World


@pytest.fixture
def rita(world: World, as_person: AsPerson) -> Client:
    """Return the browser of somebody who may only look."""
    return as_person("rita")


class TestClientUsage:
    def test_leads_from_the_client_to_the_hour(self, world: World, rita: Client) -> None:
        base = f"/provider/clients/{world.acme}/"
        client = rita.get(base).content.decode()
        line = f"{base}usage/line/?line=calls&amp;currency=USD"
        assert line in client

        hours = rita.get(line.replace("&amp;", "&")).content.decode()
        assert "5.00" in hours
        assert f"{base}usage/events/?line=calls" in hours
        assert base in hours
        assert "/billing/" not in hours

    def test_shows_earlier_periods(self, world: World, rita: Client) -> None:
        body = rita.get(f"/provider/clients/{world.acme}/usage/").content.decode()

        assert "running" in body
        assert f"/provider/clients/{world.acme}/usage/line/?line=calls" in body

    def test_sends_the_hours_as_a_file(self, world: World, rita: Client) -> None:
        answer = rita.get(f"/provider/clients/{world.acme}/usage/line.csv?line=calls&currency=USD")
        lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]

        assert lines[1].split(",", 1)[1].startswith("calls,30")
        assert len(lines) == 2

    @pytest.mark.parametrize("query", ["line=none&currency=USD", "line=calls&currency=ZZZ"])
    def test_no_such_line_is_not_found(self, world: World, rita: Client, query: str) -> None:
        url = f"/provider/clients/{world.acme}/usage/line/?{query}"

        assert rita.get(url).status_code == 404
