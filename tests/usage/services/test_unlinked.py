"""A file is opened only by a path in which nothing is a link."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from usage.services.unlinked import open_unlinked

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a folder with a file, a link to it, a link to its folder, and a pipe."""
    place = tmp_path.resolve()
    (place / "real").mkdir()
    (place / "real" / "file").write_text("words")
    (place / "real" / "link").symlink_to(place / "real" / "file")
    (place / "link").symlink_to(place / "real")
    os.mkfifo(place / "pipe")
    return place


class TestOpenUnlinked:
    def test_it_opens_a_file(self, place: Path) -> None:
        with open(place / "real" / "file", "rb", opener=open_unlinked) as file:
            assert file.read() == b"words"

    @pytest.mark.parametrize("name", ["real/link", "link/file", "pipe", "real", "none"])
    def test_it_refuses_all_else_and_keeps_nothing_open(self, place: Path, name: str) -> None:
        before = len(os.listdir("/dev/fd"))  # noqa: PTH208 (counts only)

        with pytest.raises(OSError, match=name):
            open_unlinked(place / name, os.O_RDONLY)

        assert len(os.listdir("/dev/fd")) == before  # noqa: PTH208 (counts only)
