"""The bulk form posts differences, once."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from accounts.errors import InvalidPostingAmount
from accounts.services import dues, periods
from accounts.services.dues_sql import dues_statement
from accounts.types import CarveOut, DueSelection
from billing_platform.kernel.errors import TransactionRequiredError
from billing_platform.kernel.planner import for_thousands_of_rows, tells_old_rows
from tests.accounts.books import HOUR, NOW, Books, open_books, rows

pytestmark = pytest.mark.django_db


class TestPostDues:
    def test_it_charges_what_is_due(self) -> None:
        with open_books(size=2) as books:
            books.post(1000)

            result = books.due(300, 50)

            assert (result.wallets, result.posted_minor) == (2, {"USD": 350})
            assert (books.balance(0), books.balance(1)) == (700, -50)
            assert books.wallet(0)["period_posted"] == 300

    def test_it_posts_the_difference_and_then_nothing(self) -> None:
        with open_books() as books:
            books.due(300)
            assert books.due(320).posted_minor == {"USD": 20}
            assert books.due(280).posted_minor == {"USD": -40}

            again = books.due(280)

            assert (again.wallets, again.posted_minor, again.posting_ids) == (0, {}, ())
            assert books.balance() == -280
            assert rows("SELECT sum(amount_minor) AS n FROM accounts_entry")[0]["n"] == 0

    def test_entries_carry_the_period_and_the_balance(self) -> None:
        with open_books(size=2) as books:
            books.due(300, 50)

            entries = rows("SELECT * FROM accounts_entry ORDER BY id")

            assert [(e["amount_minor"], e["balance_after_minor"]) for e in entries] == [
                (-300, -300),
                (-50, -50),
                (350, None),
            ]
            assert [e["period_id"] for e in entries] == [
                books.wallet(0)["period_id"],
                books.wallet(1)["period_id"],
                None,
            ]

    def test_the_posting_names_the_hours(self) -> None:
        with open_books() as books:
            books.due(300)

            posting = rows("SELECT * FROM accounts_posting")[0]

            assert posting["kind"] == "usage"
            assert (posting["hours_from"], posting["hours_to"]) == (NOW - HOUR, NOW)
            assert posting["tenant_id"] == 0

    def test_fees_are_carved_out_of_usage(self) -> None:
        with open_books() as books:
            carved = CarveOut(currency="USD", kind="revenue_recurring", amount_minor=500)

            books.due(620, carve_outs=[carved])

            assert revenue() == {"revenue_recurring": 500, "revenue_usage": 120}

    def test_fees_are_carved_out_when_no_wallet_moves(self) -> None:
        with open_books() as books:
            carved = CarveOut(currency="USD", kind="revenue_one_time", amount_minor=500)

            result = books.due(0, carve_outs=[carved])

            assert (result.wallets, result.posted_minor) == (0, {"USD": 0})
            assert revenue() == {"revenue_one_time": 500, "revenue_usage": -500}

    def test_only_revenue_is_carved_out(self) -> None:
        with open_books() as books, pytest.raises(InvalidPostingAmount):
            books.due(1, carve_outs=[CarveOut(currency="USD", kind="bank", amount_minor=5)])

    def test_differences_that_cancel_out_need_no_revenue(self) -> None:
        with open_books(size=2) as books:
            books.due(100, 100)

            result = books.due(50, 150)

            assert (result.wallets, result.posted_minor) == (2, {"USD": 0})
            assert revenue() == {"revenue_usage": 200}

    def test_an_absurd_due_is_refused_and_the_others_are_charged(self) -> None:
        with open_books(size=2) as books:
            selection = DueSelection(
                sql="SELECT period_id, CASE WHEN id = %(wallet)s THEN 1e30 ELSE 70 END AS due FROM accounts_wallet",
                params={"wallet": books.wallets[0]},
            )

            result = dues.post_dues(
                provider_id=books.provider_id,
                tenant_from=0,
                tenant_to=2**62,
                selection=selection,
                now=NOW,
            )

            assert result.refused == (books.wallet(0)["period_id"],)
            assert (books.balance(0), books.balance(1)) == (0, -70)

    def test_it_leaves_wallets_outside_the_range_alone(self) -> None:
        with open_books(size=2) as books:
            result = dues.post_dues(
                provider_id=books.provider_id,
                tenant_from=books.tenants[1],
                tenant_to=books.tenants[1] + 1,
                selection=DueSelection(
                    sql="SELECT period_id, 70::bigint AS due FROM accounts_wallet", params={}
                ),
                now=NOW,
            )

            assert result.wallets == 1
            assert (books.balance(0), books.balance(1)) == (0, -70)

    @pytest.mark.parametrize("late", [False, True])
    def test_it_does_not_trust_the_statistics_of_new_tables(self, late: bool) -> None:
        with open_books() as books:
            plan = explain(books, late=late)

            assert "Hash Full Join" in plan or "Merge Full Join" in plan

    def test_a_whole_range_is_joined_at_once(self) -> None:
        with open_books() as books, for_thousands_of_rows():
            update = explain(books, is_whole=True).partition("Update on accounts_wallet")[2]

            assert re.search(r"(Hash|Merge) Join", update.partition("CTE")[0])

    @pytest.mark.parametrize("is_older_server", [False, True])
    def test_a_whole_range_posts_what_its_wallets_one_by_one_post(
        self, is_older_server: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        if is_older_server:
            monkeypatch.setattr(dues, "tells_old_rows", lambda: False)
        with open_books(size=3) as books:
            due = "SELECT period_id, 40 * id AS due FROM accounts_wallet WHERE id <> %(left_out)s"
            selection = DueSelection(sql=due, params={"left_out": books.wallets[2]}, is_whole=True)
            ends: dict[str, Any] = {"tenant_from": 0, "tenant_to": 2**62, "now": NOW}

            whole = dues.post_dues(provider_id=books.provider_id, selection=selection, **ends)
            again = dues.post_dues(
                provider_id=books.provider_id, selection=replace(selection, is_whole=False), **ends
            )

            assert (whole.wallets, again.wallets) == (2, 0)
            expected = [-40 * books.wallets[0], -40 * books.wallets[1], 0]
            assert [books.balance(place) for place in range(3)] == expected

    def test_postpaid_and_trial_tenants_only_accrue(self) -> None:
        with open_books(billing_plan="POSTPAID") as books:
            assert books.due(100).wallets == 0
        with open_books("sonora", trial_ends_at=NOW + HOUR) as books:
            assert books.due(100).wallets == 0
            assert books.balance() == 0

    def test_it_needs_a_transaction(self) -> None:
        selection = DueSelection(sql="SELECT 1 AS period_id, 1 AS due", params={})
        with pytest.raises(TransactionRequiredError):
            run_outside_transaction(selection)


def explain(books: Books, *, late: bool = False, is_whole: bool = False) -> str:
    numbers = dict.fromkeys(("dues_provider", "dues_from", "dues_to"), books.provider_id)
    fees: dict[str, Any] = {"dues_currencies": [], "dues_kinds": [], "dues_amounts": []}
    hours = dict.fromkeys(("dues_hours_from", "dues_hours_to", "dues_now"), NOW)
    due = "SELECT 1::bigint AS period_id, 1::bigint AS due"
    statement = dues_statement(due, late=late, is_whole=is_whole, tells_old=tells_old_rows())
    params: dict[str, Any] = {**numbers, **fees, **hours, "dues_kind": "usage"}
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (COSTS OFF) {statement}", params)
        return "\n".join(line for (line,) in cursor.fetchall())


def run_outside_transaction(selection: DueSelection) -> None:
    inside, connection.in_atomic_block = connection.in_atomic_block, False
    try:
        dues.post_dues(provider_id=1, tenant_from=0, tenant_to=1, selection=selection, now=NOW)
    finally:
        connection.in_atomic_block = inside


class TestPostLateDues:
    def test_each_late_period_gets_its_own_difference(self) -> None:
        with open_books() as books:
            first = books.wallet()["period_id"]
            books.due(300)
            roll(books, months=2)
            second = rows("SELECT id FROM accounts_period WHERE state = 'late' ORDER BY starts")[1]

            result = books.due_periods({first: 310, second["id"]: 40}, late=True)

            assert (result.wallets, result.posted_minor) == (2, {"USD": 50})
            assert books.balance() == -350
            assert books.wallet()["period_posted"] == 0
            posted = rows("SELECT posted FROM accounts_period ORDER BY starts")
            assert [row["posted"] for row in posted] == [310, 40, 0]
            kinds = rows("SELECT DISTINCT kind FROM accounts_posting ORDER BY 1")
            assert [row["kind"] for row in kinds] == ["usage", "usage_correction"]

    def test_late_usage_alone_suspends_and_credit_brings_back(self) -> None:
        with open_books() as books:
            period = books.wallet()["period_id"]
            roll(books)

            result = books.due_periods({period: 40}, late=True)

            assert [flip.suspended for flip in result.flips] == [True]
            assert [flip.suspended for flip in books.post(41).flips] == [False]

    def test_nothing_is_posted_to_closed_periods_until_they_open_again(self) -> None:
        with open_books() as books:
            period = books.wallet()["period_id"]
            books.due(300)
            roll(books)
            assert periods.close_periods(provider_id=books.provider_id, period_ids=[period]) == 1
            assert books.due_periods({period: 310}, late=True).wallets == 0

            periods.reopen_periods(provider_id=books.provider_id, period_ids=[period])

            assert books.due_periods({period: 310}, late=True).posted_minor == {"USD": 10}

    def test_periods_of_a_trial_stay_free(self) -> None:
        with open_books(trial_ends_at=NOW + HOUR) as books:
            period = books.wallet()["period_id"]
            roll(books)

            assert books.due_periods({period: 310}, late=True).wallets == 0


def roll(books: Books, *, months: int = 1) -> None:
    until = NOW + timedelta(days=31 * months)
    periods.roll_periods(
        provider_id=books.provider_id, tenant_from=0, tenant_to=2**62, until=until, now=until
    )


def revenue() -> dict[str, int]:
    found = rows(
        "SELECT a.kind, sum(e.amount_minor) AS n FROM accounts_entry e JOIN accounts_account a ON a.id = e.account_id"
        " WHERE a.tenant_id = 0 GROUP BY 1"
    )
    return {row["kind"]: int(row["n"]) for row in found}
