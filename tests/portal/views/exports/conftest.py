"""Every list of these tests is a long one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billing_platform.portal import list_files, list_writing
from tests.cast import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from time_machine import TimeMachineFixture


@pytest.fixture(autouse=True)
def _at_now(
    time_machine: TimeMachineFixture, uploads_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let every list be a long one, even an empty one, and read it row by row."""
    time_machine.move_to(NOW, tick=False)
    monkeypatch.setattr(list_files, "ROWS_MAX", -1)
    monkeypatch.setattr(list_writing, "BATCH", 1)
