"""Files of people and documents on a disk of our own, which may be full: a whole file is kept, or none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from django.core.files.storage import FileSystemStorage

if TYPE_CHECKING:
    from django.core.files import File


class WholeFileStorage(FileSystemStorage):
    """Django's own, except that what could not be written to its end is removed: it would keep a full disk full."""

    def _save(self, name: str, content: File[bytes]) -> str:
        try:
            return str(super()._save(name, content))  # type: ignore[misc]  # a storage's hook, documented
        except OSError:
            # Every name is new (a random one), so that no other file can lie there.
            Path(self.path(name)).unlink(missing_ok=True)
            raise
