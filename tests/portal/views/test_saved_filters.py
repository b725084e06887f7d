"""Saved filters of the list of clients: one's own, shared by owners, one of them opened first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope, tenant_scope
from tenants.models import SavedFilter

if TYPE_CHECKING:
    from django.test import Client

    from tests.portal.views.conftest import AsPerson, World

LIST = "/provider/clients/"
URL = f"{LIST}filters/"
LOW = {"name": "Low", "query": "?below=50&order=name&after=7&view=all&x=1"}


def kept(world: World) -> list[tuple[str, str, bool]]:
    with provider_scope(world.cast.nimbus):
        rows = SavedFilter.objects.order_by("pk")
        return list(rows.values_list("name", "query", "is_shared"))


def number(world: World, name: str) -> str:
    with provider_scope(world.cast.nimbus):
        return str(SavedFilter.objects.get(name=name).pk)


def save(client: Client, **more: str) -> int:
    return client.post(f"{URL}save", {**LOW, **more}).status_code


class TestSave:
    def test_keeps_what_is_asked_for_once(self, world: World, as_person: AsPerson) -> None:
        client = as_person("rita")

        answers = [client.post(f"{URL}save", LOW) for _ in range(2)]

        assert [answer.headers["Location"] for answer in answers] == [
            f"{LIST}?below=50&order=name"
        ] * 2
        assert kept(world) == [("Low", "below=50&order=name", False)]
        page = client.get(LIST, {"below": "50", "order": "name"}).context["page"]
        assert [(chip.name, chip.is_current) for chip in page.saved] == [("Low", True)]
        assert page.save_url == ""

    def test_is_offered_for_what_is_not_kept_yet(self, world: World, as_person: AsPerson) -> None:
        client = as_person("rita")

        page = client.get(LIST, {"q": "glob"}).context["page"]
        body = client.get(page.save_url).content.decode()

        assert page.save_url == f"{URL}?q=glob"
        assert "“glob”" in body
        assert 'name="query" value="q=glob"' in body
        assert client.get(LIST).context["page"].save_url == ""

    @pytest.mark.parametrize(
        ("more", "words"),
        [
            ({"query": "status=suspended"}, "Another filter has this name"),
            ({"query": "", "name": "New"}, "Filter or order the list first"),
            ({"query": "x=1", "name": "New"}, "Filter or order the list first"),
            ({"name": " "}, "This field is required"),
        ],
    )
    def test_refuses(
        self, world: World, as_person: AsPerson, more: dict[str, str], words: str
    ) -> None:
        client = as_person("bill")
        save(client)

        answer = client.post(f"{URL}save", {**LOW, **more})

        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert len(kept(world)) == 1

    def test_has_an_end(
        self, world: World, as_person: AsPerson, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("tenants.services.saved_filters.FILTERS_MAX", 1)
        client = as_person("bill")

        assert [save(client), save(client), save(client, name="Next")] == [302, 302, 422]


class TestDefault:
    def test_opens_the_bare_list_and_nothing_else(self, world: World, as_person: AsPerson) -> None:
        client = as_person("sue")
        save(client, is_default="on", query="q=glob")

        answer = client.get(LIST)

        assert answer.headers["Location"] == f"{LIST}?q=glob"
        page = client.get(f"{LIST}?q=glob").context["page"]
        assert page.all_url == f"{LIST}?view=all"
        assert [chip.url for chip in page.chips] == [f"{LIST}?view=all"]
        whole = client.get(page.all_url).context["page"]
        assert (len(whole.rows), whole.wanted.narrows) == (2, False)
        assert whole.tabs[0].url == f"{LIST}?view=all"
        assert as_person("paula").get(LIST).status_code == 200

    def test_is_one_and_can_be_given_up(self, world: World, as_person: AsPerson) -> None:
        client = as_person("sue")
        save(client, is_default="on")
        save(client, name="Other", query="status=trial")
        client.post(f"{URL}default", {"filter": number(world, "Other")})
        assert client.get(LIST).headers["Location"] == f"{LIST}?status=trial"

        client.post(f"{URL}default", {"filter": "0"})

        assert client.get(LIST).status_code == 200

    def test_goes_with_its_filter(self, world: World, as_person: AsPerson) -> None:
        save(as_person("paula"), is_shared="on")
        client = as_person("sue")
        client.post(f"{URL}default", {"filter": number(world, "Low")})
        assert client.get(LIST).status_code == 302
        low = number(world, "Low")

        as_person("paula").post(f"{URL}change", {"filter": low, "name": "Mine"})

        assert client.get(LIST).status_code == 200
        assert client.post(f"{URL}default", {"filter": low}).status_code == 404


class TestSharing:
    def test_is_an_owner_s(self, world: World, as_person: AsPerson) -> None:
        save(as_person("bill"), is_shared="on", name="Bills")
        save(as_person("paula"), is_shared="on")

        body = as_person("rita").get(LIST).context["page"]

        assert [(chip.name, chip.is_shared) for chip in body.saved] == [("Low", True)]
        assert "Shared by paula@example.com" in as_person("rita").get(URL).content.decode()

    def test_only_who_may_changes_a_filter(self, world: World, as_person: AsPerson) -> None:
        save(as_person("paula"), is_shared="on")
        save(as_person("bill"), name="Bills")
        before = kept(world)

        for person, name in (
            ("rita", "Low"),
            ("sue", "Bills"),
            ("paula", "Bills"),
            ("oskar", "Low"),
        ):
            wanted = {"filter": number(world, name), "name": "Hacked"}
            for verb in ("change", "delete", "default"):
                if (person, name, verb) == ("rita", "Low", "default"):
                    continue
                status = as_person(person).post(f"{URL}{verb}", wanted).status_code
                assert status == 404, (person, name, verb)

        assert kept(world) == before

    def test_its_author_renames_and_deletes(self, world: World, as_person: AsPerson) -> None:
        client = as_person("bill")
        save(client)
        save(client, name="Other", query="status=trial")
        low = number(world, "Low")

        taken = client.post(f"{URL}change", {"filter": low, "name": "Other"}, follow=True)
        client.post(f"{URL}change", {"filter": low, "name": "Poor", "is_shared": "on"})
        client.post(f"{URL}delete", {"filter": number(world, "Other")})

        assert "Another filter has this name" in taken.content.decode()
        assert kept(world) == [("Poor", "below=50&order=name", False)]

    @pytest.mark.parametrize(("person", "status"), [("alice", 403), ("mallory", 404)])
    def test_is_for_the_provider_s_people(
        self, world: World, as_person: AsPerson, person: str, status: int
    ) -> None:
        assert save(as_person(person)) == status
        assert as_person(person).get(URL).status_code == status


class TestDatabase:
    def test_neither_tenants_nor_other_providers_see_a_filter(
        self, world: World, as_person: AsPerson
    ) -> None:
        save(as_person("paula"), is_shared="on", is_default="on")

        for scope in (
            tenant_scope(world.cast.nimbus, world.cast.acme),
            provider_scope(world.cast.sonora),
        ):
            with scope:
                for table in ("tenants_saved_filter", "tenants_default_filter"):
                    assert fetch_all(f"SELECT count(*) FROM {table}") == [(0,)]
                assert not SavedFilter.objects.update(name="Hacked")
        assert kept(world)[0][0] == "Low"
