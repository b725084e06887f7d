"""This part's migrations run over rows that are there, and can be taken back."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest
from django.db import connection

from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from tenants.models import SettingEvent, Tenant, TenantEvent
from tenants.selectors.memberships import memberships_of
from tenants.selectors.suspensions import entitlement
from tenants.services.settings import set_setting
from tenants.services.suspension import suspend_by_hand
from tenants.services.tenants import update_tenant
from tests.cast import NOW, build_cast
from tests.database import drop_database, migrate, owner_url, server_execute
from tests.roles import as_role

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.processes
FILL = """
INSERT INTO tenants_provider (id, slug, name, currency, time_zone, created_at, brand_color, logo_light, logo_dark,
    sender_name, sender_email, support_url, legal_name, address, country, tax_id, registration_no)
SELECT n, 'p' || n, 'P' || n, 'USD', 'UTC', now(), '#123456', '', '', '', '', '', '', '', '', '', ''
  FROM generate_series(1, 3) AS n;
INSERT INTO tenants_tenant (provider_id, external_id, name, category, status, time_zone, currency, language,
    billing_plan, contract_type, anchor_day, credit_limit_minor, epoch, created_at)
SELECT p, 't' || n, 'T' || n, 'individual', 'active', 'UTC', 'USD', 'en', 'PREPAID', 'PAYG', 1, 0, 0, now()
  FROM generate_series(1, 3) AS p, generate_series(1, 500) AS n;
INSERT INTO tenants_suspension (provider_id, tenant_id, epoch, reason, source, note, since)
SELECT provider_id, id, 1, 'by_hand', '', '', now() FROM tenants_tenant WHERE external_id = 't7';
INSERT INTO tenants_setting (provider_id, name, value, changed_at)
SELECT id, 'ingestion.late_days', '10', now() FROM tenants_provider;
INSERT INTO tenants_api_key (provider_id, name, slot, prefix, digest, scopes, created_at)
SELECT id, 'default', 1, 'bk_x', sha256(slug::bytea), '{usage:write}', now() FROM tenants_provider;
"""
COUNTS = """
SELECT (SELECT count(*) FROM tenants_provider), (SELECT count(*) FROM tenants_tenant),
       (SELECT count(*) FROM tenants_suspension), (SELECT count(*) FROM tenants_setting),
       (SELECT count(*) FROM tenants_api_key)
"""


@pytest.fixture
def empty_database() -> Iterator[str]:
    name = f"{connection.settings_dict['NAME']}_history"
    drop_database(name)
    server_execute(f'CREATE DATABASE "{name}"')
    yield name
    drop_database(name)


def owner_rows(name: str, sql: str) -> list[tuple[Any, ...]]:
    """Run SQL in a database as owner."""
    with closing(psycopg2.connect(owner_url(name))) as raw, raw, raw.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall()) if cursor.description else []


class TestForward:
    def test_an_early_installation_keeps_its_rows(
        self, empty_database: str, django_db_setup: None
    ) -> None:
        migrate(empty_database, "tenants", "0002")
        owner_rows(empty_database, FILL)
        before = owner_rows(empty_database, COUNTS)

        migrate(empty_database)

        assert owner_rows(empty_database, COUNTS) == before == [(3, 1500, 3, 3, 3)]
        owner_rows(
            empty_database, "UPDATE tenants_tenant SET name = 'New' WHERE external_id = 't1'"
        )
        assert owner_rows(empty_database, "SELECT count(*) FROM tenants_tenant_event") == [(3,)]


class TestBackAndForth:
    def test_the_later_ones_run_over_filled_tables(self, committed_db: str) -> None:
        cast = build_cast()
        with provider_scope(cast.nimbus):
            suspend_by_hand(provider_id=cast.nimbus, tenant_id=cast.acme, note="", now=NOW)
            set_setting(provider_id=cast.nimbus, name="ingestion.late_days", value=9, now=NOW)
        before = fetch_shape()

        migrate(committed_db, "tenants", "0002")
        migrate(committed_db)

        assert fetch_shape() == before
        assert [row.role for row in memberships_of(cast.users["alice"])] == ["admin"]
        with provider_scope(cast.nimbus):
            assert entitlement(cast.nimbus, "acme").status == "suspended"
            set_setting(provider_id=cast.nimbus, name="ingestion.late_days", value=8, now=NOW)
            update_tenant(provider_id=cast.nimbus, tenant_id=cast.acme, name="Again")
            assert Tenant.objects.count() == 2
            assert (SettingEvent.objects.count(), TenantEvent.objects.count()) == (1, 1)


def fetch_shape() -> list[tuple[Any, ...]]:
    """Return every constraint, trigger, policy and index of this part."""
    with as_role("owner"):
        return fetch_all(
            "SELECT 'constraint', conname::text, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid::regclass::text LIKE 'tenants_%%'"
            " UNION ALL SELECT 'trigger', tgname::text, pg_get_triggerdef(oid) FROM pg_trigger"
            " WHERE NOT tgisinternal AND tgrelid::regclass::text LIKE 'tenants_%%'"
            " UNION ALL SELECT 'policy', tablename || '.' || policyname, coalesce(qual, with_check) FROM pg_policies"
            " WHERE tablename LIKE 'tenants_%%'"
            " UNION ALL SELECT 'index', indexname::text, indexdef FROM pg_indexes WHERE tablename LIKE 'tenants_%%'"
            " ORDER BY 1, 2, 3"
        )
