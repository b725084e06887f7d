"""Read an uploaded file batch by batch, each row counted once whatever happens to its worker. Called by a task.

How far a file was read stands in the transaction that counts its rows. A worker holds a file by a lease, and writes by
a fence: when the lease ran out another one goes on behind the last batch, and what the first still does counts no more.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from billing_platform.kernel.clock import now as wall_clock
from billing_platform.kernel.markers import marker
from billing_platform.kernel.scope import provider_scope
from usage.enums import UploadFailure, UploadFormat, UploadState, Via
from usage.importers.asterisk import CallReader
from usage.importers.asterisk_columns import read_columns
from usage.intake.events import IncomingEvent
from usage.intake.originals import Refusal
from usage.intake.timestamps import TimeLimits
from usage.intake.verdicts import EventResult, Verdict
from usage.models import UploadRow, UsageUpload
from usage.models.upload import OPEN
from usage.selectors.call_mapping import call_mapping
from usage.selectors.focus_catalog import price_book
from usage.services.imports import BATCH
from usage.services.ingestion import ingest_cloudevents, ingest_events
from usage.services.upload_rows import (
    Sent,
    UnreadableFileError,
    call_rows,
    check_head,
    cloudevent_rows,
    focus_rows,
)
from usage.services.uploads import upload_storage

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

    from usage.services.upload_rows import Row

# A worker that has counted nothing for so long is taken to be dead.
LEASE: Final = timedelta(minutes=3)
# A file that so many workers in a row broke off at is not tried again.
STALLS_MAX: Final = 5
# Rows that were counted before are passed by in strides, with a sign of life after each.
_STRIDE: Final = 20_000
# A test kills the reading at each of these.
MARKERS: Final = ("upload.claimed", "upload.counted", "upload.kept")
_FIELDS: Final = {
    Verdict.ACCEPTED: "accepted",
    Verdict.DUPLICATE: "duplicates",
    Verdict.CONFLICT: "conflicts",
    Verdict.REJECTED: "rejected",
    Verdict.PARKED: "parked",
}


@dataclass(frozen=True)
class _Hold:
    """A file that this worker holds, as it was when it took it."""

    upload: UsageUpload
    clock: Callable[[], datetime]


class _TakenOverError(RuntimeError):
    """The upload was cancelled, or another worker holds it by now."""


def read_upload(
    *, provider_id: int, upload_id: int, clock: Callable[[], datetime] = wall_clock
) -> bool:
    """Read what is left of an uploaded file.

    Args:
        provider_id: whose; each batch opens its scope itself.
        upload_id: its number.
        clock: tells the time; this is the edge.

    Returns:
        Whether this worker read it to its end, good or bad; False when there was nothing to do, when another worker
        holds it, or when it was cancelled meanwhile.

    Idempotency: by the rows counted so far, and by the events' ids.
    """
    upload = _claim(provider_id, upload_id, clock())
    if upload is None:
        return False
    marker("upload.claimed")
    hold = _Hold(upload, clock)
    try:
        _read(hold)
        _finish(hold)
    except UnreadableFileError as error:
        return _fail(hold, error.failure, error.detail)
    except FileNotFoundError:
        return _fail(hold, UploadFailure.GONE)
    except _TakenOverError:
        return False
    return True


def _claim(provider_id: int, upload_id: int, now: datetime) -> UsageUpload | None:
    with provider_scope(provider_id):
        rows = UsageUpload.objects.select_for_update()
        upload = rows.filter(provider_id=provider_id, pk=upload_id, state__in=OPEN).first()
        if upload is None or (upload.lease_until is not None and upload.lease_until > now):
            return None
        if upload.stalls >= STALLS_MAX:
            _end(upload, UploadState.FAILED, now, failure=UploadFailure.STALLED)
            return None
        upload.state = UploadState.READING
        upload.fence += 1
        upload.stalls += 1
        upload.lease_until = now + LEASE
        upload.started_at = upload.started_at or now
        upload.save()
    return upload


def _read(hold: _Hold) -> None:
    upload = hold.upload
    with upload_storage().open(upload.stored_name, "rb") as opened:
        file = cast("BinaryIO", opened)
        check_head(file)
        with closing(_rows(upload, file)) as rows:
            _pass_by(hold, rows)
            while batch := list(islice(rows, BATCH)):
                _count(hold, batch, min(file.tell(), upload.size))
                marker("upload.kept")


def _rows(upload: UsageUpload, file: BinaryIO) -> Generator[Row, None, None]:
    """Return the rows of a file from its first on."""
    if upload.format == UploadFormat.CLOUDEVENTS:
        return cloudevent_rows(file, is_new=not upload.rows_read)
    with provider_scope(upload.provider_id):
        if upload.format == UploadFormat.FOCUS:
            return focus_rows(file, book=price_book(upload.provider_id))
        mapping = call_mapping(upload.provider_id, upload.source)
    columns = read_columns(upload.columns) if upload.columns else None
    return call_rows(file, reader=CallReader(mapping, columns, upload.source))


def _pass_by(hold: _Hold, rows: Iterator[Row]) -> None:
    """Go behind the rows that another worker counted."""
    left = hold.upload.rows_read
    while left:
        passed = sum(1 for _ in islice(rows, min(left, _STRIDE)))
        if not passed:
            return  # the stored file is shorter than it was
        left -= passed
        with provider_scope(hold.upload.provider_id):
            _still_ours(hold).save(update_fields=["lease_until"])


def _count(hold: _Hold, batch: Sequence[Row], position: int) -> None:
    """Count some rows, note those that were not accepted, and go on behind them."""
    provider_id = hold.upload.provider_id
    with provider_scope(provider_id):
        upload = _still_ours(hold)
        results = _take(upload, [row for row in batch if row.item is not None], hold.clock())
        for _, result in results:
            name = _FIELDS[result.verdict]
            setattr(upload, name, getattr(upload, name) + 1)
        upload.ignored += len(batch) - len(results)
        upload.rows_read += len(batch)
        upload.position = position
        upload.stalls = 0
        upload.save()
        UploadRow.objects.bulk_create(
            [
                UploadRow(
                    provider_id=provider_id,
                    upload_id=upload.pk,
                    number=number,
                    event_id=result.id or "",
                    verdict=result.verdict,
                    reason=result.reason or "",
                )
                for number, result in results
                if result.verdict != Verdict.ACCEPTED
            ]
        )
        marker("upload.counted")


def _take(upload: UsageUpload, rows: Sequence[Row], now: datetime) -> list[tuple[int, EventResult]]:
    """Bring the events among some rows in, and return every row's number with its verdict."""
    provider_id = upload.provider_id
    sent = [row.item.item for row in rows if isinstance(row.item, Sent)]
    events = [row.item for row in rows if isinstance(row.item, IncomingEvent)]
    unread = [row.item for row in rows if isinstance(row.item, Refusal)]
    is_calls = upload.format == UploadFormat.ASTERISK
    taken = iter(
        [
            *ingest_cloudevents(provider_id=provider_id, items=sent, now=now, via=Via.FILE),
            *ingest_events(
                provider_id=provider_id,
                events=events,
                now=now,
                # Whoever names a file of calls wants them, whatever their age.
                limits=TimeLimits(late=None) if is_calls else None,
                via=Via.CALLS if is_calls else Via.FILE,
                unread=unread,
            ),
        ]
    )
    return [
        (row.number, _refused(row.item) if isinstance(row.item, Refusal) else next(taken))
        for row in rows
    ]


