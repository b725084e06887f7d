"""Bring call records of Asterisk in, batch by batch, each in its own transaction. Called by `import_usage`."""

from __future__ import annotations

import gzip
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, cast

from billing_platform.kernel.scope import provider_scope
from usage.enums import Via
from usage.importers.asterisk import BadCall, CallReader
from usage.importers.asterisk_mapping import read_mapping
from usage.importers.cloudevents import parse_json
from usage.intake.originals import Refusal, original_of_line
from usage.intake.timestamps import TimeLimits
from usage.intake.verdicts import Verdict
from usage.selectors.call_mapping import call_mapping
from usage.services.call_mapping import store_call_mapping
from usage.services.imports import BATCH, ImportReport
from usage.services.ingestion import ingest_events

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from usage.importers.asterisk_mapping import CallMapping
    from usage.intake.events import IncomingEvent

_PACKED = b"\x1f\x8b"


def import_asterisk(
    *,
    provider_id: int,
    path: Path,
    source: str,
    columns: Sequence[str] | None,
    mapping: CallMapping | None,
    now: datetime,
) -> ImportReport:
    """Take in a file of call records; calls of any age, as whoever names the file wants them.

    Args:
        provider_id: whose; each batch opens its scope itself.
        path: Master.csv, or a file with an order of its own; gzip is unpacked.
        source: the code of the PBX's event source.
        columns: the order of columns; None for cdr_csv's own.
        mapping: stored as the PBX's mapping first; None for the one that is stored.
        now: the moment of the import.

    Returns:
        One verdict per answered leg; legs that nobody answered are no usage.

    Raises:
        NotAsteriskError: the first row names columns, but not those that a call needs.
        OSError: the file cannot be opened.

    Idempotency: by uniqueid and leg, or by the row and its occurrence; a second run accepts nothing.
    """
    with provider_scope(provider_id):
        if mapping is not None:
            store_call_mapping(provider_id=provider_id, source=source, mapping=mapping, now=now)
        reader = CallReader(call_mapping(provider_id, source), columns, source)
    report = ImportReport()
    with open_calls(path) as lines:
        for items in _batches(reader.read(map(decode_line, lines))):
            events, unread = split_bad(items, report, source)
            with provider_scope(provider_id):
                results = ingest_events(
                    provider_id=provider_id,
                    events=events,
                    now=now,
                    limits=TimeLimits(late=None),
                    via=Via.CALLS,
                    unread=unread,
                )
            report.add(results)
    return report


def read_mapping_file(path: Path) -> CallMapping:
    """Return the mapping that a JSON file holds.

    Raises:
        InvalidMappingError: what is wrong in it.
        NotJsonError: it is no JSON.
        OSError: the file cannot be opened.
    """
    return read_mapping(parse_json(path.read_bytes()))


@contextmanager
def open_calls(path: Path, opener: Callable[[str, int], int] | None = None) -> Iterator[BinaryIO]:
    """Open a file of call records, unpacked when it is packed by gzip.

    Args:
        path: the file.
        opener: how it is opened, as the built-in `open` takes it.

    Raises:
        OSError: it cannot be opened.
    """
    with open(path, "rb", opener=opener) as file:
        is_packed = file.read(2) == _PACKED
        file.seek(0)
        if is_packed:
            with gzip.GzipFile(fileobj=file) as unpacked:
                yield cast("BinaryIO", unpacked)
        else:
            yield file


def decode_line(line: bytes) -> str:
    """Return a line as text: UTF-8, or what a PBX wrote in its old Western character set."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace")


def refusal_of(call: BadCall, source: str) -> Refusal:
    """Return what is kept of a row that is no call.

    Args:
        call: as the file's reader made it.
        source: the code of the PBX's event source.
    """
    line = original_of_line(call.line, source=source, event_id=call.event_id)
    return Refusal(Verdict.REJECTED, call.reason, line)


def split_bad(
    items: Iterable[IncomingEvent | BadCall], report: ImportReport, source: str
) -> tuple[list[IncomingEvent], list[Refusal]]:
    """Return the events of a batch, and its bad rows, which are counted in the report, to be kept.

    Args:
        items: what the reader made of the rows.
        report: of the import.
        source: the code of the PBX's event source.
    """
    events: list[IncomingEvent] = []
    unread: list[Refusal] = []
    for item in items:
        if isinstance(item, BadCall):
            report.reject(item.event_id, item.reason)
            unread.append(refusal_of(item, source))
        else:
            events.append(item)
    return events, unread


def _batches(
    items: Iterator[IncomingEvent | BadCall],
) -> Iterator[list[IncomingEvent | BadCall]]:
    batch: list[IncomingEvent | BadCall] = []
    for item in items:
        batch.append(item)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
