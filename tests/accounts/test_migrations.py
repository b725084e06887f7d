"""The ledger's migrations run back and forth over rows that are there."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.services.audit import verify
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from tests.accounts.books import Books, fill_books, make_provider
from tests.database import migrate
from tests.roles import as_role

pytestmark = pytest.mark.processes


def shape() -> list[tuple[Any, ...]]:
    """Return every constraint, trigger, policy and index of the ledger."""
    return fetch_all(
        "SELECT 'constraint', conname::text, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid::regclass::text LIKE 'accounts_%%'"
        " UNION ALL SELECT 'trigger', tgname::text, pg_get_triggerdef(oid) FROM pg_trigger"
        " WHERE NOT tgisinternal AND tgrelid::regclass::text LIKE 'accounts_%%'"
        " UNION ALL SELECT 'policy', tablename || '.' || policyname, coalesce(qual, with_check) FROM pg_policies"
        " WHERE tablename LIKE 'accounts_%%'"
        " UNION ALL SELECT 'index', indexname::text, indexdef FROM pg_indexes WHERE tablename LIKE 'accounts_%%'"
        " ORDER BY 1, 2, 3"
    )


class TestMigrations:
    def test_later_ones_run_over_a_filled_ledger(self, committed_db: str) -> None:
        provider_id = make_provider(suspension_enabled=True)
        with provider_scope(provider_id):
            books: Books = fill_books(provider_id, size=3)
            books.post(500)
            books.due(30, 40, 50)

        migrate(committed_db, "accounts", "0003")
        migrate(committed_db)

        with as_role("worker"), provider_scope(provider_id):
            books.due(31, 41, 51)
            assert verify(provider_id=provider_id).findings == ()

    def test_all_of_them_can_be_taken_back(self, committed_db: str) -> None:
        before = shape()
        migrate(committed_db, "usage", "zero")
        migrate(committed_db, "accounts", "zero")
        assert fetch_all("SELECT 1 FROM pg_class WHERE relname LIKE 'accounts_%%'") == []

        migrate(committed_db)

        assert shape() == before
