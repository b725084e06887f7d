"""What each test asks the database, so that another server need not be asked the same by hundreds of tests.

A test asks nothing new of a server when each of its statements was sent by tests before it as well: the same text, by
the same role, with values of the same types, and answered in the same way: by rows, by none, or by the same error.
"""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any, Final

import psycopg2
from psycopg2.extensions import cursor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    import pytest

FOLDER: Final = os.environ.get("TEST_STATEMENTS", "")
# Lists are as long as a test makes them, and names of savepoints are counted; all else in a text counts.
LIST: Final = re.compile(r"%s(?:, ?%s)+")
ROWS: Final = re.compile(r"\(%s\)(?:, ?\(%s\))+")
SAVEPOINT: Final = re.compile(r'"s\d+_x\d+"')
# What is written out in a text that was put together by the driver: whole rows.
WRITTEN: Final = re.compile(
    r"'(?:[^']|'')*'(?:::\w+(?:\[\])?)?|\b\d+(?:\.\d+)?\b|\b(?:true|false|NULL)\b"
)
# Django writes what these ask, row by row, and Python computes. Elsewhere triggers and long statements compute: with
# other values the same text may take another way through them.
PLAIN: Final = ("tests/invoicing/", "tests/payments/")
# Other processes and sessions ask too, and races are about more than texts.
ALWAYS: Final = ("processes", "browser", "superuser")


class Listener:
    """Writes down what the test that runs asks."""

    def __init__(self) -> None:
        self.asked: dict[str, set[int]] = {}
        self.texts: dict[str, int] = {}
        self.role = ""
        self.test = ""

    def hear(self, said: str | bytes, values: Any, answer: str) -> None:
        """Note one statement and how it was answered."""
        text = shape_of(said)
        if text.startswith("SET ROLE"):
            self.role = text
        kinds = sorted({type(value).__name__ for value in plain(values)})
        whole = f"{self.role}|{text}|{kinds}|{answer}"
        number = self.texts.setdefault(whole, len(self.texts))
        self.asked.setdefault(self.test, set()).add(number)

    def write(self, path: Path) -> None:
        """Keep what was heard."""
        path.parent.mkdir(parents=True, exist_ok=True)
        asked = {test: sorted(numbers) for test, numbers in self.asked.items()}
        path.write_text(json.dumps({"texts": list(self.texts), "asked": asked}))


LISTENER: Final = Listener()


class Heard(cursor):
    """A cursor of psycopg2 whose statements are written down."""

    def execute(self, query: Any, vars: Any = None) -> None:  # noqa: A002 - psycopg2's name
        self._do(query, vars, lambda: super(Heard, self).execute(query, vars))

    def executemany(self, query: Any, vars_list: Any) -> None:
        rows = list(vars_list)
        self._do(query, rows, lambda: super(Heard, self).executemany(query, rows))

    def copy_expert(self, sql: Any, *given: Any, **named: Any) -> None:
        self._do(sql, None, lambda: super(Heard, self).copy_expert(sql, *given, **named))

    def _do(self, said: Any, values: Any, ask: Callable[[], None]) -> None:
        text = said if isinstance(said, (str, bytes)) else said.as_string(self)
        try:
            ask()
        except psycopg2.Error as error:
            LISTENER.hear(text, values, f"{error.pgcode} {error.diag.constraint_name}")
            raise
        LISTENER.hear(text, values, "none" if self.rowcount == 0 else "rows")


def shape_of(said: str | bytes) -> str:
    """Return a statement's text without what differs from test to test."""
    if isinstance(said, bytes):
        return LIST.sub("%s", ROWS.sub("(%s)", LIST.sub("%s", WRITTEN.sub("%s", said.decode()))))
    return ROWS.sub("(%s)", LIST.sub("%s", SAVEPOINT.sub("s", said)))


def plain(values: Any) -> Iterable[Any]:
    """Return the values of one statement, or of many, without their places."""
    if isinstance(values, dict):
        return values.values()
    rows: Sequence[Any] = values or ()
    if rows and isinstance(rows[0], (tuple, list)):
        return [value for row in rows for value in row]
    return rows


def read(folder: Path) -> dict[str, set[str]]:
    """Return what each test asked in an earlier run, of all its processes."""
    found: dict[str, set[str]] = {}
    for path in sorted(folder.glob("*.json")):
        heard = json.loads(path.read_text())
        for test, numbers in heard["asked"].items():
            found.setdefault(test, set()).update(heard["texts"][number] for number in numbers)
    return found


def asking_more(
    items: list[pytest.Item], asked: dict[str, set[str]]
) -> tuple[list[pytest.Item], list[pytest.Item]]:
    """Return the tests that ask what none before them asked, or of which that cannot be said; and the others."""
    known: set[str] = set()
    sure = {item.nodeid for item in items if item.nodeid not in asked or is_always(item)}
    for name in sure:
        known |= asked.get(name, set())
    kept: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        more = asked.get(item.nodeid, set()) - known
        known |= more
        (kept if more or item.nodeid in sure else left_out).append(item)
    return kept, left_out


def is_always(item: pytest.Item) -> bool:
    """Say whether a test is about more than texts: values, processes, races, databases of its own."""
    if not item.nodeid.startswith(PLAIN):
        return True
    names: list[str] = getattr(item, "fixturenames", [])
    return "committed_db" in names or any(item.get_closest_marker(name) for name in ALWAYS)
