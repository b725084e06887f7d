"""Uploaded files of usage and their rows that were not accepted. Read by the provider's pages and by the sweep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db.models import Q

from usage.enums import UploadFormat, UploadState
from usage.errors import UnknownUploadError
from usage.models import UploadRow, UsageUpload
from usage.models.upload import OPEN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

_CHUNK: Final = 2_000


@dataclass(frozen=True, slots=True)
class UploadView:
    """One uploaded file.

    Attributes:
        number: the row's id.
        size, position: bytes of the file, and how many of them were read.
        is_stored: whether the file can still be read again.
        attempt: counts how often this content was given to be read.
        failure_detail: the columns or the row that the failure is about.
        ignored: rows that are no usage.
    """

    number: int
    name: str
    digest: str
    size: int
    position: int
    is_stored: bool
    format: UploadFormat
    columns: str
    source: str
    attempt: int
    uploaded_by_id: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    state: UploadState
    failure: str
    failure_detail: str
    rows_read: int
    accepted: int
    duplicates: int
    conflicts: int
    rejected: int
    parked: int
    ignored: int

    @property
    def is_open(self) -> bool:
        """Whether it waits or is being read."""
        return self.state in OPEN

    @property
    def not_accepted(self) -> int:
        """How many rows the error file has."""
        return self.duplicates + self.conflicts + self.rejected + self.parked


@dataclass(frozen=True, slots=True)
class RowView:
    """A row that was not accepted; its number is the line in the file, or the place in a JSON array."""

    number: int
    event_id: str
    verdict: str
    reason: str


def upload_view(provider_id: int, upload_id: int) -> UploadView:
    """Return an upload.

    Args:
        provider_id: whose; its scope is open.
        upload_id: its number.

    Raises:
        UnknownUploadError: the provider has no such upload.
    """
    row = UsageUpload.objects.filter(provider_id=provider_id, pk=upload_id).first()
    if row is None:
        raise UnknownUploadError
    return _view(row)


def list_uploads(
    provider_id: int,
    *,
    state: str = "",
    upload_format: str = "",
    name: str = "",
    before: int = 0,
    limit: int = 50,
) -> list[UploadView]:
    """Return uploads, newest first.

    Args:
        provider_id: whose; its scope is open.
        state: of UploadState; empty for all.
        upload_format: of UploadFormat; empty for all.
        name: a part of the file's name, in any case.
        before: the number of the last row of the page before; 0 for the first page.
        limit: how many at most.
    """
    wanted = Q(provider_id=provider_id)
    if state:
        wanted &= Q(state=state)
    if upload_format:
        wanted &= Q(format=upload_format)
    if name:
        wanted &= Q(name__icontains=name)
    if before:
        wanted &= Q(pk__lt=before)
    rows = UsageUpload.objects.filter(wanted).order_by("-pk")[:limit]
    return [_view(row) for row in rows]


def rows_not_accepted(
    provider_id: int, upload_id: int, *, after: int = 0, limit: int = 20
) -> list[RowView]:
    """Return rows of an upload that were not accepted, in the order of the file.

    Args:
        provider_id: whose; its scope is open.
        upload_id: its number.
        after: the number of the last row of the page before.
        limit: how many at most.
    """
    rows = UploadRow.objects.filter(
        provider_id=provider_id, upload_id=upload_id, number__gt=after
    ).order_by("number")[:limit]
    return [RowView(row.number, row.event_id, row.verdict, row.reason) for row in rows]


def all_not_accepted(provider_id: int, upload_id: int) -> Iterator[RowView]:
    """Yield every row of an upload that was not accepted, in the order of the file.

    Args:
        provider_id: whose; its scope is open while it is read.
        upload_id: its number.
    """
    after = 0
    while True:
        rows = rows_not_accepted(provider_id, upload_id, after=after, limit=_CHUNK)
        yield from rows
        if len(rows) < _CHUNK:
            return
        after = rows[-1].number


def count_open_uploads(provider_id: int) -> int:
    """Return how many uploads of a provider wait or are being read.

    Args:
        provider_id: whose; its scope is open.
    """
    return UsageUpload.objects.filter(provider_id=provider_id, state__in=OPEN).count()


def open_uploads(now: datetime) -> list[tuple[int, int]]:
    """Return provider and number of every upload that no worker holds, oldest first; the system's scope is open.

    Args:
        now: the present moment.
    """
    rows = UsageUpload.objects.filter(
        Q(lease_until__isnull=True) | Q(lease_until__lte=now), state__in=OPEN
    )
    return list(rows.order_by("pk").values_list("provider_id", "pk"))


def _view(row: UsageUpload) -> UploadView:
    return UploadView(
        number=row.pk,
        name=row.name,
        digest=row.digest,
        size=row.size,
        position=row.position,
        is_stored=bool(row.stored_name),
        format=UploadFormat(row.format),
        columns=row.columns,
        source=row.source,
        attempt=row.attempt,
        uploaded_by_id=row.uploaded_by_id,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        state=UploadState(row.state),
        failure=row.failure,
        failure_detail=row.failure_detail,
        rows_read=row.rows_read,
        accepted=row.accepted,
        duplicates=row.duplicates,
        conflicts=row.conflicts,
        rejected=row.rejected,
        parked=row.parked,
        ignored=row.ignored,
    )
