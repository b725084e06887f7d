"""A table put under isolation shows each scope its own rows, and every operation can be undone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.db import (
    DatabaseError,
    IntegrityError,
    OperationalError,
    ProgrammingError,
    connection,
    transaction,
)
from django.db.migrations.state import ProjectState

from billing_platform.kernel import isolation
from billing_platform.kernel.isolation import (
    append_only,
    check_roles,
    composite_fk,
    composite_key,
    protect,
    provider_fk,
    run_sql_file,
)
from billing_platform.kernel.rows import execute, fetch_all, fetch_one
from billing_platform.kernel.scope import provider_scope, system_scope, tenant_scope
from tests.roles import as_role

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from django.db.migrations.operations.base import Operation

    from billing_platform.kernel.isolation import Rows
    from billing_platform.kernel.scope import Scope
    from tests.roles import Role

pytestmark = pytest.mark.django_db

# (provider, tenant): the provider's own row, two tenants of it, and a tenant of another provider.
ROWS = [(1, 0), (1, 7), (1, 8), (2, 9)]
ALL = "SELECT, INSERT, UPDATE, DELETE"


def apply(*operations: Operation) -> None:
    state = ProjectState()
    with connection.schema_editor(atomic=False) as editor:
        for operation in operations:
            operation.database_forwards("kernel", editor, state, state)


def undo(*operations: Operation) -> None:
    state = ProjectState()
    with connection.schema_editor(atomic=False) as editor:
        for operation in reversed(operations):
            operation.database_backwards("kernel", editor, state, state)


def make_table(*operations: Operation, name: str = "thing") -> None:
    with as_role("owner"):
        execute(f"CREATE TABLE {name} (id bigint, provider_id bigint, tenant_id bigint, note text)")
        apply(*operations)
        for number, row in enumerate(ROWS, 1):
            execute(f"INSERT INTO {name} VALUES (%s, %s, %s, '')", [number, *row])


def seen(scope: AbstractContextManager[Scope], role: Role = "app") -> list[tuple[int, int]]:
    with as_role(role), scope:
        return [
            (p, t) for p, t in fetch_all("SELECT provider_id, tenant_id FROM thing ORDER BY id")
        ]


def refused(sql: str, scope: AbstractContextManager[Scope], role: Role = "app") -> bool:
    try:
        with as_role(role), scope:
            return execute(sql) == 0
    except ProgrammingError as error:
        return "row-level security" in str(error)


class TestProtect:
    @pytest.mark.parametrize(
        ("rows", "by_provider", "by_tenant"),
        [
            ("tenant", ROWS[:3], [(1, 7)]),
            ("provider", ROWS[:3], []),
            ("shared", ROWS[:3], ROWS[:3]),
        ],
    )
    @pytest.mark.parametrize("role", ["app", "worker"])
    def test_a_scope_sees_its_own_rows(
        self,
        role: Role,
        rows: Rows,
        by_provider: list[tuple[int, int]],
        by_tenant: list[tuple[int, int]],
    ) -> None:
        make_table(*protect("thing", rows=rows))

        assert seen(provider_scope(1), role) == by_provider
        assert seen(tenant_scope(1, 7), role) == by_tenant
        assert seen(tenant_scope(2, 7), role) == (ROWS[3:] if rows == "shared" else [])

    def test_only_a_worker_sees_all_in_the_system_s_scope(self) -> None:
        make_table(*protect("thing", rows="tenant"))

        assert seen(system_scope(), "app") == []
        assert seen(system_scope(), "worker") == ROWS

    @pytest.mark.parametrize("role", ["owner", "ops"])
    def test_the_owner_and_the_operators_see_all(self, role: Role) -> None:
        make_table(*protect("thing", rows="tenant"))

        assert seen(transaction.atomic(), role) == ROWS  # type: ignore[arg-type]  # no scope at all

    def test_no_scope_is_an_error_in_tests(self) -> None:
        make_table(*protect("thing", rows="tenant"))

        with pytest.raises(ProgrammingError, match="no scope"):
            seen(transaction.atomic())  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        "row", ["1, 0", "1, 8", "2, 9"], ids=["the provider's", "a sibling's", "a stranger's"]
    )
    @pytest.mark.parametrize("role", ["app", "worker"])
    def test_a_tenant_writes_nobody_else_s_rows(self, role: Role, row: str) -> None:
        make_table(*protect("thing", rows="tenant", app=ALL, worker=ALL))
        provider, tenant = row.split(", ")
        where = f"WHERE provider_id = {provider} AND tenant_id = {tenant}"

        assert refused(f"INSERT INTO thing VALUES (5, {row}, '')", tenant_scope(1, 7), role)
        assert refused(f"UPDATE thing SET note = 'x' {where}", tenant_scope(1, 7), role)
        assert refused(
            f"UPDATE thing SET provider_id = {provider}, tenant_id = {tenant}",
            tenant_scope(1, 7),
            role,
        )
        assert refused(f"DELETE FROM thing {where}", tenant_scope(1, 7), role)

    def test_a_tenant_reads_but_does_not_write_what_is_shared(self) -> None:
        make_table(*protect("thing", rows="shared", app=ALL))

        assert refused("UPDATE thing SET note = 'x'", tenant_scope(1, 7))
        assert refused("DELETE FROM thing", tenant_scope(1, 7))
        assert not refused("UPDATE thing SET note = 'x'", provider_scope(1))

    def test_rows_may_be_written_by_the_provider_s_scope_alone(self) -> None:
        make_table(*protect("thing", rows="tenant", app=ALL, tenant_writes=False))

        assert refused("UPDATE thing SET note = 'x'", tenant_scope(1, 7))
        assert not refused("UPDATE thing SET note = 'x'", provider_scope(1))

    def test_reading_may_be_wider_than_writing(self) -> None:
        make_table(
            *protect("thing", rows="tenant", app=ALL, reads="provider_id = 2 AND tenant_id = 9")
        )

        assert seen(tenant_scope(1, 7)) == [(1, 7), (2, 9)]
        assert refused("UPDATE thing SET note = 'x' WHERE provider_id = 2", tenant_scope(1, 7))

    @pytest.mark.parametrize("role", ["app", "worker"])
    def test_what_is_only_readable_cannot_be_changed_or_deleted(self, role: Role) -> None:
        make_table(*protect("thing", rows="shared", app=ALL, worker=ALL))

        assert seen(tenant_scope(1, 7), role) == ROWS[:3]
        assert refused("UPDATE thing SET note = 'x'", tenant_scope(1, 7), role)
        assert refused("DELETE FROM thing", tenant_scope(1, 7), role)

    def test_a_role_without_privileges_is_refused(self) -> None:
        make_table(*protect("thing", rows="tenant", app="", worker="", ops=""))

        roles: tuple[Role, ...] = ("app", "worker", "ops")
        for role in roles:
            with pytest.raises(ProgrammingError, match="permission denied"):
                seen(provider_scope(1), role)

    def test_a_global_table_has_grants_and_no_policy(self) -> None:
        make_table(*protect("thing", rows="global"))

        assert seen(tenant_scope(1, 7)) == ROWS

    def test_it_can_be_undone(self) -> None:
        operations = protect("thing", rows="tenant")
        make_table(*operations)

        with as_role("owner"):
            undo(*operations)
            assert fetch_one("SELECT count(*) FROM pg_policies WHERE tablename = 'thing'") == (0,)
            assert fetch_one(
                "SELECT relrowsecurity OR relforcerowsecurity FROM pg_class WHERE relname = 'thing'"
            ) == (False,)


class TestRunSqlFile:
    def test_it_reads_both_directions_from_beside_the_migration(self) -> None:
        operation = run_sql_file(
            f"{Path(isolation.__file__).parent}/migrations/0001_scope.py", "0001_scope"
        )

        assert "CREATE FUNCTION scope_kind" in str(operation.sql)
        assert "DROP FUNCTION" in str(operation.reverse_sql)


class TestKeys:
    def test_a_child_belongs_to_a_parent_of_its_provider(self) -> None:
        operations = (composite_key("thing", "id"), composite_fk("child", "thing_id", "thing"))
        with as_role("owner"):
            execute("CREATE TABLE child (provider_id bigint, thing_id bigint)")
        make_table(*operations)

        with as_role("owner"):
            execute("INSERT INTO child VALUES (1, 1)")
            with (
                pytest.raises(IntegrityError, match="child_thing_id_scoped_fk"),
                transaction.atomic(),
            ):
                execute("INSERT INTO child VALUES (2, 1)")
            undo(*operations)
            execute("INSERT INTO child VALUES (2, 1)")

    def test_a_row_belongs_to_a_provider(self) -> None:
        operation = provider_fk("thing")
        with as_role("owner"):
            execute("CREATE TABLE thing (provider_id bigint)")
            apply(operation)
            with pytest.raises(IntegrityError, match="thing_provider_fk"), transaction.atomic():
                execute("INSERT INTO thing VALUES (404)")
            undo(operation)
            execute("INSERT INTO thing VALUES (404)")


class TestAppendOnly:
    @pytest.mark.parametrize(
        "sql", ["UPDATE thing SET note = 'x'", "DELETE FROM thing", "TRUNCATE thing"]
    )
    def test_nobody_changes_a_row(self, sql: str) -> None:
        make_table(append_only("thing"))

        with (
            as_role("owner"),
            pytest.raises((OperationalError, DatabaseError), match="append-only"),
            transaction.atomic(),
        ):
            execute(sql)

    def test_it_can_be_undone(self) -> None:
        make_table(append_only("thing"))

        with as_role("owner"):
            undo(append_only("thing"))
            assert execute("DELETE FROM thing") == 4


class TestCheckRoles:
    def test_a_server_with_the_roles_passes(self) -> None:
        apply(check_roles())
        undo(check_roles())

    def test_a_missing_role_is_named_with_its_remedy(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(isolation, "LOGIN_ROLES", ("billing_owner", "billing_nobody"))

        with pytest.raises(RuntimeError, match="CREATE ROLE billing_nobody LOGIN"):
            apply(check_roles())
