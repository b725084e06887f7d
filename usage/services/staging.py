"""Bring rows to the database by COPY into temporary tables; tables under row-level security refuse COPY itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from weakref import WeakKeyDictionary

from django.db import connection, transaction

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from django.db.backends.utils import CursorWrapper

NULL = "\\N"
# The server reads these while the next are made.
_LINES_AT_ONCE: Final = 50


@dataclass
class _Stages:
    """What a session knows of its tables: which stand for good, and which this transaction may have filled."""

    committed: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)


_of_session: WeakKeyDictionary[Any, _Stages] = WeakKeyDictionary()


class StageTable(NamedTuple):
    """A temporary table of this session: its name and its columns with types."""

    name: str
    columns: tuple[tuple[str, str], ...]


def stage_rows(table: StageTable, rows: Iterable[Sequence[str]]) -> None:
    """Fill a temporary table with exactly these rows; what an earlier batch left in it is gone.

    Args:
        table: made when this session has none yet; emptied at the end of the transaction.
        rows: cells as COPY text, see `copy_text`; `NULL` for none.
    """
    stage_lines(table, ("\t".join(row) + "\n" for row in rows))


def stage_lines(table: StageTable, lines: Iterable[str]) -> None:
    """Fill a temporary table as `stage_rows` does, with rows that are lines of COPY already.

    Lines that are made while they are asked for are made beside the server, which reads those before.
    """
    with connection.cursor() as cursor:
        _clear(cursor, table)
        cursor.copy_expert(f"COPY pg_temp.{table.name} FROM STDIN", _Lines(iter(lines)))


def clear_stage(table: StageTable) -> None:
    """Make a temporary table when this session has none yet, and empty it."""
    with connection.cursor() as cursor:
        _clear(cursor, table)


def copy_text(text: str) -> str:
    """Return a text as a cell of COPY."""
    if text.isprintable() and "\\" not in text:
        return text
    escaped = text.replace("\\", "\\\\")
    return escaped.replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _clear(cursor: CursorWrapper, table: StageTable) -> None:
    stages = _of_session.setdefault(connection.connection, _Stages())
    is_fresh = _make(cursor, table, stages) if table.name not in stages.committed else None
    if is_fresh is False or (is_fresh is None and table.name in stages.used):
        cursor.execute(f"DELETE FROM pg_temp.{table.name}")
    stages.used.add(table.name)
    transaction.on_commit(partial(stages.used.discard, table.name))


def _make(cursor: CursorWrapper, table: StageTable, stages: _Stages) -> bool:
    """Make a table that does not stand, and return whether it was made; a rolled back one is gone again."""
    cursor.execute("SELECT to_regclass(%s)", [f"pg_temp.{table.name}"])
    (present,) = cursor.fetchone() or (None,)
    if present is not None:
        return False
    columns = ", ".join(f"{name} {kind}" for name, kind in table.columns)
    # The session's own table: whatever role the session takes may use it.
    cursor.execute(
        f"CREATE TEMPORARY TABLE {table.name} ({columns}) ON COMMIT DELETE ROWS;"
        f" GRANT ALL ON {table.name} TO PUBLIC"
    )
    transaction.on_commit(partial(stages.committed.add, table.name))
    return True


class _Lines:
    """Lines as a file that is read from its beginning to its end."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines

    def read(self, _size: int) -> str:
        """Return the next lines, or nothing when there are none left."""
        return "".join(islice(self._lines, _LINES_AT_ONCE))
