"""Watch folders that PBXs write their call records to. Called by a task each minute and by the operators' commands."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from billing_platform.kernel.scope import provider_scope
from usage.importers.asterisk_columns import NotAsteriskError
from usage.models import CallFile, CallFolder
from usage.services.call_files import read_call_file
from usage.services.imports import ImportReport

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

logger = logging.getLogger(__name__)


@dataclass
class FolderReport:
    """What a run over folders did: how many files it looked into, what it counted, what it could not read."""

    files: int = 0
    calls: ImportReport = field(default_factory=ImportReport)
    unreadable: list[str] = field(default_factory=list)


def watch_folder(
    *, provider_id: int, path: Path, pattern: str, columns: str, source: str, now: datetime
) -> int:
    """Watch a folder from now on.

    Args:
        provider_id: whose; its scope is open.
        path: the folder, resolved, for links are not followed when it is read; it may not exist yet.
        pattern: which files, such as `Master.csv*`.
        columns: the order of columns as `read_columns` takes it; empty for cdr_csv's own.
        source: the code of the PBX's event source.
        now: the present moment.

    Returns:
        The folder's id.

    Idempotency: by path and pattern.
    """
    folder, _ = CallFolder.objects.update_or_create(
        provider_id=provider_id,
        path=str(path),
        pattern=pattern,
        defaults={"columns": columns, "source": source, "is_active": True},
        create_defaults={"columns": columns, "source": source, "created_at": now},
    )
    return folder.pk


def stop_watching(*, provider_id: int, path: Path) -> int:
    """Leave a folder alone; what was read of it stays known.

    Args:
        provider_id: whose; its scope is open.
        path: the folder.

    Returns:
        How many watches ended.
    """
    folders = CallFolder.objects.filter(provider_id=provider_id, path=str(path), is_active=True)
    return folders.update(is_active=False)


def read_folders(*, provider_id: int, now: datetime, again: bool = False) -> FolderReport:
    """Read what is new in a provider's watched folders, file by file, the oldest first.

    Args:
        provider_id: whose; each batch opens its scope itself.
        now: the moment of the run.
        again: from every file's first line on, for rows that were rejected; calls that were counted are duplicates.

    Returns:
        What was new. A file that cannot be read is named and tried again next time; the others go on.

    Idempotency: by the position of each file and the ids of its calls.
    """
    report = FolderReport()
    with provider_scope(provider_id):
        folders = list(
            CallFolder.objects.filter(provider_id=provider_id, is_active=True).order_by("pk")
        )
        if again:
            watched = [folder.pk for folder in folders]
            CallFile.objects.filter(folder_id__in=watched).update(position=0)
    for folder in folders:
        for path in _files(folder):
            _read(folder, path, report, now)
    return report


def _read(folder: CallFolder, path: Path, report: FolderReport, now: datetime) -> None:
    report.files += 1
    try:
        found = read_call_file(folder=folder, path=path, now=now)
    except (NotAsteriskError, OSError) as error:
        # A file that was rotated away meanwhile is found under its new name by the next run.
        logger.warning("%s is not read: %s", path, error)
        report.unreadable.append(f"{path.name}: {error}")
        return
    report.calls.verdicts += found.verdicts
    report.calls.notes += found.notes


def _files(folder: CallFolder) -> Iterator[Path]:
    found = []
    for path in Path(folder.path).glob(folder.pattern):
        try:
            if path.is_file():
                found.append((path.stat().st_mtime, path))
        except OSError:
            continue  # rotated away between the look and this
    for _, path in sorted(found):
        yield path
