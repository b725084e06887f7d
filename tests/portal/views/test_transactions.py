"""Everything that changed a tenant's balance."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.services.credits import add_credit
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from tests.cast import NOW
from tests.roles import as_role

if TYPE_CHECKING:
    from tests.portal.views.conftest import AsPerson, World

URL = "/billing/transactions/"
CSV = "/billing/transactions.csv"
QUERIES = (
    "",
    "?kind=credit",
    "?kind=refund",
    "?direction=in",
    "?direction=out",
    "?since=2026-11-20&until=2026-11-20",
    "?since=2026-11-21",
    "?until=2026-11-19",
    "?kind=usage&direction=out&since=2026-11-20",
    "?direction=sideways&kind=nothing",
    "?order=oldest",
)


def pay(world: World, count: int) -> None:
    """Give Acme several small credits, one a day, back from the present one."""
    with as_role("worker"), provider_scope(world.cast.nimbus):
        for number in range(count):
            add_credit(
                provider_id=world.cast.nimbus,
                tenant_id=world.cast.acme,
                amount=Money(1 + number, "USD"),
                reason="Secret reason",
                key=f"more-{number}",
                now=NOW - timedelta(days=number),
            )


class TestTransactions:
    @pytest.mark.parametrize("query", QUERIES)
    def test_page_sums_and_csv_agree(self, world: World, as_person: AsPerson, query: str) -> None:
        pay(world, 3)
        client = as_person("alice")

        page = client.get(URL + query).context["page"]
        lines = b"".join(client.get(CSV + query)).decode().splitlines()[1:]

        cells = [line.split(",") for line in lines]
        shown = [
            (f"{row.amount.to_major():f}", f"{row.balance.to_major():f}")
            for row in page.ledger.rows
        ]
        assert [(cell[5], cell[6]) for cell in cells] == shown
        assert page.sums.count == len(lines)
        assert page.sums.net.amount_minor == sum(
            row.amount.amount_minor for row in page.ledger.rows
        )
        assert (
            page.sums.net.amount_minor
            == page.sums.credit.amount_minor + page.sums.debit.amount_minor
        )

    def test_days_and_direction_leave_out_the_others(
        self, world: World, as_person: AsPerson
    ) -> None:
        pay(world, 3)
        client = as_person("alice")

        def amounts(query: str) -> list[int]:
            rows = client.get(URL + query).context["page"].ledger.rows
            return sorted(row.amount.amount_minor for row in rows)

        assert amounts("?until=2026-11-19") == [2, 3]
        assert amounts("?since=2026-11-19&until=2026-11-19") == [2]
        assert amounts("?direction=out") == [-1000]
        assert amounts("?direction=in&since=2026-11-20") == [1, 5000]

    def test_the_head_turns_the_order_round_on_every_page(
        self, world: World, as_person: AsPerson
    ) -> None:
        pay(world, 24)
        client = as_person("alice")
        newest = client.get(f"{URL}?size=50").content.decode()
        whole = client.get(f"{URL}?size=50").context["page"].ledger.rows

        first = client.get(f"{URL}?order=oldest").context["page"].ledger
        second = client.get(first.older_url).context["page"].ledger

        assert [*first.rows, *second.rows] == whole[::-1]
        assert (len(first.rows), len(second.rows)) == (25, 1)
        assert 'aria-sort="descending"' in newest
        assert 'href="?size=50&amp;order=oldest"' in newest

    def test_what_narrows_it_is_taken_away_by_itself(
        self, world: World, as_person: AsPerson
    ) -> None:
        client = as_person("alice")

        body = client.get(f"{URL}?kind=credit&direction=in&since=2026-11-20&order=oldest")
        shown = re.findall(r'class="chip" href="([^"]+)">([^<]+?) <', body.content.decode())
        assert [(unescape(url), label) for url, label in shown] == [
            ("?direction=in&since=2026-11-20&order=oldest", "Credit"),
            ("?kind=credit&since=2026-11-20&order=oldest", "In"),
            ("?kind=credit&direction=in&order=oldest", "From day: 20 Nov 2026"),
        ]
        for query in ("", "?kind=nonsense&order=oldest"):
            assert 'class="chip"' not in client.get(URL + query).content.decode()

    def test_all_of_it_is_the_balance(self, world: World, as_person: AsPerson) -> None:
        pay(world, 3)

        page = as_person("alice").get(URL).context["page"]

        assert page.sums.net == page.ledger.rows[0].balance

    def test_offers_the_running_period(self, world: World, as_person: AsPerson) -> None:
        client = as_person("alice")
        preset = client.get(URL).context["page"].presets[0]

        chosen = client.get(preset.url).context["page"].presets[0]

        assert (preset.is_current, chosen.is_current) == (False, True)

    @pytest.mark.parametrize(
        ("query", "words"),
        [
            ("?since=soon", "A day is written like"),
            ("?until=9999-12-31", "A day is written like"),
            ("?since=2026-11-20&until=2026-11-19", "lies before the first one"),
            ("?kind=refund", "No transaction matches."),
        ],
    )
    def test_says_what_is_wrong_with_a_filter(
        self, world: World, as_person: AsPerson, query: str, words: str
    ) -> None:
        assert words in as_person("alice").get(URL + query).content.decode()

    def test_shows_neither_strangers_nor_staff_s_reasons(
        self, world: World, as_person: AsPerson
    ) -> None:
        pay(world, 1)
        body = as_person("alice").get(URL).content.decode()

        assert "Canary-Globex" not in body
        assert "12.00 <span" not in body
        assert "Secret reason" not in body

    def test_takes_the_same_number_of_queries_for_many(
        self, world: World, as_person: AsPerson
    ) -> None:
        client = as_person("alice")
        client.get(URL)
        with CaptureQueriesContext(connection) as few:
            client.get(URL)
        pay(world, 30)

        with CaptureQueriesContext(connection) as many:
            page = client.get(URL).context["page"]

        assert len(many) == len(few)
        assert page.sums.count == 32
        assert page.ledger.older_url

    @pytest.mark.parametrize(("person", "status"), [("bob", 403), ("paula", 403), ("mallory", 404)])
    def test_is_for_those_who_administer_the_tenant(
        self, world: World, as_person: AsPerson, person: str, status: int
    ) -> None:
        assert as_person(person).get(URL).status_code == status

    def test_before_any_wallet_it_says_what_will_come(
        self, world: World, as_person: AsPerson
    ) -> None:
        assert "Nothing yet" in as_person("dora").get(URL).content.decode()
