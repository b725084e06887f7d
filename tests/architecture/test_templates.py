"""Templates obey the strict content security policy: no inline style, script or handler."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.architecture.source import ROOT

if TYPE_CHECKING:
    from pathlib import Path

INLINE = re.compile(
    r"\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|<style\b|<script(?![^>]*\bsrc=)", re.IGNORECASE
)

# A table whose rows are stacked on a phone, its cells, and what draws an amount in one.
STACKED = re.compile(r'<table class="[^"]*\bstack\b.*?</table>', re.DOTALL)
CELL = re.compile(r"<td([^>]*)>(.*?)</td>", re.DOTALL)
AMOUNT = re.compile(r">[^<>]*({{[^}]*\|money }}|{% (exact|price)_money )")


def templates() -> list[Path]:
    return [
        path for path in sorted((ROOT / "templates").rglob("*.html")) if "emails" not in path.parts
    ]


def unnamed_amounts(table: str) -> list[str]:
    """Return the attributes of the cells with an amount that do not say what it is, where heads are out of sight."""
    return [
        attributes
        for attributes, inner in CELL.findall(table)
        if AMOUNT.search(f">{inner}")
        and "data-label" not in attributes
        and "hide-phone" not in attributes
    ]


class TestTemplates:
    def test_nothing_is_inline(self) -> None:
        inline = [
            f"{path.relative_to(ROOT)}:{number}"
            for path in templates()
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
            if INLINE.search(line)
        ]

        assert inline == []

    def test_pages_are_short(self) -> None:
        long = [
            str(path.relative_to(ROOT))
            for path in templates()
            if len(path.read_text(encoding="utf-8").splitlines()) > 120
        ]

        assert long == []

    def test_of_several_amounts_in_a_stacked_row_at_most_one_has_no_name(self) -> None:
        bare = [
            str(path.relative_to(ROOT))
            for path in templates()
            for table in STACKED.findall(path.read_text(encoding="utf-8"))
            if len(unnamed_amounts(table)) > 1
        ]

        assert bare == []

    def test_an_amount_without_a_name_is_found(self) -> None:
        named = '<td data-label="Net">{{ a|money }}</td><td class="hide-phone">{{ b|money }}</td>'

        assert unnamed_amounts(named) == []
        assert unnamed_amounts("<td>{{ a|money }}</td><td>{% exact_money b c %}</td>") == ["", ""]
