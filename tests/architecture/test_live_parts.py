"""A page whose parts ask for themselves brings the script that lets them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.conf import settings

if TYPE_CHECKING:
    from pathlib import Path

TEMPLATES = settings.BASE_DIR / "templates"
INCLUDED = re.compile(r"""{%\s*include\s+["']([^"']+)["']""")
PAGES = sorted(
    path for path in TEMPLATES.rglob("*.html") if "{% extends" in path.read_text(encoding="utf-8")
)


def is_live(path: Path) -> bool:
    """Say whether a template or one that it includes asks for something by itself."""
    source = path.read_text(encoding="utf-8")
    # Parts of other packages are theirs to say.
    parts = [TEMPLATES / name for name in INCLUDED.findall(source) if (TEMPLATES / name).exists()]
    return "hx-get" in source or "hx-post" in source or any(is_live(part) for part in parts)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_live_page_brings_the_script(path: Path) -> None:
    assert not is_live(path) or "django_htmx/htmx" in path.read_text(encoding="utf-8")


def test_there_are_live_pages() -> None:
    assert {"exports.html", "upload.html"} <= {path.name for path in PAGES if is_live(path)}
