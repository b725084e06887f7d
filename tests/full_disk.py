"""A disk without room: for the database what its server says then, for files what the system says at a size's limit."""

from __future__ import annotations

import resource
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.superuser import plain

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def no_room_for_rows(database: str, table: str) -> Iterator[None]:
    """Have the server refuse what is written to a table, once it was: SQLSTATE 53100, as of a full disk."""
    plain(
        database,
        "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$;"
        f" CREATE TRIGGER no_room AFTER INSERT OR UPDATE ON {table} EXECUTE FUNCTION no_room()",
    )
    try:
        yield
    finally:
        plain(database, "DROP FUNCTION no_room CASCADE")


@contextmanager
def no_room_for_files(size: int) -> Iterator[None]:
    """Refuse this process what it writes to a file behind a size; the part before it is written."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