def _refused(item: Refusal) -> EventResult:
    return EventResult(item.original.event_id or None, item.verdict, item.reason)


def _still_ours(hold: _Hold) -> UsageUpload:
    """Return the upload, locked and with a longer lease.

    Raises:
        _TakenOverError: it is not ours any more.
    """
    rows = UsageUpload.objects.select_for_update()
    upload = rows.get(provider_id=hold.upload.provider_id, pk=hold.upload.pk)
    if upload.state != UploadState.READING or upload.fence != hold.upload.fence:
        raise _TakenOverError
    upload.lease_until = hold.clock() + LEASE
    return upload


def _finish(hold: _Hold) -> None:
    with provider_scope(hold.upload.provider_id):
        upload = _still_ours(hold)
        if not upload.rows_read:
            raise UnreadableFileError(UploadFailure.EMPTY)
        upload.position = upload.size
        _end(upload, UploadState.DONE, hold.clock())


def _fail(hold: _Hold, failure: UploadFailure, detail: str = "") -> bool:
    with provider_scope(hold.upload.provider_id):
        try:
            upload = _still_ours(hold)
        except _TakenOverError:
            return False
        _end(upload, UploadState.FAILED, hold.clock(), failure=failure, detail=detail)
    return True


def _end(
    upload: UsageUpload,
    state: UploadState,
    now: datetime,
    *,
    failure: UploadFailure | None = None,
    detail: str = "",
) -> None:
    upload.state = state
    upload.failure = failure.value if failure else ""
    upload.failure_detail = detail[:500]
    upload.finished_at = now
    upload.save()
