"""Where files of lists lie while they are written: on the disk of uploads, since /tmp may be memory."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory, TemporaryFile, gettempdir
from typing import IO, Final

from django.conf import settings

_PREFIX: Final = "billing-list-"
# No file is written for so long.
_WRITING: Final = timedelta(days=1)


def temporary_file() -> IO[bytes]:
    """Return a file without a name, which goes with its process."""
    return TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)


def temporary_folder() -> TemporaryDirectory[str]:
    """Return a folder that is removed at the end of its block; one of a killed process is a stray."""
    return TemporaryDirectory(prefix=_PREFIX, dir=settings.FILE_UPLOAD_TEMP_DIR)


def remove_stray_folders(*, now: datetime) -> int:
    """Remove folders whose process was killed while it wrote a workbook.

    Args:
        now: the moment of the run.

    Returns:
        How many were removed.

    Idempotency: by state.
    """
    removed = 0
    for folder in Path(settings.FILE_UPLOAD_TEMP_DIR or gettempdir()).glob(f"{_PREFIX}*"):
        if _is_stray(folder, now):
            rmtree(folder, ignore_errors=True)
            removed += 1
    return removed


def _is_stray(folder: Path, now: datetime) -> bool:
    try:
        changed = datetime.fromtimestamp(folder.lstat().st_mtime, UTC)
    except FileNotFoundError:  # its process has just removed it
        return False
    return folder.is_dir() and not folder.is_symlink() and changed < now - _WRITING
