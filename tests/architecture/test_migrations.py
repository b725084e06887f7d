"""The processes of the version before go on beside a new schema: migrations only add (decision 48)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar, Final

import pytest
from django.db import models
from django.db.migrations import Migration
from django.db.migrations import operations as ops
from django.db.migrations.loader import MigrationLoader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.migrations.operations.base import Operation

# The last migrations that decision 48 found.
FOUND: Final = {
    "accounts": "0010",
    "invoicing": "0009",
    "kernel": "0003",
    "payments": "0031",
    "platform": "0001",
    "promotions": "0003",
    "tax": "0007",
    "tenants": "0018",
    "usage": "0029",
}
# What a later version may take away: migration -> the version that was the last to need it.
TAKES_AWAY: Final[dict[tuple[str, str], str]] = {}
# Constraints on tables that were there, and why the version before fulfils them.
FULFILLED: Final = {
    "payments_bank_line_equal": "allows all that the one of the same name allowed which it replaces",
}
SQL_REMOVES = re.compile(
    r"\b(drop\s+(table|column|function|procedure|trigger|view)|rename\s+(column\s+)?(\w+\s+)?to"
    r"|set\s+not\s+null|alter\s+(column\s+)?\w+\s+(set\s+data\s+)?type)\b",
    re.I,
)


def faults(operation: Operation) -> Iterator[str]:
    """Say what of an operation a process of the version before would not bear."""
    match operation:
        case ops.RemoveField() | ops.DeleteModel() | ops.RenameField() | ops.RenameModel():
            yield "takes away what is still read"
        case ops.AddField() | ops.AlterField() | ops.AddConstraint():
            yield from limits(operation)
        case ops.RunSQL(sql=sql) if any(SQL_REMOVES.search(each) for each in statements(sql)):
            yield "takes away by SQL what is still read"
        case ops.SeparateDatabaseAndState(database_operations=inner):
            for each in inner:
                yield from faults(each)


def limits(operation: Operation) -> Iterator[str]:
    """Say what of an operation refuses what a process of the version before writes."""
    match operation:
        case ops.AlterField():
            yield "changes a column; what the database does not see belongs in state_operations"
        case ops.AddConstraint(constraint=constraint) if constraint.name not in FULFILLED:
            yield "refuses what old processes may write"
        case ops.AddField(field=field):
            if not (
                field.null or field.many_to_many or field.db_default is not models.NOT_PROVIDED
            ):
                yield "adds a column that old processes do not fill"


def statements(sql: Any) -> Iterator[str]:
    """Return the texts of what RunSQL takes: one, or several, each alone or with its parameters."""
    if isinstance(sql, str):
        yield sql
        return
    for each in sql:
        yield each if isinstance(each, str) else each[0]


def faults_of(migration: Migration) -> Iterator[str]:
    """Say what of a migration an old process would not bear; it knows nothing of tables that are new."""
    made = {each.name.lower() for each in migration.operations if isinstance(each, ops.CreateModel)}
    for operation in migration.operations:
        if getattr(operation, "model_name", "").lower() in made:
            continue
        for fault in faults(operation):
            yield f"{migration.app_label}.{migration.name}: {operation.describe()} {fault}"


def later() -> list[Migration]:
    loader = MigrationLoader(None)
    return [
        migration
        for (label, name), migration in loader.disk_migrations.items()
        if label in FOUND and name[:4] > FOUND[label] and (label, name) not in TAKES_AWAY
    ]


class TestMigrations:
    def test_they_only_add(self) -> None:
        assert [fault for migration in later() for fault in faults_of(migration)] == []

    def test_new_tables_are_made_as_they_should_be(self) -> None:
        constraint = models.CheckConstraint(condition=models.Q(x__gt=0), name="tenants_made_up_x")

        class MadeUp(Migration):
            operations: ClassVar = [
                ops.CreateModel("MadeUp", []),
                ops.AddConstraint("madeup", constraint),
                ops.AddConstraint("tenant", constraint),
            ]

        (fault,) = faults_of(MadeUp("0099_made_up", "tenants"))
        assert "refuses what old processes may write" in fault

    def test_those_that_were_found_are_there(self) -> None:
        loader = MigrationLoader(None)
        names = {(label, name[:4]) for label, name in loader.disk_migrations}
        assert set(FOUND.items()) <= names


class TestFaults:
    @pytest.mark.parametrize(
        ("operation", "word"),
        [
            (ops.RemoveField("price", "code"), "still read"),
            (ops.DeleteModel("Price"), "still read"),
            (ops.RenameField("price", "code", "name"), "still read"),
            (ops.RunSQL("ALTER TABLE t\n  DROP COLUMN c"), "by SQL"),
            (ops.RunSQL("ALTER TABLE t ALTER c SET NOT NULL"), "by SQL"),
            (ops.RunSQL("ALTER TABLE t RENAME c TO d"), "by SQL"),
            (ops.RunSQL("ALTER TABLE t RENAME TO u"), "by SQL"),
            (ops.RunSQL("ALTER TABLE t ALTER COLUMN c TYPE smallint"), "by SQL"),
            (ops.RunSQL("ALTER TABLE t ALTER c SET DATA TYPE smallint"), "by SQL"),
            (ops.RunSQL(["SELECT 1", ("DROP FUNCTION f(int)", None)]), "by SQL"),
            (ops.RunSQL("DROP TRIGGER g ON t"), "by SQL"),
            (ops.AlterField("price", "x", models.IntegerField()), "changes a column"),
            (
                ops.AddConstraint(
                    "price", models.CheckConstraint(condition=models.Q(x__gt=0), name="price_x")
                ),
                "may write",
            ),
            (ops.AddField("price", "x", models.IntegerField()), "do not fill"),
            (ops.AddField("price", "x", models.IntegerField(default=1)), "do not fill"),
            (
                ops.SeparateDatabaseAndState(database_operations=[ops.DeleteModel("Price")]),
                "still read",
            ),
        ],
    )
    def test_what_old_processes_would_not_bear_is_found(
        self, operation: Operation, word: str
    ) -> None:
        (fault,) = faults(operation)
        assert word in fault

    @pytest.mark.parametrize(
        "operation",
        [
            ops.AddField("price", "x", models.IntegerField(null=True)),
            ops.AddField("price", "x", models.IntegerField(db_default=1)),
            ops.CreateModel("Other", []),
            ops.RunSQL("CREATE INDEX i ON t (c)", "DROP INDEX i"),
            ops.RunSQL(
                "CREATE TRIGGER g BEFORE UPDATE ON t EXECUTE FUNCTION f()", "DROP TRIGGER g ON t"
            ),
            ops.RunSQL([("INSERT INTO t VALUES (%s)", ["a type of rename"])]),
            ops.SeparateDatabaseAndState(
                state_operations=[ops.AlterField("price", "x", models.IntegerField())]
            ),
            ops.SeparateDatabaseAndState(state_operations=[ops.DeleteModel("Price")]),
        ],
    )
    def test_what_only_adds_is_not(self, operation: Operation) -> None:
        assert list(faults(operation)) == []
