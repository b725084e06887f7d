"""The filters, the order and the pages of a provider's list of clients, and its download."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.scope import provider_scope
from billing_platform.portal.pages import clients, clients_csv
from tenants.services.suspension import suspend_by_hand
from tenants.services.tenants import create_tenant
from tests.cast import NOW
from tests.roles import as_role

if TYPE_CHECKING:
    from django.test import Client

    from tests.portal.views.conftest import AsPerson, World

URL = "/provider/clients/"
CSV = "/provider/clients.csv"


def names(client: Client, **query: str) -> list[str]:
    """Return the external ids on the page, in order."""
    body = client.get(URL, query).content.decode()
    return re.findall(r'<div class="text-secondary small break-anywhere">([^<]+)</div>', body)


def lines(client: Client, **query: str) -> list[str]:
    """Return the external ids in the download, in order."""
    text = b"".join(client.get(CSV, query)).decode()
    return [line.split(",")[0] for line in text.splitlines()[1:]]


@pytest.fixture
def initech(world: World) -> int:
    """Return a postpaid client with neither wallet nor plan."""
    with as_role("worker"), provider_scope(world.cast.nimbus):
        return create_tenant(
            provider_id=world.cast.nimbus,
            external_id="initech",
            name="100% Initech_",
            billing_plan="POSTPAID",
            now=NOW,
        ).id


class TestFilters:
    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({"billing": "POSTPAID"}, ["initech"]),
            ({"billing": "PREPAID"}, ["globex", "acme"]),
            ({"plan": "plan"}, ["globex", "acme"]),
            ({"plan": "plan@1"}, ["globex", "acme"]),
            ({"plan": "plan@2"}, []),
            ({"plan": "no-such"}, []),
            ({"below": "40"}, ["globex"]),
            ({"below": "40,01"}, ["globex", "acme"]),
            ({"below": "-1"}, []),
            ({"below": "40", "q": "acme"}, []),
            ({"q": "100%"}, ["initech"]),
            ({"q": "_INI 1"}, ["initech"]),
            ({"q": "tech"}, []),
            ({"q": "%"}, []),
            ({"q": "charlie@ex"}, ["globex"]),
            ({"order": "oldest"}, ["acme", "globex", "initech"]),
            ({"order": "name"}, ["initech", "acme", "globex"]),
            ({"order": "name_down", "size": "25"}, ["globex", "acme", "initech"]),
        ],
    )
    def test_narrow_the_page_and_the_download_alike(
        self,
        world: World,
        initech: int,
        as_person: AsPerson,
        query: dict[str, str],
        found: list[str],
    ) -> None:
        client = as_person("rita")

        assert names(client, **query) == found
        assert lines(client, **query) == found

    def test_tell_for_what_a_client_is_suspended(
        self, world: World, initech: int, as_person: AsPerson
    ) -> None:
        with provider_scope(world.cast.nimbus):
            suspend_by_hand(
                provider_id=world.cast.nimbus, tenant_id=world.cast.globex, note="", now=NOW
            )
        client = as_person("sue")

        assert names(client, reason="by_hand") == ["globex"]
        assert names(client, reason="exhausted") == []
        body = client.get(URL, {"reason": "by_hand"}).content.decode()
        assert 'class="row-suspended"' in body
        assert "By hand (1)" in body
        assert "1 client found" in body
        assert (
            "globex,Globex Canary-Globex,suspended,by_hand,PREPAID"
            in b"".join(client.get(CSV, {"reason": "by_hand"})).decode()
        )

    def test_can_be_taken_away_one_by_one(self, world: World, as_person: AsPerson) -> None:
        query = {"q": "acme", "below": "99", "status": "active"}

        body = as_person("paula").get(URL, query).content.decode()

        assert 'class="chip" href="/provider/clients/?status=active&amp;below=99"' in body
        assert 'class="chip" href="/provider/clients/?q=acme&amp;status=active"' in body

    @pytest.mark.parametrize(("language", "shown"), [("en", "1,234.5"), ("de", "1.234,5")])
    def test_are_written_in_the_language_of_the_page(
        self, world: World, as_person: AsPerson, language: str, shown: str
    ) -> None:
        answer = as_person("paula").get(
            URL, {"below": "1234.5"}, headers={"accept-language": language}
        )

        assert re.search(
            rf'class="chip" href="[^"]+">[^<]+ {re.escape(shown)} <', answer.content.decode()
        )

    @pytest.mark.parametrize(
        "query",
        [
            {"below": "NaN"},
            {"below": "1e999999999"},
            {"below": "9" * 40},
            {"reason": "drop"},
            {"billing": "x"},
            {"plan": "\x00@1"},
            {"order": "owed"},
            {"order": "balance", "currency": "ZZZ"},
            {"order": "balance", "currency": "\x00"},
            {"order": "name", "after": "999999"},
        ],
    )
    def test_survive_nonsense(
        self, world: World, as_person: AsPerson, query: dict[str, str]
    ) -> None:
        assert as_person("paula").get(URL, query).status_code == 200

    def test_show_nothing_of_another_provider(self, world: World, as_person: AsPerson) -> None:
        assert names(as_person("oskar"), billing="PREPAID") == ["aria"]


def walk(client: Client, url: str) -> list[str]:
    """Return the clients' own ids on all pages from an address on."""
    seen = []
    while url:
        body = client.get(url).content.decode()
        seen += re.findall(r'small break-anywhere">([^<]+)</div>', body)
        found = re.search(r'href="([^"]+)" rel="next"', body)
        url = found.group(1).replace("&amp;", "&") if found else ""
    return seen


class TestPages:
    @pytest.mark.parametrize("order", ["", "oldest", "name", "name_down"])
    def test_follow_each_other_in_every_order(
        self,
        world: World,
        initech: int,
        as_person: AsPerson,
        order: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        client = as_person("paula")
        whole = names(client, order=order)
        monkeypatch.setattr(clients, "PAGE_ROWS", 1)
        monkeypatch.setattr(clients_csv, "FILE_ROWS", 1)
        seen = walk(client, f"{URL}?order={order}")

        assert seen == whole == lines(client, order=order)
        assert len(seen) == 3

    def test_follow_each_other_by_balance(
        self,
        world: World,
        initech: int,
        as_person: AsPerson,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        client = as_person("paula")
        monkeypatch.setattr(clients, "PAGE_ROWS", 1)

        # Initech has no wallet; the file has no place between two balances, so it keeps its own order.
        for order, ranked in (
            ("balance", ["globex", "acme"]),
            ("balance_down", ["acme", "globex"]),
        ):
            assert walk(client, f"{URL}?order={order}") == ranked
            assert sorted(lines(client, order=order)) == ["acme", "globex"]

    def test_tell_by_what_they_are_sorted(self, world: World, as_person: AsPerson) -> None:
        client = as_person("paula")

        for order, told in (("balance", "ascending"), ("balance_down", "descending")):
            body = client.get(URL, {"order": order}).content.decode()
            head = re.search(
                r'aria-sort="(\w+)">\s*<a class="sort-head" href="[^"]+">Balance', body
            )
            assert head
            assert head[1] == told

    def test_count_no_further_than_a_cap(
        self, world: World, as_person: AsPerson, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("usage.selectors.directory.COUNT_CAP", 1)
        monkeypatch.setattr(clients, "COUNT_CAP", 1)

        assert "1+ clients" in as_person("paula").get(URL).content.decode()
