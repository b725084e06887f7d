"""Read one file of call records as far as it is written, each call once. Called by the watch over folders.

How far a file was read stands in the transaction that counts its calls: a killed worker leaves neither a call counted
twice nor one left out. A file is known by its first call, so that it may be renamed, copied and packed meanwhile.
"""

from __future__ import annotations

import zlib
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO, Final

from billing_platform.kernel.markers import marker
from billing_platform.kernel.scope import provider_scope
from usage.enums import Via
from usage.importers.asterisk import CallReader
from usage.importers.asterisk_columns import header_columns, name_cells, read_columns, split_line
from usage.intake.verdicts import Verdict
from usage.models import CallFile
from usage.selectors.call_mapping import call_mapping
from usage.services.call_imports import decode_line, open_calls, split_bad
from usage.services.imports import BATCH, ImportReport
from usage.services.ingestion import ingest_events
from usage.services.unlinked import open_unlinked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from usage.models import CallFolder

# A last line without an end is half written, unless nobody has written for so long.
SETTLED: Final = timedelta(minutes=15)
# A test kills the reading here, between two batches' work and their end.
MARKERS: Final = ("calls.counted",)


def read_call_file(*, folder: CallFolder, path: Path, now: datetime) -> ImportReport:
    """Read what a file holds behind the place where it was left.

    Args:
        folder: the watched folder; each batch opens its provider's scope itself.
        path: one of its files, packed by gzip or not; resolved, for links are not followed.
        now: the moment of the run.

    Returns:
        The verdicts of what was new in the file.

    Raises:
        NotAsteriskError: the first row names columns, but not those that a call needs.
        OSError: the file cannot be read, or a part of its path is a link.

    Idempotency: by the position of the file, and by the ids of its calls.
    """
    report = ImportReport()
    try:
        with open_calls(path, open_unlinked) as file:
            _read(folder, path, file, report, now)
    except (EOFError, zlib.error):
        # It is being packed at this moment; the next run goes on.
        return report
    return report


def _read(
    folder: CallFolder, path: Path, file: BinaryIO, report: ImportReport, now: datetime
) -> None:
    columns = read_columns(folder.columns) if folder.columns else None
    is_settled = _is_settled(path, now)
    first, header = _first_call(file, is_settled=is_settled)
    if not first:
        return
    with provider_scope(folder.provider_id):
        state = _state(folder, path, first, now)
        reader = CallReader(call_mapping(folder.provider_id, folder.source), columns, folder.source)
    _go_to(file, state.position, reader, has_ids=_has_ids(first, columns or header))
    while True:
        starts = file.tell()
        lines = list(islice(_whole_lines(file, is_settled=is_settled), BATCH))
        if not lines:
            return
        ends = starts + sum(map(len, lines))
        if file.tell() != ends:
            file.seek(ends)  # behind the last whole line
        taken = _count(folder, state.pk, (starts, ends), (reader, lines), now)
        if taken is None:
            return
        report.verdicts += taken.verdicts
        report.notes += taken.notes


def _count(
    folder: CallFolder,
    file_id: int,
    span: tuple[int, int],
    work: tuple[CallReader, Sequence[bytes]],
    now: datetime,
) -> ImportReport | None:
    """Count some lines and move the file's place behind them; return None when another worker was there first."""
    reader, lines = work
    batch = ImportReport()
    with provider_scope(folder.provider_id):
        state = CallFile.objects.select_for_update().get(pk=file_id)
        if state.position != span[0]:
            return None
        rows = list(reader.read(map(decode_line, lines)))
        events, unread = split_bad(rows, batch, folder.source)
        batch.add(
            ingest_events(
                provider_id=folder.provider_id,
                events=events,
                now=now,
                via=Via.CALLS,
                unread=unread,
            )
        )
        marker("calls.counted")
        state.position, state.read_at = span[1], now
        state.accepted += batch.verdicts[Verdict.ACCEPTED]
        state.duplicates += batch.verdicts[Verdict.DUPLICATE]
        state.conflicts += batch.verdicts[Verdict.CONFLICT]
        state.rejected += batch.verdicts[Verdict.REJECTED]
        state.parked += batch.verdicts[Verdict.PARKED]
        state.save()
    return batch


def _first_call(file: BinaryIO, *, is_settled: bool) -> tuple[bytes, tuple[str, ...] | None]:
    """Return the first whole line that is a call, and the columns that a row before it names."""
    header: tuple[str, ...] | None = None
    for line in _whole_lines(file, is_settled=is_settled):
        found = None if header else header_columns(split_line(decode_line(line)))
        if found is None and line.strip():
            return line, header
        header = header or found
    return b"", header


def _state(folder: CallFolder, path: Path, first: bytes, now: datetime) -> CallFile:
    state, _ = CallFile.objects.get_or_create(
        provider_id=folder.provider_id,
        folder_id=folder.pk,
        head=blake2b(first.rstrip(b"\r\n"), digest_size=16).hexdigest(),
        defaults={"name": path.name[:255], "seen_at": now},
    )
    if state.name != path.name:
        CallFile.objects.filter(pk=state.pk).update(name=path.name[:255])
    return state


def _has_ids(first: bytes, columns: Sequence[str] | None) -> bool:
    named = name_cells(split_line(decode_line(first)), columns)
    return bool(named and named.get("uniqueid"))


def _go_to(file: BinaryIO, position: int, reader: CallReader, *, has_ids: bool) -> None:
    """Go to where the reading was left; rows without ids are counted again on the way, the first row always."""
    file.seek(0)
    while position and file.tell() < position:
        reader.pass_by(decode_line(file.readline()))
        if has_ids and reader.has_begun:
            break
    file.seek(position)


def _whole_lines(file: BinaryIO, *, is_settled: bool) -> Iterator[bytes]:
    for line in iter(file.readline, b""):
        if not line.endswith(b"\n") and not is_settled:
            return
        yield line


def _is_settled(path: Path, now: datetime) -> bool:
    written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return path.suffix == ".gz" or now - written > SETTLED
