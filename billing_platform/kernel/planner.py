"""What hand-written statements ask of PostgreSQL's planner, and what they may ask of its version."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from django.db import connection

from billing_platform.kernel.locks import require_atomic
from billing_platform.kernel.rows import fetch_one

if TYPE_CHECKING:
    from collections.abc import Iterator


@cache
def tells_old_rows() -> bool:
    """Return whether an UPDATE can return what its rows held before (`RETURNING old.…`, PostgreSQL 18)."""
    (version,) = fetch_one("SELECT current_setting('server_version_num')::int") or (0,)
    return int(version) >= 180000


@contextmanager
def without_nested_loops() -> Iterator[None]:
    """Let the statements inside join thousands of rows by hash or merge, whatever the planner believes of their number.

    Where the block fails, its transaction rolls back, which takes the setting back as well.

    Raises:
        TransactionRequiredError: no transaction is open.
    """
    require_atomic()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = on")
