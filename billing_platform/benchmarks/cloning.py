"""Multiply the rows of one tenant by a hundred thousand in one statement per table, whatever columns a table has."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from psycopg2 import extensions

COLUMNS = """
SELECT attname FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum
"""
EMPTY = """
SELECT attname, CASE typcategory WHEN 'S' THEN '' WHEN 'N' THEN '0' WHEN 'B' THEN 'false' END
FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attidentity = ''
  AND attnotnull AND NOT atthasdef AND typcategory IN ('S', 'N', 'B')
"""
TIES = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = ANY(%s::regclass[]) AND contype = ANY(%s) ORDER BY conrelid, conname
"""


def insert_row(owner: extensions.cursor, table: str, values: Mapping[str, object]) -> int:
    """Write a row whose other columns are empty: no text, 0, false, or nothing.

    Args:
        owner: a cursor of the tables' owner.
        table: its name.
        values: by column, what is not empty.

    Returns:
        Its id.
    """
    owner.execute(EMPTY, [table])
    row = {**dict(owner.fetchall()), **values}
    names = ", ".join(f'"{name}"' for name in row)
    places = ", ".join(["%s"] * len(row))
    owner.execute(
        f"INSERT INTO {table} ({names}) VALUES ({places}) RETURNING id", list(row.values())
    )
    (found,) = owner.fetchone() or (0,)
    return int(found)


def clone_rows(
    owner: extensions.cursor,
    table: str,
    *,
    where: str,
    copies: int,
    changed: Mapping[str, str],
    only: str = "true",
) -> None:
    """Copy the rows of a table that meet a condition, with some columns changed.

    Args:
        owner: a cursor of the tables' owner.
        table: its name.
        where: which rows, counted by their id, are the pattern.
        copies: how many of each, 0 or more.
        changed: SQL of the columns that differ in each copy. It may use `n` (the copy's number from 1), `place` (the
            pattern row's, from 0), `many` (how many pattern rows there are) and the pattern row itself as `t`.
        only: SQL over `n`, which copies are made.
    """
    owner.execute(COLUMNS, [table])
    columns = [name for (name,) in owner.fetchall()]
    values = ", ".join(changed.get(name, f't."{name}"') for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    owner.execute(
        f"INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE SELECT {values}"
        f" FROM generate_series(1, {copies}) AS n CROSS JOIN LATERAL"
        " (SELECT p.*, row_number() OVER (ORDER BY p.id) - 1 AS place, count(*) OVER () AS many"
        f" FROM {table} p WHERE {where}) AS t WHERE {only}"
    )
    owner.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
    row = owner.fetchone()
    if row and row[0]:
        owner.execute(f"SELECT setval('{row[0]}', (SELECT max(id) FROM {table}))")


def highest(owner: extensions.cursor, table: str) -> int:
    """Return the highest id of a table, 0 of an empty one.

    Args:
        owner: a cursor of the tables' owner.
        table: its name.
    """
    owner.execute(f"SELECT coalesce(max(id), 0) FROM {table}")
    (found,) = owner.fetchone() or (0,)
    return int(found)


@contextmanager
def untied(owner: extensions.cursor, tables: Sequence[str], *, kinds: str = "fx") -> Iterator[None]:
    """Take foreign keys (f) and exclusions (x) off some tables for a bulk load, and put them back after it.

    Args:
        owner: a cursor of the tables' owner.
        tables: their names.
        kinds: which kinds of constraints.
    """
    owner.execute(TIES, [list(tables), list(kinds)])
    ties = owner.fetchall()
    for table, name, _ in ties:
        owner.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    yield
    for table, name, definition in ties:
        owner.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
