"""What the demo's live generator has done so far: a small file that it replaces and the guide reads."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = "live-usage.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveState:
    """One run of the generator.

    Attributes:
        since: when it began.
        posted: events that the API answered for, those below included.
        repeated: events that were known before.
        rejected: events that could not be taken.
        last_post_at: when the API answered last; None before the first time.
        trouble: what went wrong last, in words; empty when nothing did.
        trouble_at: when that was.
    """

    since: datetime
    posted: int = 0
    repeated: int = 0
    rejected: int = 0
    last_post_at: datetime | None = None
    trouble: str = ""
    trouble_at: datetime | None = None

    @property
    def is_in_trouble(self) -> bool:
        """Say whether the trouble is the newest that is known."""
        if self.trouble_at is None:
            return False
        return self.last_post_at is None or self.last_post_at < self.trouble_at


def write_live_state(folder: Path, state: LiveState) -> None:
    """Replace the file at once, so that a reader never sees half of it.

    Args:
        folder: what the run leaves behind, `VAR_DIR`.
        state: what to tell.
    """
    row = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in asdict(state).items()
    }
    folder.mkdir(parents=True, exist_ok=True)
    new = folder / f"{FILE_NAME}.new"
    new.write_text(json.dumps(row), encoding="utf-8")
    new.replace(folder / FILE_NAME)


def read_live_state(folder: Path) -> LiveState | None:
    """Return what the generator told last, or None where it has not run.

    Args:
        folder: what the run leaves behind, `VAR_DIR`.
    """
    try:
        row = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
        moments = {
            name: datetime.fromisoformat(row[name]) if row[name] else None
            for name in ("since", "last_post_at", "trouble_at")
        }
        return LiveState(**{**row, **moments})
    except (OSError, ValueError, KeyError, TypeError):
        return None
