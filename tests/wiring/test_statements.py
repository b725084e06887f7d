"""A test is left out of another server's run only where others ask the same: text, role, types and kind of answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from tests import statements
from tests.statements import Listener, asking_more, read, shape_of

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Collected:
    """A test with what is asked of it."""

    nodeid: str
    fixturenames: tuple[str, ...]
    marker: str

    def get_closest_marker(self, name: str) -> str | None:
        """Return the marker of a name."""
        return name if name == self.marker else None


def item(name: str, *fixtures: str, marker: str = "") -> Any:
    """Return a test as pytest collects it."""
    return Collected(name, fixtures, marker)


class TestShape:
    @pytest.mark.parametrize(
        ("said", "other"),
        [
            ("SELECT 1 FROM a WHERE b IN (%s, %s)", "SELECT 1 FROM a WHERE b IN (%s)"),
            ("INSERT INTO a VALUES (%s, %s), (%s, %s)", "INSERT INTO a VALUES (%s, %s)"),
            ('SAVEPOINT "s12_x3"', 'SAVEPOINT "s12_x44"'),
            (b"VALUES (1, 'it''s', NULL), (2, 'x', true)", b"VALUES (7, 'y', 'z')"),
        ],
    )
    def test_lists_and_rows_of_any_length_are_one(
        self, said: str | bytes, other: str | bytes
    ) -> None:
        assert shape_of(said) == shape_of(other)

    def test_words_and_written_values_of_a_template_count(self) -> None:
        assert shape_of("SELECT interval '1 day'") != shape_of("SELECT interval '1 month'")
        assert shape_of("SELECT a FROM b") != shape_of("SELECT a FROM c")
        assert shape_of(b"SELECT a, 1") != shape_of(b"SELECT c, 1")


class TestListener:
    def heard(self, tmp_path: Path, *said: tuple[str, Any, str]) -> set[str]:
        """Return what one test is known to ask."""
        listener = Listener()
        listener.test = "t"
        for one in said:
            listener.hear(*one)
        listener.write(tmp_path / "deep" / "gw0.json")
        return read(tmp_path / "deep")["t"]

    def test_role_types_and_answer_count_and_values_do_not(self, tmp_path: Path) -> None:
        known = self.heard(tmp_path, ("S %s", (1,), "rows"), ("S %s", (2,), "rows"))
        assert len(known) == 1

        for more in (("S %s", ("a",), "rows"), ("S %s", (None,), "rows"), ("S %s", (1,), "none")):
            assert len(self.heard(tmp_path, ("S %s", (1,), "rows"), more)) == 2
        assert len(self.heard(tmp_path, ("S", None, "23505 a"), ("S", None, "23505 b"))) == 2
        role = ("SET ROLE billing_worker", None, "rows")
        assert len(self.heard(tmp_path, ("S", None, "rows"), role, ("S", None, "rows"))) == 3


class TestAskingMore:
    def test_only_what_others_asked_too_is_left_out(self) -> None:
        first, same, more, less = (
            item(f"tests/payments/{name}") for name in ("first", "same", "more", "less")
        )
        asked = {first: {"a", "b"}, same: {"a", "b"}, more: {"b", "c"}, less: {"c"}}

        kept, left_out = asking_more([*asked], {one.nodeid: asks for one, asks in asked.items()})

        assert (kept, left_out) == ([first, more], [same, less])

    def test_what_was_not_heard_races_computes_or_starts_processes_always_runs(self) -> None:
        plain, unheard = item("tests/payments/plain"), item("tests/payments/unheard")
        races = item("tests/payments/races", "committed_db")
        starts = item("tests/payments/starts", marker="processes")
        ledger = item("tests/accounts/ledger")
        asked = {one.nodeid: {"a"} for one in (plain, races, starts, ledger)}

        kept, left_out = asking_more([plain, unheard, races, starts, ledger], asked)

        assert (kept, left_out) == ([unheard, races, starts, ledger], [plain])


def test_a_cursor_of_the_tests_can_be_heard(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    listener = Listener()
    monkeypatch.setattr(statements, "LISTENER", listener)
    with connection.cursor() as plain:
        raw = plain.connection.cursor(cursor_factory=statements.Heard)
    raw.execute("SELECT %s WHERE false", [1])
    raw.execute("SELECT 1")

    assert [text.rsplit("|", 1)[1] for text in listener.texts] == ["none", "rows"]
