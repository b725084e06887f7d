"""Bring files of usage in, batch by batch, each batch in its own transaction. Called by the command `import_usage`."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeVar

from billing_platform.kernel.scope import provider_scope
from usage.importers.cloudevents import read_file
from usage.importers.focus import BadRow, FocusRow, read_rows, to_event
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
                report.add(ingest_cloudevents(provider_id=provider_id, items=items, now=now))
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
            events: list[IncomingEvent] = []
            for row in rows:
                if isinstance(row, BadRow):
                    report.reject(row.event_id, row.reason)
                elif not book.takes(row):
                    report.reject(row.event_id, Reason.OTHER_CURRENCY)
                else:
                    events.append(to_event(row, book.meter_code(row)))
            with provider_scope(provider_id):
                report.add(
                    ingest_events(provider_id=provider_id, events=events, now=now, limits=limits)
                )
    return report


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
