"""All migrations of this project run over rows that are there, and can be taken back: one walk back for all of them."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import psycopg2
import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from accounts.services.audit import verify
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from tenants.models import SettingEvent, Tenant, TenantEvent
from tenants.selectors.memberships import memberships_of
from tenants.selectors.suspensions import entitlement
from tenants.services.settings import set_setting
from tenants.services.suspension import suspend_by_hand
from tenants.services.tenants import update_tenant
from tests.accounts.books import Books, fill_books, make_provider
from tests.cast import NOW, Cast, build_cast
from tests.database import owner_url, reached
from tests.journeys.early_rows import (
    Parts,
    check_documents,
    check_payments,
    check_usage,
    fill_parts,
    meet,
)
from tests.roles import as_role

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.processes

OURS: Final = (
    "accounts",
    "invoicing",
    "kernel",
    "payments",
    "platform",
    "promotions",
    "tax",
    "tenants",
    "usage",
)
# The first state of each part that held rows, and nothing that was built on it since.
EARLY: Final = {
    "tenants": "0002_isolation",
    "accounts": "0003_seals",
    "kernel": "0001_scope",
    "usage": "0003_segments",
    "payments": "0002_isolation",
    "invoicing": "0002_isolation",
    "promotions": "0002_isolation",
    "tax": "0002_isolation",
}
FILL = """
INSERT INTO tenants_provider (id, slug, name, currency, time_zone, created_at, brand_color, logo_light, logo_dark,
    sender_name, sender_email, support_url, legal_name, address, country, tax_id, registration_no)
SELECT n, 'p' || n, 'P' || n, 'USD', 'UTC', now(), '#123456', '', '', '', '', '', '', '', '', '', ''
  FROM generate_series(1001, 1003) AS n;
INSERT INTO tenants_tenant (provider_id, external_id, name, category, status, time_zone, currency, language,
    billing_plan, contract_type, anchor_day, credit_limit_minor, epoch, created_at)
SELECT p, 't' || n, 'T' || n, 'individual', 'active', 'UTC', 'USD', 'en', 'PREPAID', 'PAYG', 1, 0, 0, now()
  FROM generate_series(1001, 1003) AS p, generate_series(1, 500) AS n;
INSERT INTO tenants_suspension (provider_id, tenant_id, epoch, reason, source, note, since)
SELECT provider_id, id, 1, 'by_hand', '', '', now() FROM tenants_tenant
 WHERE provider_id > 1000 AND external_id = 't7';
INSERT INTO tenants_setting (provider_id, name, value, changed_at)
SELECT id, 'ingestion.late_days', '10', now() FROM tenants_provider WHERE id > 1000;
INSERT INTO tenants_api_key (provider_id, name, slot, prefix, digest, scopes, created_at)
SELECT id, 'default', 1, 'bk_x', sha256(slug::bytea), '{usage:write}', now() FROM tenants_provider WHERE id > 1000;
"""
COUNTS = """
SELECT (SELECT count(*) FROM tenants_provider WHERE id > 1000),
       (SELECT count(*) FROM tenants_tenant WHERE provider_id > 1000),
       (SELECT count(*) FROM tenants_suspension WHERE provider_id > 1000),
       (SELECT count(*) FROM tenants_setting WHERE provider_id > 1000),
       (SELECT count(*) FROM tenants_api_key WHERE provider_id > 1000)
"""
SHAPE = """
SELECT 'column', attrelid::regclass || '.' || attname, format_type(atttypid, atttypmod) || attnotnull
  FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
 WHERE relkind IN ('r', 'p', 'v') AND relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped
UNION ALL
SELECT 'grant', oid::regclass::text,
       (SELECT string_agg(part::text, ' ' ORDER BY part::text) FROM unnest(relacl) AS part)
  FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind <> 'i'
UNION ALL
SELECT 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) FROM pg_constraint
 WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
