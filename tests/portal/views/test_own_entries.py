"""The rows behind the figures of a provider's dashboard: they come to the figure, and are the provider's alone."""

from __future__ import annotations

import csv
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
import time_machine

from accounts.services.credits import add_credit, adjust
from accounts.services.sealing import seal_day
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from tests.cast import NOW
from tests.roles import as_role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from tests.portal.views.conftest import AsPerson, World

URL = "/provider/ledger/"
CSV = "/provider/ledger.csv"


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def lines_of(client: Client, url: str) -> list[dict[str, str]]:
    """Return the lines of the file of the list at an address."""
    text = b"".join(client.get(url.replace(URL, CSV))).decode()
    return list(csv.DictReader(text.splitlines()))


def sum_of(lines: list[dict[str, str]]) -> Decimal:
    """Return what lines come to."""
    return sum((Decimal(line["amount"]) for line in lines), Decimal(0))


class TestFigures:
    @pytest.mark.parametrize("is_sealed", [False, True])
    def test_open_the_rows_that_they_are_the_sum_of(
        self, world: World, as_person: AsPerson, *, is_sealed: bool
    ) -> None:
        nimbus = world.cast.nimbus
        who: dict[str, Any] = {
            "provider_id": nimbus,
            "tenant_id": world.cast.acme,
            "reason": "Wrong",
        }
        with as_role("worker"), provider_scope(nimbus):
            if is_sealed:
                seal_day(provider_id=nimbus, day=NOW.date(), now=NOW + timedelta(days=1))
            adjust(**who, amount=Money(-700, "USD"), key="less", now=NOW)
            add_credit(**who, amount=Money(40, "EUR"), key="euro", now=NOW)
        client = as_person("rita")
        books = client.get("/provider/").context["page"].books

        for book in books:
            for figure, url in ((book.earned, book.earned_url), (book.taken_in, book.taken_url)):
                lines = lines_of(client, url)
                assert sum_of(lines) == figure.to_major()
                assert client.get(url).context["page"].total == figure
                assert {line["currency"] for line in lines} <= {book.currency}
        taken = {book.currency: book.taken_in.amount_minor for book in books}
        assert taken == {"USD": 6200 - 700, "EUR": 40}

    def test_open_each_day_by_itself(self, world: World, as_person: AsPerson) -> None:
        client = as_person("bill")
        (book,) = client.get("/provider/").context["page"].books
        *_before, today = book.rows

        assert sum_of(lines_of(client, today.earned_url)) == today.together.to_major() == 15
        assert sum_of(lines_of(client, today.taken_url)) == today.taken_in.to_major() == 62
        assert f'href="{today.earned_url}"'.replace("&", "&amp;") in (
            client.get("/provider/").content.decode()
        )
        assert lines_of(client, book.rows[0].taken_url) == []

    def test_an_entry_that_came_late_belongs_to_the_day_whose_seal_covers_it(
        self, world: World, as_person: AsPerson
    ) -> None:
        nimbus, yesterday = world.cast.nimbus, NOW - timedelta(days=1)
        who: dict[str, Any] = {"provider_id": nimbus, "tenant_id": world.cast.acme}
        with as_role("worker"), provider_scope(nimbus):
            seal_day(provider_id=nimbus, day=yesterday.date(), now=NOW)
            paid: dict[str, Any] = {"reason": "late", "key": "late", "now": yesterday}
            add_credit(**who, amount=Money(900, "USD"), **paid)
            seal_day(provider_id=nimbus, day=NOW.date(), now=NOW + timedelta(days=1))
            add_credit(**who, amount=Money(50, "USD"), **paid | {"key": "open"})
        client = as_person("bill")

        (book,) = client.get("/provider/").context["page"].books

        for day in book.rows:
            assert sum_of(lines_of(client, day.taken_url)) == day.taken_in.to_major()
        before, today = book.rows[-2:]
        assert (before.taken_in.amount_minor, today.taken_in.amount_minor) == (50, 6200 + 900)


class TestList:
    def test_is_read_page_by_page(self, world: World, as_person: AsPerson) -> None:
        nimbus = world.cast.nimbus
        with as_role("worker"), provider_scope(nimbus):
            for number in range(26):
                add_credit(
                    provider_id=nimbus,
                    tenant_id=world.cast.acme,
                    amount=Money(100, "USD"),
                    reason="more",
                    key=f"more-{number}",
                    now=NOW,
                )
        client = as_person("sue")

        first = client.get(URL, {"figure": "taken", "size": "25"}).context["page"]
        second = client.get(first.older_url).context["page"]

        shown = [line.amount.amount_minor for page in (first, second) for line in page.rows]
        assert len(shown) == 28
        assert sum(shown) == first.total.amount_minor == second.total.amount_minor
        assert second.older_url == ""

    def test_leads_to_the_client_and_to_the_usage_of_all(
        self, world: World, as_person: AsPerson
    ) -> None:
        client = as_person("paula")

        assert f'href="/provider/clients/{world.acme}/ledger/"' in (
            client.get(URL, {"figure": "taken"}).content.decode()
        )
        rows = client.get(URL).context["page"].rows
        (usage,) = {line.url for line in rows}
        assert client.get(usage).status_code == 200

    @pytest.mark.parametrize(
        "query", ["figure=x&since=y&until=z&before=-1&currency=%00%00%00", "since=9998-12-31"]
    )
    def test_survives_any_query(self, world: World, as_person: AsPerson, query: str) -> None:
        assert as_person("paula").get(f"{URL}?{query}").status_code == 200


class TestForeign:
    def test_another_provider_s_rows_are_not_there(self, world: World, as_person: AsPerson) -> None:
        client = as_person("oskar")

        assert lines_of(client, f"{URL}?currency=USD") == []
        assert lines_of(client, f"{URL}?currency=USD&figure=taken") == []
        assert client.get(URL, {"currency": "USD"}).context["page"].total == Money(0, "USD")

    @pytest.mark.parametrize(("person", "status"), [("alice", 403), ("bob", 403), ("mallory", 404)])
    def test_it_is_for_the_provider_s_people(
        self, world: World, as_person: AsPerson, person: str, status: int
    ) -> None:
        for url in (URL, CSV):
            assert as_person(person).get(url).status_code == status
