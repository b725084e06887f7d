"""The audit log: who changed what, before and after, also money and suspensions by hand; for whom it is."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.scope import provider_scope
from tenants.models import SettingEvent
from tests.cast import NOW

if TYPE_CHECKING:
    from django.test import Client

    from tests.portal.views.conftest import AsPerson, World

URL = "/provider/audit/"
SETTING = "/provider/settings/ingestion.late_days/"


@pytest.fixture
def paula(world: World, as_person: AsPerson) -> Client:
    """Return the owner's browser."""
    return as_person("paula")


def suspend(client: Client, world: World) -> None:
    client.post(f"/provider/clients/{world.acme}/suspend", {"note": "Asked for by phone"})


def give_credit(client: Client, world: World) -> None:
    client.post(
        f"/provider/clients/{world.acme}/credit",
        {"amount": "12.50", "currency": "USD", "reason": "Goodwill", "key": "k-1"},
    )


class TestLog:
    def test_says_what_became_what(self, paula: Client) -> None:
        paula.post(SETTING, {"value": "20"})
        paula.post(SETTING, {"value": "21"})

        body = paula.get(URL).content.decode()

        assert "<del>20</del> → 21" in body
        assert "paula@" in body
        assert "How old usage may be when it arrives, in days." in body

    def test_knows_who_posted_and_who_suspended(self, world: World, as_person: AsPerson) -> None:
        give_credit(as_person("bill"), world)
        suspend(as_person("sue"), world)

        body = as_person("paula").get(URL).content.decode()

        assert "12.50 USD" in body
        assert "Goodwill" in body
        assert "bill@" in body
        assert "Asked for by phone" in body
        assert "sue@" in body

    def test_is_filtered_by_person_kind_and_client(self, world: World, paula: Client) -> None:
        give_credit(paula, world)
        paula.post(SETTING, {"value": "20"})

        def rows(query: str) -> str:
            return paula.get(f"{URL}?{query}").content.decode()

        assert "Goodwill" in rows("kind=posting")
        assert "How old usage" not in rows("kind=posting")
        assert "Goodwill" in rows("client=acme")
        assert "How old usage" not in rows("client=acme")
        assert "No match" in rows("client=globex")
        assert "No match" in rows(f"who={world.cast.users['rita']}")
        assert "No match" in rows("until=2020-01-01")

    def test_the_file_has_the_same(self, world: World, paula: Client) -> None:
        give_credit(paula, world)
        answer = paula.get(f"{URL[:-1]}.csv?kind=posting")
        text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
        lines = list(csv.DictReader(text.splitlines()))

        assert [(line["field"], line["after"]) for line in lines] == [
            ("Credit", "12.50 USD"),
            ("Reason", "Goodwill"),
        ]
        assert {line["client"] for line in lines} == {"Acme Canary-Acme"}

    def test_none_yet_says_so(self, paula: Client) -> None:
        assert "No change yet" in paula.get(URL).content.decode()

    @pytest.mark.parametrize(
        "query",
        ["who=x", "kind=x", "since=2026-99-99", "before=x", "before=2026-01-01", "client=%00"],
    )
    def test_a_strange_address_is_answered(self, paula: Client, query: str) -> None:
        assert paula.get(f"{URL}?{query}").status_code == 200

    def test_pages_follow_each_other_without_a_gap(self, world: World, paula: Client) -> None:
        with provider_scope(world.cast.nimbus):
            for number in range(120):
                SettingEvent.objects.create(
                    pgh_label="update",
                    pgh_obj_id=1,
                    id=1,
                    provider_id=world.cast.nimbus,
                    name="ingestion.late_days",
                    value=number,
                    changed_at=NOW,
                )
        url, shown = f"{URL}?kind=setting", []
        while url:
            page = paula.get(url).context["page"]
            shown += [row.fields[-1].after for row in page.rows]
            url = page.older_url

        assert shown == [str(number) for number in reversed(range(120))]

    def test_is_not_for_everybody(self, world: World, as_person: AsPerson) -> None:
        for name in ("sue", "rita", "alice"):
            assert as_person(name).get(URL).status_code == 403, name

    def test_another_provider_sees_none_of_it(self, world: World, as_person: AsPerson) -> None:
        give_credit(as_person("paula"), world)
        body = as_person("oskar").get(URL, HTTP_HOST="sonora.localhost").content.decode()

        assert "Goodwill" not in body
        assert "No change yet" in body


class TestActivity:
    def test_tells_one_client_s_changes(self, world: World, as_person: AsPerson) -> None:
        give_credit(as_person("paula"), world)
        sue = as_person("sue")

        assert "Goodwill" in sue.get(f"/provider/clients/{world.acme}/activity/").content.decode()
        body = sue.get(f"/provider/clients/{world.globex}/activity/").content.decode()
        assert "Goodwill" not in body