UNION ALL
SELECT 'trigger', tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL
SELECT 'policy', tablename || '.' || policyname, concat(qual, with_check) FROM pg_policies
UNION ALL
SELECT 'index', indexname::text, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL
SELECT 'function', oid::regprocedure::text, md5(prosrc) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
ORDER BY 1, 2, 3
"""


# Only our own migrations make these; a library's functions stay behind a table's triggers, used by nobody.
OWN_KINDS: Final = ("policy", "function")
GENERATED: Final = ("pgtrigger_", "_pgtrigger_", "_pgh_")


@dataclass(frozen=True)
class Early:
    """A database with rows, taken back to an early installation.

    Attributes:
        name: the database's; for copies.
        shape: what the newest installation has: columns, grants, constraints, triggers, policies, indexes, functions.
        cast: who was there before; so was the ledger's provider.
    """

    name: str
    shape: list[tuple[Any, ...]]
    cast: Cast
    books: Books
    parts: Parts


def fill() -> tuple[Cast, Books, Parts]:
    """Leave people, tenants, a suspension, a setting, a ledger in use, and rows of every other part."""
    cast = build_cast()
    with provider_scope(cast.nimbus):
        suspend_by_hand(provider_id=cast.nimbus, tenant_id=cast.acme, note="", now=NOW)
        set_setting(provider_id=cast.nimbus, name="ingestion.late_days", value=9, now=NOW)
    provider_id = make_provider("ledger", suspension_enabled=True)
    with provider_scope(provider_id):
        books = fill_books(provider_id, size=3)
        books.post(500)
        books.due(30, 40, 50)
    return cast, books, fill_parts(cast)


def walk_back(targets: dict[str, str | None]) -> None:
    """Take migrations back as owner: each app to a migration, or to none."""
    with as_role("owner"):
        MigrationExecutor(connection).migrate(list(targets.items()))


def walk_forward() -> None:
    """Apply all migrations as owner, and fill on the way what some of them change."""
    with as_role("owner"):
        executor = MigrationExecutor(connection, meet)
        executor.migrate(executor.loader.graph.leaf_nodes())


def shape() -> list[tuple[Any, ...]]:
    with as_role("owner"):
        return fetch_all(SHAPE)


def owner_rows(name: str, sql: str) -> list[tuple[Any, ...]]:
    """Run SQL in a database as owner."""
    with closing(psycopg2.connect(owner_url(name))) as raw, raw, raw.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall()) if cursor.description else []


@pytest.fixture(scope="module")
def early(
    template_database: str, django_db_setup: None, django_db_blocker: pytest.FixtureRequest
) -> Iterator[Early]:
    """The early installation: what was built on it since is taken back, its rows stay."""
    name = f"{connection.settings_dict['NAME']}_early"
    with django_db_blocker.unblock(), reached(template_database, name):  # type: ignore[attr-defined]
        cast, books, parts = fill()
        before = shape()
        walk_back(dict.fromkeys(set(OURS) - set(EARLY)) | EARLY)
        owner_rows(name, FILL)
        connection.close()
        yield Early(name, before, cast, books, parts)


@pytest.fixture
def copy(early: Early, django_db_blocker: pytest.FixtureRequest) -> Iterator[str]:
    name = f"{early.name}_copy"
    with django_db_blocker.unblock(), reached(early.name, name):  # type: ignore[attr-defined]
        yield name


class TestForward:
    def test_an_early_installation_keeps_its_rows_and_goes_on(
        self, early: Early, copy: str
    ) -> None:
        before = owner_rows(copy, COUNTS)

        walk_forward()

        assert owner_rows(copy, COUNTS) == before == [(3, 1500, 3, 3, 3)]
        owner_rows(
            copy,
            "UPDATE tenants_tenant SET name = 'New' WHERE provider_id > 1000 AND external_id = 't1'",
        )
        assert owner_rows(copy, "SELECT count(*) FROM tenants_tenant_event") == [(3,)]
        check_people(early.cast)
        check_ledger(early.books)
        check_usage(early.parts)
        check_payments(early.cast)
        check_documents(early.cast)
        assert shape() == early.shape


def check_people(cast: Cast) -> None:
    """Who was there still is, and their history is kept from now on."""
    assert [row.role for row in memberships_of(cast.users["alice"])] == ["admin"]
    with provider_scope(cast.nimbus):
        assert entitlement(cast.nimbus, "acme").status == "suspended"
        set_setting(provider_id=cast.nimbus, name="ingestion.late_days", value=8, now=NOW)
        update_tenant(provider_id=cast.nimbus, tenant_id=cast.acme, name="Again")
        assert Tenant.objects.count() == 2
        assert (SettingEvent.objects.count(), TenantEvent.objects.count()) == (1, 1)


def check_ledger(books: Books) -> None:
    """The ledger goes on where it stood, and is right."""
    with as_role("worker"), provider_scope(books.provider_id):
        assert [books.balance(no) for no in range(3)] == [470, -40, -50]
        books.due(31, 41, 51)
        assert [books.balance(no) for no in range(3)] == [469, -41, -51]
        assert verify(provider_id=books.provider_id).findings == ()


class TestBack:
    def test_nothing_is_left_of_what_is_taken_back(self, copy: str) -> None:
        walk_back(dict.fromkeys(OURS))

        left = [(kind, name) for kind, name, _ in shape()]
        assert [each for each in left if each[1].startswith(OURS)] == []
        assert [
            name for kind, name in left if kind in OWN_KINDS and not name.startswith(GENERATED)
        ] == []
