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


def templates() -> list[Path]:
    return [
        path for path in sorted((ROOT / "templates").rglob("*.html")) if "emails" not in path.parts
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
