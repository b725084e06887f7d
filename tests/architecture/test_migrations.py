"""The processes of the version before go on beside a new schema: migrations only add (decision 48)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest
from django.db import models
from django.db.migrations import operations as ops
from django.db.migrations.loader import MigrationLoader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.migrations import Migration
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
SQL_REMOVES = re.compile(r"\b(drop\s+(table|column)|rename\s+(to|column)|set\s+not\s+null)\b", re.I)


def faults(operation: Operation) -> Iterator[str]:
    """Say what of an operation a process of the version before would not bear."""
    match operation:
        case ops.RemoveField() | ops.DeleteModel() | ops.RenameField() | ops.RenameModel():
            yield "takes away what is still read"
        case ops.AddField(field=field):
            if not (
                field.null or field.many_to_many or field.db_default is not models.NOT_PROVIDED
            ):
                yield "adds a column that old processes do not fill"
        case ops.RunSQL(sql=str() as sql) if SQL_REMOVES.search(sql):
            yield "takes away by SQL what is still read"
        case ops.SeparateDatabaseAndState(database_operations=inner):
            for each in inner:
                yield from faults(each)


def later() -> list[Migration]:
    loader = MigrationLoader(None)
    return [
        migration
        for (label, name), migration in loader.disk_migrations.items()
        if label in FOUND and name[:4] > FOUND[label] and (label, name) not in TAKES_AWAY
    ]


class TestMigrations:
    def test_they_only_add(self) -> None:
        found = [
            f"{migration.app_label}.{migration.name}: {operation.describe()} {fault}"
            for migration in later()
            for operation in migration.operations
            for fault in faults(operation)
        ]
        assert found == []

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
            ops.SeparateDatabaseAndState(state_operations=[ops.DeleteModel("Price")]),
        ],
    )
    def test_what_only_adds_is_not(self, operation: Operation) -> None:
        assert list(faults(operation)) == []
