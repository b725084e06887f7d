"""A copy of the cast is what the services make, in every table."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from django.db import transaction

from billing_platform.kernel.rows import fetch_all
from tests.cast import TABLES, CastRows, build_cast
from tests.roles import as_role

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cast import Cast

# Ids, what is drawn by lot, and the moment that Django reads from its own clock.
DRAWN = {"id", "provider_id", "tenant_id", "user_id", "public_id", "password", "date_joined"}


def counts() -> dict[str, int]:
    """Return how many rows each table has."""
    tables = [
        name
        for (name,) in fetch_all(
            "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'"
        )
    ]
    sql = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM \"{name}\"" for name in tables)
    return dict(fetch_all(sql))


def written(make: Callable[[], Cast]) -> tuple[dict[str, int], dict[str, list[str]]]:
    """Return how many rows a way of making the cast adds to each table, and what the rows say; undone at the end."""
    with transaction.atomic():
        with as_role("owner"):
            before = counts()
        rows = CastRows.of(make()).rows
        with as_role("owner"):
            added = {name: count - before[name] for name, count in counts().items()}
        transaction.set_rollback(True)
    said = {
        name: sorted(
            json.dumps({k: v for k, v in row.items() if k not in DRAWN}) for row in rows[name]
        )
        for name in TABLES
    }
    return {name: count for name, count in added.items() if count}, said


@pytest.mark.django_db
def test_a_copy_is_what_the_services_make(cast_rows: CastRows) -> None:
    made, copied = written(build_cast), written(cast_rows.copy)

    assert copied == made
    assert set(made[0]) >= set(TABLES)


@pytest.mark.django_db
def test_two_copies_share_no_id(cast_rows: CastRows) -> None:
    with transaction.atomic():
        first = cast_rows.copy()
        transaction.set_rollback(True)

    second = cast_rows.copy()

    assert {first.nimbus, first.sonora}.isdisjoint({second.nimbus, second.sonora})
    assert set(first.users.values()).isdisjoint(second.users.values())
    assert second.user("alice").email == "alice@example.com"
