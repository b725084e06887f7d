"""Every table is either listed as global, or carries its provider and lies under forced row-level security."""

from __future__ import annotations

import re

import pytest

from billing_platform.kernel.rows import fetch_all
from tests.isolation import catalogue
from tests.isolation.reviewed import DEFINER_FUNCTIONS, FREE_INDEXES, GLOBAL_TABLES

pytestmark = pytest.mark.django_db
LOGINS = ("billing_app", "billing_worker", "billing_ops")


class TestTables:
    def test_each_one_belongs_to_a_provider_or_is_listed(self) -> None:
        columns = catalogue.columns()
        bare = [
            table
            for table in catalogue.own_tables()
            if not columns[table].get(catalogue.provider_column(table), False)
        ]

        assert bare == [], "a table needs provider_id NOT NULL, or a line in reviewed.py"

    def test_a_tenants_column_is_never_empty(self) -> None:
        columns = catalogue.columns()

        assert [
            table
            for table in catalogue.own_tables()
            if columns[table].get("tenant_id", True) is False
        ] == []

    def test_global_tables_hold_no_tenants_rows(self) -> None:
        columns = catalogue.columns()
        names = set(columns)

        assert set(GLOBAL_TABLES) <= names, "take a table that is gone off the list"
        assert [
            table for table in GLOBAL_TABLES if {"provider_id", "tenant_id"} & set(columns[table])
        ] == []

    def test_each_one_is_under_forced_row_level_security(self) -> None:
        found = catalogue.tables()

        assert [t for t in catalogue.own_tables() if not (found[t][0] and found[t][1])] == []

    def test_all_belong_to_the_owner(self) -> None:
        assert {row[3] for row in catalogue.tables().values()} == {"billing_owner"}

    def test_partitions_are_reached_through_their_parent_only(self) -> None:
        found = catalogue.tables()
        open_partitions = {
            (table, role)
            for table, role, _ in catalogue.grants()
            if table in found and found[table][2] and role != "billing_owner"
        }
        unprotected = {table for table, _ in open_partitions if not found[table][0]}

        assert unprotected == set()


class TestPolicies:
    def test_each_table_has_one_for_every_login(self) -> None:
        covered = {(table, role) for table, _, roles, *_ in catalogue.policies() for role in roles}
        granted = {(table, role) for table, role, _ in catalogue.grants() if role in LOGINS}
        needed = {pair for pair in granted if pair[0] in set(catalogue.own_tables())}

        assert needed - covered == set()
        assert {t for t in catalogue.own_tables() if (t, "billing_owner") not in covered} == set()

    def test_none_is_for_everybody(self) -> None:
        assert [row[:2] for row in catalogue.policies() if "public" in row[2]] == []

    def test_the_web_sees_by_provider_only(self) -> None:
        loose = [
            (table, name)
            for table, name, roles, _, using, check in catalogue.policies()
            if "billing_app" in roles
            for condition in (using, check)
            if condition and "scope_provider_id()" not in condition
        ]

        assert loose == []

    def test_the_worker_sees_all_in_system_scope_only(self) -> None:
        loose = [
            (table, name)
            for table, name, roles, _, using, check in catalogue.policies()
            if "billing_worker" in roles and table in set(catalogue.own_tables())
            for condition in (using, check)
            if condition and not ("'system'" in condition and "scope_provider_id()" in condition)
        ]

        assert loose == []


class TestKeys:
    def test_unique_keys_and_indexes_begin_with_the_provider(self) -> None:
        own = set(catalogue.own_tables())
        loose = [
            f"{index.table}: {index.name} {index.columns}"
            for index in catalogue.indexes()
            if index.table in own
            and not index.is_led_by(catalogue.provider_column(index.table))
            # A row's own number, or that of the one row that it belongs to, is no look-up of a tenant's.
            and not (index.is_primary and len(index.columns) == 1)
            and not is_reviewed(index.name)
        ]

        assert loose == []

    def test_the_list_of_free_indexes_is_not_longer_than_needed(self) -> None:
        names = [index.name for index in catalogue.indexes()]

        assert [
            reviewed for reviewed in FREE_INDEXES if not any(matches(reviewed, n) for n in names)
        ] == []

    def test_foreign_keys_between_tenants_tables_name_the_provider(self) -> None:
        own = set(catalogue.own_tables())
        loose = [
            f"{key.table}: {key.name}"
            for key in catalogue.foreign_keys()
            if key.table in own and key.parent in own and not names_the_provider(key)
        ]

        assert loose == []

    def test_global_tables_point_to_no_tenants_table(self) -> None:
        own = set(catalogue.own_tables())

        assert [
            key.name
            for key in catalogue.foreign_keys()
            if key.table in GLOBAL_TABLES and key.parent in own
        ] == []


class TestGrants:
    def test_nothing_is_open_to_everybody(self) -> None:
        assert [row for row in catalogue.grants() if row[1] == "PUBLIC"] == []

    def test_no_login_may_truncate_or_change_the_schema(self) -> None:
        powers = {"TRUNCATE", "REFERENCES", "TRIGGER"}

        assert [row for row in catalogue.grants() if row[1] in LOGINS and row[2] in powers] == []

    def test_no_login_may_make_tables(self) -> None:
        rows = fetch_all(
            "SELECT r, has_schema_privilege(r, 'public', 'CREATE') FROM unnest(%s::text[]) AS r",
            [list(LOGINS)],
        )

        assert [role for role, may in rows if may] == []

    def test_no_login_goes_around_the_policies(self) -> None:
        rows = fetch_all(
            "SELECT rolname FROM pg_roles WHERE rolname LIKE 'billing%%' AND (rolsuper OR rolbypassrls)"
        )

        assert rows == []


class TestFunctionsAndViews:
    def test_functions_with_the_owners_eyes_are_reviewed(self) -> None:
        found = {name for name, *_ in catalogue.definer_functions()}

        assert found == set(DEFINER_FUNCTIONS)

    def test_they_search_in_fixed_places_and_are_not_open_to_everybody(self) -> None:
        found = catalogue.definer_functions()
        assert found
        for name, settings, owner, is_open in found:
            path = re.search(r"search_path=([^,]+(?:, ?[a-z_]+)*)", settings)
            assert path is not None, name
            assert path.group(1).startswith("pg_catalog"), name
            assert owner == "billing_owner", name
            assert not is_open, name

    def test_views_look_with_the_readers_eyes(self) -> None:
        rows = fetch_all(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND c.relkind = 'v'"
            " AND NOT coalesce('security_invoker=true' = ANY(c.reloptions), false)"
        )

        assert rows == []

    def test_the_web_reads_no_materialised_view(self) -> None:
        rows = fetch_all(
            "SELECT c.relname FROM pg_class c WHERE c.relkind = 'm'"
            " AND has_table_privilege('billing_app', c.oid, 'SELECT')"
        )

        assert rows == []


def matches(reviewed: str, name: str) -> bool:
    """Return whether an index is the reviewed one; Django ends the names of its own with a digest."""
    return (
        name == reviewed
        or re.fullmatch(rf"{re.escape(reviewed)}_[0-9a-f]{{8}}(_like)?", name) is not None
    )


def is_reviewed(name: str) -> bool:
    """Return whether an index may do without the provider in front."""
    return any(matches(reviewed, name) for reviewed in FREE_INDEXES)


def names_the_provider(key: catalogue.ForeignKey) -> bool:
    """Return whether a foreign key keeps a row with its own provider."""
    own, parent = catalogue.provider_column(key.table), catalogue.provider_column(key.parent)
    return (own, parent) in zip(key.columns, key.parent_columns, strict=True)
