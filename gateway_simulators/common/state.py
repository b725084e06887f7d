"""What survives a restart of the simulators: one JSON file per gateway in a folder, replaced as a whole."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


class StateFolder:
    """Files by name; the folder and what is in it belong to this user alone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def read(self, name: str) -> dict[str, Any] | None:
        """Return what was written under a name, or None.

        Args:
            name: of the file, without its ending.

        Raises:
            ValueError: the file is not ours: no JSON object.
        """
        path = self._folder / f"{name}.json"
        if not path.exists():
            return None
        return dict(json.loads(path.read_text(encoding="utf-8")))

    def write(self, name: str, state: dict[str, Any]) -> None:
        """Replace what is kept under a name; a reader sees the old or the new, never a half.

        Args:
            name: of the file, without its ending.
            state: anything that JSON can hold.
        """
        path = self._folder / f"{name}.json"
        fresh = path.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(state), encoding="utf-8")
        fresh.replace(path)
