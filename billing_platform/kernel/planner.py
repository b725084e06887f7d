"""What hand-written statements ask of PostgreSQL's planner, and what they may ask of its version."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Final

from django.db import connection

from billing_platform.kernel.locks import require_atomic
from billing_platform.kernel.rows import fetch_one

if TYPE_CHECKING:
    from collections.abc import Iterator

# What is good for a handful of rows: comparing each with each, and sorting them to group them.
_OF_FEW_ROWS: Final = ("enable_nestloop", "enable_sort")


@cache
def tells_old_rows() -> bool:
    """Return whether an UPDATE can return what its rows held before (`RETURNING old.…`, PostgreSQL 18)."""
    (version,) = fetch_one("SELECT current_setting('server_version_num')::int") or (0,)
    return int(version) >= 180000


@contextmanager
def for_thousands_of_rows() -> Iterator[None]:
    """Let the statements inside join and group by hash, whatever the planner believes of the number of rows.

    Where the block fails, its transaction rolls back, which takes the settings back as well.

    Raises:
        TransactionRequiredError: no transaction is open.
    """
    require_atomic()
    _switch("off")
    yield
    _switch("on")


def _switch(to: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("; ".join(f"SET LOCAL {method} = {to}" for method in _OF_FEW_ROWS))
