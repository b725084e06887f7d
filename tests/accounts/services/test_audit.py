"""The audit finds and names a change of any column of the ledger, made by one who may do everything."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from psycopg2.errors import CheckViolation

from accounts.services import grants, posting, reservations, sealing
from accounts.services.audit import Finding, verify
from accounts.types import Line, PostingRequest
from billing_platform.kernel.money import Money
from billing_platform.kernel.rows import execute, fetch_all
from billing_platform.kernel.scope import provider_scope
from tests.accounts.books import HOUR, NOW, Books, fill_books, make_provider, rows
from tests.database import reached, undone
from tests.roles import as_role, set_role
from tests.superuser import as_superuser, superuser_login

if TYPE_CHECKING:
    from collections.abc import Iterator

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
        sealing.seal_due_days(provider_id=books.provider_id, now=now)


@pytest.fixture(scope="module")
def kept_books(
    template_database: str, django_db_setup: None, django_db_blocker: pytest.FixtureRequest
) -> Iterator[Books]:
    """Books with a history in a database of their own, which a login reaches that may become the superuser."""
    name = f"{connection.settings_dict['NAME']}_audit"
    with django_db_blocker.unblock(), reached(template_database, name):  # type: ignore[attr-defined]
        provider_id = make_provider(suspension_enabled=True)
        with provider_scope(provider_id):
            found = fill_books(provider_id, size=2)
            write_history(found)
        with superuser_login():
            yield found


@pytest.fixture
def books(kept_books: Books, django_db_blocker: pytest.FixtureRequest) -> Iterator[Books]:
    """The books, for one test: whatever it does to them is undone."""
    with django_db_blocker.unblock(), undone():  # type: ignore[attr-defined]
        set_role("app")
        yield kept_books


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


def is_changed(sql: str) -> bool:
    """Change a row; False when a CHECK refuses it even to the superuser."""
    try:
        with as_superuser(replica=True):
            return execute(sql) == 1
    except IntegrityError as error:
        if not isinstance(error.__cause__, CheckViolation):
            raise
        return False


def key_of(table: str) -> str:
    return "posting_id" if table == "accounts_proof" else "id"


def targets(table: str, books: Books) -> list[int]:
    """Return the first, a middle and the last row of a table: sealed and unsealed ones."""
    with as_superuser():
        found = fetch_all(
            f"SELECT {key_of(table)} FROM {table} WHERE provider_id = %s ORDER BY 1",
            [books.provider_id],
        )
    ids = [row[0] for row in found]
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
    def test_every_column_of_every_row_is_watched(self, books: Books, table: str) -> None:
        key = key_of(table)
        missed = []
        for row_id in targets(table, books):
            for column, kind in columns_of(table):
                other = OTHER.get(column, OTHER[kind]).format(column)
                with undone():
                    if not is_changed(
                        f"UPDATE {table} SET {column} = {other} WHERE {key} = {row_id}"
                    ):
                        continue
                    findings = audit(books)

                if not findings or findings[0].table not in NAMED[table]:
                    missed.append((column, row_id, [str(finding) for finding in findings]))
                elif findings[0].table == table.removeprefix("accounts_") and column not in {
                    key,
                    "provider_id",
                }:
                    assert findings[0].row_id == row_id, (column, findings[0])

        assert missed == []
        assert audit(books) == ()

    @pytest.mark.parametrize(
        "table", ["accounts_entry", "accounts_posting", "accounts_rollup", "accounts_seal"]
    )
    def test_a_removed_row_is_missed(self, books: Books, table: str) -> None:
        for row_id in targets(table, books):
            with undone():
                with as_superuser(replica=True):
                    assert execute(f"DELETE FROM {table} WHERE id = {row_id}") == 1
                findings = audit(books)

            assert findings, row_id
            if table == "accounts_entry":
                assert (findings[0].table, findings[0].row_id) == ("entry", row_id)

    def test_a_plain_update_of_a_wallet_is_found_too(self, books: Books) -> None:
        for column in ("suspend_limit", "balance", "warn_at", "state_version"):
            with undone():
                with as_superuser():
                    execute(
                        f"UPDATE accounts_wallet SET {column} = {column} + 1 WHERE id = {books.wallets[0]}"
                    )
                assert audit(books)[0].row_id == books.wallets[0]

    def test_money_that_was_moved_between_two_entries_is_found(self, books: Books) -> None:
        with as_superuser(replica=True):
            execute(
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

    def test_it_fails_and_names_the_row(self, books: Books) -> None:
        wallet = books.wallets[1]
        with as_superuser(replica=True):
            execute(f"UPDATE accounts_wallet SET balance = 0 WHERE id = {wallet}")

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
