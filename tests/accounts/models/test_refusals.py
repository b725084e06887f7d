"""What the database refuses whatever the program does: raw SQL against every promise of the ledger."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.utils import IntegrityError, InternalError, OperationalError, ProgrammingError

from billing_platform.kernel.scope import provider_scope, tenant_scope
from tests.accounts.books import Books, fill_books, make_provider, open_books, rows
from tests.roles import as_role

pytestmark = pytest.mark.django_db

POSTING = (
    "INSERT INTO accounts_posting (provider_id, tenant_id, kind, currency, effective_at, recorded_at, idempotency_key)"
    " VALUES (%(provider)s, %(owner)s, 'top_up', %(currency)s, now(), now(), %(key)s) RETURNING id"
)
ENTRIES = (
    "INSERT INTO accounts_entry (provider_id, tenant_id, posting_id, account_id, period_id, amount_minor,"
    " balance_after_minor) VALUES (%(provider)s, %(tenant)s, %(posting)s, %(wallet)s, %(period)s, %(amount)s, 0),"
    " (%(provider)s, 0, %(posting)s, %(clearing)s, NULL, -100, NULL)"
)


def execute(sql: str, params: Any = None) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)


def write(books: Books, *, currency: str = "USD", owner: int = 0, **change: Any) -> None:
    """Write a posting and its two entries by hand, right but for what is changed."""
    clearing = rows("SELECT id FROM accounts_account WHERE kind = 'gateway_clearing' LIMIT 1")[0][
        "id"
    ]
    posting: dict[str, Any] = {
        "provider": books.provider_id,
        "currency": currency,
        "owner": owner,
        "key": f"raw{change}",
    }
    values: dict[str, Any] = {
        "provider": books.provider_id,
        "tenant": books.tenants[0],
        "wallet": books.wallets[0],
        "period": None,
        "amount": 100,
        "clearing": clearing,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(POSTING, posting)
        (posting_id,) = cursor.fetchone() or (0,)
        cursor.execute(ENTRIES, {**values, "posting": posting_id, **change})


class TestEntries:
    def test_a_right_one_is_taken(self) -> None:
        with open_books() as books:
            books.post(1)
            write(books)

    @pytest.mark.parametrize("amount", [99, 101, -100])
    def test_they_must_balance(self, amount: int) -> None:
        with open_books() as books:
            books.post(1)
            with pytest.raises(IntegrityError, match="sum to"):
                write(books, amount=amount)

    def test_they_must_not_be_zero(self) -> None:
        with open_books() as books:
            books.post(1)
            with pytest.raises(IntegrityError, match="accounts_entry_amount"):
                write(books, amount=0)

    def test_the_account_must_exist(self) -> None:
        with open_books() as books:
            books.post(1)
            with pytest.raises(IntegrityError, match="account or a period"):
                write(books, wallet=10**9)

    def test_the_posting_must_exist(self) -> None:
        with open_books() as books:
            books.post(1)
            with pytest.raises(IntegrityError, match="it is missing"):
                write(books, posting=10**9)

    def test_the_tenant_must_be_the_accounts(self) -> None:
        with open_books(size=2) as books:
            books.post(1)
            with pytest.raises(IntegrityError, match="account or a period"):
                write(books, tenant=books.tenants[1])

    def test_the_currency_must_be_the_accounts(self) -> None:
        with open_books() as books:
            books.post(1)
            with pytest.raises(IntegrityError, match="currency"):
                write(books, currency="EUR")

    def test_a_posting_of_one_tenant_has_entries_of_no_other(self) -> None:
        with open_books(size=2) as books:
            books.post(1)
            with pytest.raises(IntegrityError, match="tenant"):
                write(books, owner=books.tenants[1])

    def test_the_period_must_be_the_wallets(self) -> None:
        with open_books(size=2) as books:
            books.post(1)
            with pytest.raises(IntegrityError, match="period"):
                write(books, period=books.wallet(1)["period_id"])

    def test_nothing_is_added_to_a_posting_later(self) -> None:
        with open_books() as books:
            posting = books.post(1).posting_id
            with pytest.raises(IntegrityError, match="accounts_proof"):
                write(books, posting=posting)

    def test_accounts_of_another_provider_are_out_of_reach(self) -> None:
        with open_books() as books:
            books.post(1)
            foreign = books.wallets[0]
        with open_books("sonora") as books:
            books.post(1)
            with pytest.raises(IntegrityError, match="account or a period"):
                write(books, wallet=foreign)


class TestRowsAreKept:
    @pytest.mark.parametrize(
        "table",
        ["account", "posting", "entry", "wallet_change", "grant_consumption", "seal", "rollup"],
    )
    @pytest.mark.parametrize("role", ["app", "worker", "owner"])
    def test_append_only_tables_refuse_changes(self, table: str, role: str) -> None:
        with open_books() as books:
            books.post(1)
            for sql in (
                f"UPDATE accounts_{table} SET provider_id = provider_id",
                f"DELETE FROM accounts_{table}",
                f"TRUNCATE accounts_{table} CASCADE",
            ):
                with (
                    as_role(role),  # type: ignore[arg-type]
                    pytest.raises((ProgrammingError, OperationalError, InternalError)),
                ):
                    execute(sql)

    @pytest.mark.parametrize(
        "table", ["wallet", "tenant_balance", "period", "credit_grant", "proof"]
    )
    def test_money_is_never_removed(self, table: str) -> None:
        with open_books() as books:
            books.post(1)
            with as_role("owner"), pytest.raises(DatabaseError, match="append-only"):
                execute(f"DELETE FROM accounts_{table}")

    def test_a_proof_is_written_once(self) -> None:
        with open_books() as books:
            books.post(1)
            with as_role("owner"), pytest.raises(DatabaseError, match="written once"):
                execute("UPDATE accounts_proof SET entries = 3, seal_id = 1")


PERIOD = (
    "INSERT INTO accounts_period (provider_id, tenant_id, wallet_id, starts, ends, state, is_charged, is_free, posted)"
    " SELECT provider_id, tenant_id, wallet_id,"
)
WRONG = {
    "accounts_wallet_reserved": "UPDATE accounts_wallet SET reserved = -1",
    "accounts_wallet_range": "UPDATE accounts_wallet SET balance = 1000000000000000001",
    "accounts_wallet_suspended_below": "UPDATE accounts_wallet SET suspended_at = now()",
    "accounts_wallet_accrues": "UPDATE accounts_wallet SET is_charged = false, period_posted = 5",
    "accounts_wallet_period_fk": "UPDATE accounts_wallet SET period_id = 0",
    "accounts_period_kept_terms": "UPDATE accounts_period SET ends = ends + interval '1 hour'",
    "accounts_period_transition": "UPDATE accounts_period SET state = 'closed'",
    "accounts_period_forward": f"{PERIOD} ends, ends, 'next', true, false, 0 FROM accounts_period",
    "accounts_period_hours": f"{PERIOD} ends, ends + interval '1 minute', 'next', true, false, 0 FROM accounts_period",
    "accounts_period_state": f"{PERIOD} ends, ends + interval '1 hour', 'gone', true, false, 0 FROM accounts_period",
    "accounts_period_free": f"{PERIOD} ends, ends + interval '1 hour', 'next', true, true, 0 FROM accounts_period",
    "accounts_period_accrues": f"{PERIOD} ends, ends + interval '1 hour', 'next', false, false, 1 FROM accounts_period",
    "accounts_period_apart": f"{PERIOD} starts + interval '1 hour', ends, 'next', true, false, 0 FROM accounts_period",
    "accounts_period_one_current": (
        f"{PERIOD} ends, ends + interval '1 hour', 'current', true, false, 0 FROM accounts_period"
    ),
    "accounts_posting_kind": "INSERT INTO accounts_posting (provider_id, kind, currency, effective_at, recorded_at,"
    " idempotency_key) SELECT id, 'gift', 'USD', now(), now(), 'k' FROM tenants_provider",
    "accounts_posting_keyed": "INSERT INTO accounts_posting (provider_id, kind, currency, effective_at, recorded_at,"
    " idempotency_key) SELECT id, 'top_up', 'USD', now(), now(), '' FROM tenants_provider",
    "accounts_posting_key": "INSERT INTO accounts_posting (provider_id, kind, currency, effective_at, recorded_at,"
    " idempotency_key) SELECT id, 'top_up', 'USD', now(), now(), 'first' FROM tenants_provider",
    "accounts_posting_reversal": "INSERT INTO accounts_posting (provider_id, kind, currency, effective_at, recorded_at,"
    " idempotency_key) SELECT id, 'reversal', 'USD', now(), now(), 'r' FROM tenants_provider",
    "accounts_posting_hours": "INSERT INTO accounts_posting (provider_id, kind, currency, effective_at, recorded_at,"
    " idempotency_key, hours_from, hours_to) SELECT id, 'usage', 'USD', now(), now(), 'r', now(),"
    " now() - interval '1 hour' FROM tenants_provider",
    "accounts_account_kind": "INSERT INTO accounts_account (provider_id, kind, currency)"
    " SELECT id, 'purse', 'USD' FROM tenants_provider",
    "accounts_account_currency": "INSERT INTO accounts_account (provider_id, kind, currency)"
    " SELECT id, 'bank', 'usd' FROM tenants_provider",
    "accounts_account_owner": "INSERT INTO accounts_account (provider_id, tenant_id, kind, currency)"
    " SELECT provider_id, id, 'bank', 'USD' FROM tenants_tenant",
    "accounts_account_natural": "INSERT INTO accounts_account (provider_id, tenant_id, kind, currency)"
    " SELECT provider_id, tenant_id, kind, currency FROM accounts_account",
    "accounts_account_tenant_fk": "INSERT INTO accounts_account (provider_id, tenant_id, kind, currency)"
    " SELECT id, 1000000, 'wallet', 'USD' FROM tenants_provider",
    "accounts_reservation_amount": "INSERT INTO accounts_reservation (provider_id, tenant_id, wallet_id, key, amount,"
    " changed_at) SELECT provider_id, tenant_id, id, 'k', -1, now() FROM accounts_wallet",
    "accounts_warning_level_basis": "INSERT INTO accounts_warning_level (provider_id, tenant_id, wallet_id, basis,"
    " level) SELECT provider_id, tenant_id, id, 'days', 1 FROM accounts_wallet",
    "accounts_burn_rate_positive": "INSERT INTO accounts_burn_rate (wallet_id, provider_id, tenant_id, minor_per_hour,"
    " recorded_at) SELECT id, provider_id, tenant_id, -1, now() FROM accounts_wallet",
    "accounts_credit_grant_remaining": "INSERT INTO accounts_credit_grant (provider_id, tenant_id, wallet_id,"
    " posting_id, granted, remaining, granted_at) SELECT w.provider_id, w.tenant_id, w.id, p.id, 5, 6, now()"
    " FROM accounts_wallet w, accounts_posting p",
    "accounts_credit_grant_wallet_fk": "INSERT INTO accounts_credit_grant (provider_id, tenant_id, wallet_id,"
    " posting_id, granted, remaining, granted_at) SELECT w.provider_id, w.tenant_id, 0, p.id, 5, 5, now()"
    " FROM accounts_wallet w, accounts_posting p",
}


class TestConstraints:
    @pytest.mark.parametrize("constraint", list(WRONG))
    def test_raw_sql_is_refused(self, constraint: str) -> None:
        with open_books() as books:
            books.post(1, key="first")
            with pytest.raises(IntegrityError) as caught:
                execute(WRONG[constraint])

            reason: Any = caught.value.__cause__
            assert reason.diag.constraint_name == constraint

    def test_a_posting_is_reversed_once(self) -> None:
        sql = (
            "INSERT INTO accounts_posting (provider_id, kind, currency, effective_at, recorded_at, idempotency_key,"
            " reverses_id) SELECT provider_id, 'reversal', currency, now(), now(), %s, id FROM accounts_posting"
            " WHERE kind <> 'reversal'"
        )
        with open_books() as books:
            books.post(1)
            execute(sql, ["a"])
            with pytest.raises(IntegrityError, match="accounts_posting_reversed_once"):
                execute(sql, ["b"])

    def test_the_digest_is_the_databases_own(self) -> None:
        with open_books() as books:
            books.post(1)
            stored = rows(
                "SELECT digest = accounts_posting_digest(p) AS same FROM accounts_posting p"
            )
            assert stored == [{"same": True}]


class TestIsolation:
    def test_a_tenant_reads_its_own_and_bulk_postings_and_writes_nothing(self) -> None:
        provider_id = make_provider(suspension_enabled=True)
        with provider_scope(provider_id):
            books = fill_books(provider_id, size=2)
            books.post(500, no=0)
            books.post(500, no=1)
            books.due(30, 40)
        with tenant_scope(provider_id, books.tenants[0]):
            assert [row["id"] for row in rows("SELECT id FROM accounts_wallet")] == [
                books.wallets[0]
            ]
            entries = rows("SELECT account_id, amount_minor FROM accounts_entry ORDER BY id")
            assert [tuple(row.values()) for row in entries] == [
                (books.wallets[0], 500),
                (books.wallets[0], -30),
            ]
            kinds = rows("SELECT kind, tenant_id FROM accounts_posting ORDER BY id")
            assert [tuple(row.values()) for row in kinds] == [
                ("top_up", books.tenants[0]),
                ("usage", 0),
            ]
            assert rows("SELECT 1 FROM accounts_seal UNION ALL SELECT 1 FROM accounts_proof") == []
            with connection.cursor() as cursor:
                cursor.execute("UPDATE accounts_wallet SET balance = 10000")
                assert cursor.rowcount == 0
            with pytest.raises(ProgrammingError, match="row-level security"):
                execute(
                    "INSERT INTO accounts_reason (provider_id, tenant_id, text) VALUES (%s, %s, 'x')",
                    [provider_id, books.tenants[0]],
                )
        with provider_scope(make_provider("sonora", suspension_enabled=True)):
            for table in (
                "wallet",
                "entry",
                "posting",
                "period",
                "account",
                "proof",
                "wallet_change",
            ):
                assert rows(f"SELECT 1 FROM accounts_{table}") == [], table
