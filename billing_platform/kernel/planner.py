"""What a statement asks of PostgreSQL's planner where the statistics of a table that was just filled mislead it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import connection

from billing_platform.kernel.locks import require_atomic

if TYPE_CHECKING:
    from collections.abc import Iterator


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
