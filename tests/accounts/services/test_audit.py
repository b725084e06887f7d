"""The audit finds and names a change of any column of the ledger, made by one who may do everything."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import date, datetime, timedelta
from io import StringIO

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.services import grants, posting, reservations, sealing
from accounts.services.audit import Finding, verify
from accounts.types import Line, PostingRequest
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from tests.accounts.books import HOUR, NOW, Books, fill_books, make_provider, rows
from tests.roles import as_role
from tests.superuser import damage, plain, superuser_url

pytestmark = pytest.mark.superuser

# Another value of the same type, for a column that may hold one.
OTHER = {
    "bigint": "coalesce({0}, 0) + 7000",
    "integer": "coalesce({0}, 0) + 7000",
    "numeric": "coalesce({0}, 0) + 7000",
    "boolean": "NOT {0}",
    "timestamp with time zone": "coalesce({0}, '2020-01-01T00:00Z') + interval '1 second'",
    "date": "{0} + 400",
    "interval": "{0} + interval '1 hour'",
    "bytea": "coalesce({0}, '') || '\\x00'::bytea",
    "kind": "CASE WHEN {0} = 'payment' THEN 'credit' ELSE 'payment' END",
    "character varying": "CASE WHEN {0} = 'EUR' THEN 'USD' WHEN length({0}) = 3 THEN 'EUR' ELSE {0} || 'x' END",
}


def write_history(books: Books) -> None:
    """Leave two sealed days and an unsealed one, with a grant, a reservation, a receivable and a suspended wallet."""
    day = timedelta(days=1)
    books.post(2500, now=NOW - 2 * day, reason="for Ann", source_type="payment", source_id="p1")
    books.due(300, 70, now=NOW - 2 * day)
    seal(books, NOW - day)
    grants.grant_credit(
        provider_id=books.provider_id,
        tenant_id=books.tenants[0],
        amount=Money(400, "USD"),
        key="grant",
        now=NOW - day,
        expires_at=NOW + day,
    )
    undone = books.post(11, now=NOW - day).posting_id
    posting.reverse(
        provider_id=books.provider_id, posting_id=undone, key="undo", now=NOW - day + HOUR
    )
    books.due(340, 90, now=NOW - day)
    seal(books, NOW)
    reservations.set_reserved(
        provider_id=books.provider_id,
        wallet_id=books.wallets[0],
        key="tax:1",
        amount_minor=20,
        now=NOW,
    )
    bill(books)
    books.due(350, 95, now=NOW)


def bill(books: Books) -> None:
    lines = (
        Line(kind="receivable", amount_minor=-500, tenant_id=books.tenants[1]),
        Line(kind="tax_payable", amount_minor=80),
        Line(kind="revenue_usage", amount_minor=420),
    )
    request = PostingRequest(kind="invoice", currency="USD", lines=lines, key="invoice")
    posting.post(provider_id=books.provider_id, request=request, now=NOW)


def seal(books: Books, now: datetime) -> None:
    with as_role("worker"):
        sealing.seal_due_day(provider_id=books.provider_id, now=now)


@pytest.fixture
def books(committed_db: str) -> Books:
    provider_id = make_provider(suspension_enabled=True)
    with provider_scope(provider_id):
        found = fill_books(provider_id, size=2)
        write_history(found)
    return found


def audit(books: Books) -> tuple[Finding, ...]:
    with as_role("worker"), provider_scope(books.provider_id):
        return verify(provider_id=books.provider_id).findings


def columns_of(table: str) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
            [table],
        )
        return list(cursor.fetchall())


def is_changed(name: str, sql: str) -> bool:
    """Change a row; False when a CHECK refuses it even to the superuser."""
    try:
        return damage(name, sql) == 1
    except psycopg2.errors.CheckViolation:
        return False


def key_of(table: str) -> str:
    return "posting_id" if table == "accounts_proof" else "id"


def targets(table: str, books: Books, name: str) -> list[int]:
    """Return the first, a middle and the last row of a table: sealed and unsealed ones."""
    with closing(psycopg2.connect(superuser_url(name))) as raw, raw.cursor() as cursor:
        cursor.execute(
            f"SELECT {key_of(table)} FROM {table} WHERE provider_id = %s ORDER BY 1",
            [books.provider_id],
        )
        ids = [row[0] for row in cursor.fetchall()]
    return sorted({ids[0], ids[len(ids) // 2], ids[-1]})


# What else may be named for a change of a column: the row that it makes contradict.
NAMED = {
    "accounts_entry": {"entry", "posting"},
    "accounts_posting": {"posting", "entry"},
    "accounts_wallet": {"wallet", "account", "period"},
    "accounts_rollup": {"rollup"},
    "accounts_seal": {"seal"},
    "accounts_proof": {"posting", "entry", "seal"},
}


class TestVerify:
    def test_right_books_pass(self, books: Books) -> None:
        assert audit(books) == ()

    @pytest.mark.parametrize("table", list(NAMED))
    def test_every_column_of_every_row_is_watched(
        self, books: Books, committed_db: str, table: str
    ) -> None:
        key = key_of(table)
        missed = []
        for row_id in targets(table, books, committed_db):
            for column, kind in columns_of(table):
                where = f"WHERE {key} = {row_id}"
                keep = f"CREATE TABLE kept AS SELECT * FROM {table} {where}"
                plain(committed_db, keep)
                other = OTHER.get(column, OTHER[kind]).format(column)
                if not is_changed(committed_db, f"UPDATE {table} SET {column} = {other} {where}"):
                    plain(committed_db, "DROP TABLE kept")
                    continue

                findings = audit(books)

                if not findings or findings[0].table not in NAMED[table]:
                    missed.append((column, row_id, [str(finding) for finding in findings]))
                elif findings[0].table == table.removeprefix("accounts_") and column not in {
                    key,
                    "provider_id",
                }:
                    assert findings[0].row_id == row_id, (column, findings[0])
                changed = f"{row_id} + 7000" if column == key else str(row_id)
                damage(committed_db, f"DELETE FROM {table} WHERE {key} = {changed}")
                damage(
                    committed_db, f"INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT * FROM kept"
                )
                plain(committed_db, "DROP TABLE kept")

        assert missed == []
        assert audit(books) == ()

    @pytest.mark.parametrize(
        "table", ["accounts_entry", "accounts_posting", "accounts_rollup", "accounts_seal"]
    )
    def test_a_removed_row_is_missed(self, books: Books, committed_db: str, table: str) -> None:
        for row_id in targets(table, books, committed_db):
            plain(committed_db, f"CREATE TABLE kept AS SELECT * FROM {table} WHERE id = {row_id}")
            damage(committed_db, f"DELETE FROM {table} WHERE id = {row_id}")

            findings = audit(books)

            assert findings, row_id
            if table == "accounts_entry":
                assert (findings[0].table, findings[0].row_id) == ("entry", row_id)
            damage(committed_db, f"INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT * FROM kept")
            plain(committed_db, "DROP TABLE kept")

    def test_a_plain_update_of_a_wallet_is_found_too(self, books: Books, committed_db: str) -> None:
        for column in ("suspend_limit", "balance", "warn_at", "state_version"):
            plain(
                committed_db,
                f"UPDATE accounts_wallet SET {column} = {column} + 1 WHERE id = {books.wallets[0]}",
            )
            assert audit(books)[0].row_id == books.wallets[0]
            plain(
                committed_db,
                f"UPDATE accounts_wallet SET {column} = {column} - 1 WHERE id = {books.wallets[0]}",
            )

    def test_money_that_was_moved_between_two_entries_is_found(
        self, books: Books, committed_db: str
    ) -> None:
        damage(
            committed_db,
            "UPDATE accounts_entry SET amount_minor = amount_minor + CASE WHEN tenant_id = 0 THEN -50 ELSE 50 END"
            " WHERE posting_id = (SELECT min(id) FROM accounts_posting)",
        )

        assert audit(books)[0].table == "posting"


class TestCommand:
    def test_it_says_that_all_is_right(self, books: Books) -> None:
        out = StringIO()
        with as_role("worker"):
            call_command("verify_ledger", "--json", stdout=out, stderr=StringIO())

        answer = json.loads(out.getvalue())
        assert answer["ok"]
        assert answer["entries"] == 20

    def test_it_fails_and_names_the_row(self, books: Books, committed_db: str) -> None:
        wallet = books.wallets[1]
        damage(committed_db, f"UPDATE accounts_wallet SET balance = 0 WHERE id = {wallet}")

        with as_role("worker"), pytest.raises(CommandError, match=f"wallet {wallet}: balance 0"):
            call_command("verify_ledger", "--provider", "nimbus", stderr=StringIO())

    def test_an_unknown_provider_is_an_error(self, books: Books) -> None:
        with as_role("worker"), pytest.raises(CommandError):
            call_command("verify_ledger", "--provider", "nobody", stderr=StringIO())


class TestSealDays:
    def test_days_are_chained(self, books: Books) -> None:
        with provider_scope(books.provider_id):
            seals = rows("SELECT number, day, postings FROM accounts_seal ORDER BY number")

        assert [(row["number"], row["day"]) for row in seals] == [
            (1, date(2026, 11, 18)),
            (2, date(2026, 11, 19)),
        ]
        assert [row["postings"] for row in seals] == [2, 4]
