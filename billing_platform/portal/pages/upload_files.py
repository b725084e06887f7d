"""Uploads as files to download: the list, and the rows of one of them that were not accepted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from billing_platform.portal.pages.uploads_filter import matching_uploads
from billing_platform.portal.upload_words import row_words
from tenants.selectors.changes import emails_of
from usage.selectors.uploads import all_not_accepted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from billing_platform.portal.list_cells import Cell
    from billing_platform.portal.pages.uploads_filter import UploadFilter
    from usage.selectors.uploads import UploadView

LIST_HEAD: Final = (
    "file",
    "sha256",
    "bytes",
    "format",
    "uploaded_at",
    "uploaded_by",
    "state",
    "rows",
    "accepted",
    "duplicates",
    "conflicts",
    "rejected",
    "parked",
    "no_usage",
)
ROWS_HEAD: Final = ("row", "event_id", "verdict", "reason", "meaning", "what_to_do")
_CSV_CHUNK: Final = 500


def upload_cells(provider_id: int, wanted: UploadFilter) -> Iterator[Sequence[Cell]]:
    """Yield all uploads that match as lines of a file, newest first.

    Args:
        provider_id: whose; its scope is open while it is read.
        wanted: which uploads.
    """
    while True:
        rows = matching_uploads(provider_id, wanted, limit=_CSV_CHUNK)
        emails = emails_of(row.uploaded_by_id for row in rows)
        for row in rows:
            yield _cells(row, emails.get(row.uploaded_by_id, ""))
        if len(rows) < _CSV_CHUNK:
            return
        wanted = replace(wanted, before=rows[-1].number)


def row_cells(provider_id: int, upload_id: int) -> Iterator[Sequence[Cell]]:
    """Yield every row that was not accepted as a line of a file, in the order of the upload.

    Args:
        provider_id: whose; its scope is open while it is read.
        upload_id: its number.
    """
    for row in all_not_accepted(provider_id, upload_id):
        yield (row.number, row.event_id, row.verdict, row.reason, *row_words(row))


def _cells(row: UploadView, who: str) -> Sequence[Cell]:
    return (
        row.name,
        row.digest,
        row.size,
        row.format.value,
        row.created_at,
        who,
        row.state.value,
        row.rows_read,
        row.accepted,
        row.duplicates,
        row.conflicts,
        row.rejected,
        row.parked,
        row.ignored,
    )
