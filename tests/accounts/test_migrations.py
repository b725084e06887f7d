"""The ledger's migrations run back and forth over rows that are there."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

from django.conf import settings
from django.db import connection

from accounts.services.audit import verify
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from tests.accounts.books import Books, fill_books, make_provider
from tests.database import owner_url
from tests.roles import as_role


def migrate(name: str, *arguments: str) -> None:
    """Run the command that an installation runs, as owner."""
    connection.close()
    environment = {**os.environ, "DATABASE_URL": owner_url(name), "DATABASE_ROLE": "owner"}
    environment["DJANGO_SETTINGS_MODULE"] = "billing_platform.settings.dev"
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0", *arguments],
        env=environment,
        cwd=settings.BASE_DIR,
        check=True,
    )


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

    def test_nothing_is_left_to_be_made(self) -> None:
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "billing_platform.settings.dev"}
        done = subprocess.run(
            [sys.executable, "manage.py", "makemigrations", "accounts", "--check", "--dry-run"],
            env=environment,
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
