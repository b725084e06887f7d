"""Bring files of usage in, batch by batch, each batch in its own transaction. Called by the command `import_usage`."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeVar

from billing_platform.kernel.scope import provider_scope
from usage.enums import OriginalForm, Via
from usage.importers.cloudevents import read_file
from usage.importers.focus import SOURCE, BadRow, FocusRow, read_rows, to_event
from usage.intake.originals import Refusal, exact_json, original_of_event, original_of_line
from usage.intake.timestamps import TimeLimits, window_at
from usage.intake.verdicts import EventResult, Reason, Verdict
from usage.selectors.focus_catalog import price_book
from usage.services.focus_catalog import ensure_focus_catalog
from usage.services.ingestion import ingest_cloudevents, ingest_events

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path
    from typing import TextIO

    from usage.importers.focus import PriceBook
    from usage.intake.events import IncomingEvent

BATCH: Final = 1_000
NOTES_MAX: Final = 20
T = TypeVar("T")


@dataclass
class ImportReport:
    """How many events of a file met which verdict, and the first that were not taken."""

    verdicts: Counter[Verdict] = field(default_factory=Counter)
    notes: list[EventResult] = field(default_factory=list)

    def add(self, results: Iterable[EventResult]) -> None:
        """Count results, and keep the first ones that people should look at."""
        for result in results:
            self.verdicts[result.verdict] += 1
            if result.reason is not None and len(self.notes) < NOTES_MAX:
                self.notes.append(result)

    def reject(self, event_id: str | None, reason: Reason) -> None:
        """Count a row that never became an event."""
        self.add([EventResult(event_id, Verdict.REJECTED, reason)])

    def counts(self) -> dict[str, int]:
        """Return the figures under the names of the command's answer."""
        return {
            "accepted": self.verdicts[Verdict.ACCEPTED],
            "duplicates": self.verdicts[Verdict.DUPLICATE],
            "conflicts": self.verdicts[Verdict.CONFLICT],
            "rejected": self.verdicts[Verdict.REJECTED],
            "parked": self.verdicts[Verdict.PARKED],
        }


def import_cloudevents(*, provider_id: int, path: Path, now: datetime) -> ImportReport:
    """Take in a file of CloudEvents, one JSON array or one JSON object per line.

    Args:
        provider_id: whose; each batch opens its scope itself.
        path: a file in UTF-8.
        now: the moment of the import.

    Raises:
        NotJsonError: the file is an array and cannot be read.
        OSError: the file cannot be opened.

    Idempotency: by source and id; a second run accepts nothing.
    """
    report = ImportReport()
    with _open(path) as lines:
        for items in _batches(read_file(lines)):
            with provider_scope(provider_id):
                results = ingest_cloudevents(
                    provider_id=provider_id, items=items, now=now, via=Via.FILE
                )
            report.add(results)
    return report


def import_focus(
    *, provider_id: int, path: Path, create_catalog: bool, now: datetime
) -> ImportReport:
    """Take in a FOCUS 1.0 file.

    Args:
        provider_id: whose; each batch opens its scope itself.
        path: a CSV file in UTF-8.
        create_catalog: make the tenants, meters, prices and subscriptions that are missing, and take usage of any age;
            without it unknown ones are parked and the provider's limits hold.
        now: the moment of the import.

    Raises:
        NotFocusError: the file lacks a column.
        OSError: the file cannot be opened.

    Idempotency: by the rows' Id; a second run accepts nothing.
    """
    report = ImportReport()
    with provider_scope(provider_id):
        if create_catalog:
            with _open(path) as lines:
                book = ensure_focus_catalog(
                    provider_id=provider_id, rows=_timely(lines, now), now=now
                )
        else:
            book = price_book(provider_id)
    limits = TimeLimits(late=None) if create_catalog else None
    with _open(path) as lines:
        for rows in _batches(read_rows(lines)):
            events, unread = _events_of(rows, book, report)
            with provider_scope(provider_id):
                results = ingest_events(
                    provider_id=provider_id,
                    events=events,
                    now=now,
                    limits=limits,
                    via=Via.FILE,
                    unread=unread,
                )
            report.add(results)
    return report


def event_of(row: FocusRow | BadRow, book: PriceBook) -> IncomingEvent | Refusal:
    """Return a row of a FOCUS file as an event, or as what is kept of a row that is none.

    Args:
        row: as the file's reader made it.
        book: the provider's prices.
    """
    if isinstance(row, BadRow):
        cells = {name: text for name, text in row.cells.items() if name is not None}
        line = original_of_line(exact_json(cells), source=SOURCE, event_id=row.event_id)
        return Refusal(Verdict.REJECTED, row.reason, line)
    if not book.takes(row):
        # It is read again with its file: only that knows the tenant's currency.
        event = original_of_event(to_event(row, row.sku))._replace(form=OriginalForm.LINE)
        return Refusal(Verdict.REJECTED, Reason.OTHER_CURRENCY, event)
    return to_event(row, book.meter_code(row))


def _events_of(
    rows: Iterable[FocusRow | BadRow], book: PriceBook, report: ImportReport
) -> tuple[list[IncomingEvent], list[Refusal]]:
    """Return the events of a batch of rows, and the rows that are none, which are counted in the report, to be kept."""
    events: list[IncomingEvent] = []
    unread: list[Refusal] = []
    for row in rows:
        item = event_of(row, book)
        if isinstance(item, Refusal):
            report.reject(item.original.event_id or None, item.reason)
            unread.append(item)
        else:
            events.append(item)
    return events, unread


def _timely(lines: TextIO, now: datetime) -> Iterator[FocusRow]:
    window = window_at(now, TimeLimits(late=None))
    for row in read_rows(lines):
        if isinstance(row, FocusRow) and window.refusal(row.at) is None:
            yield row


def _open(path: Path) -> TextIO:
    # A byte that is no UTF-8 spoils its own row, not the file.
    return path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")


def _batches(items: Iterator[T]) -> Iterator[Sequence[T]]:
    while batch := list(islice(items, BATCH)):
        yield batch
