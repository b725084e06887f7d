"""Lists as CSV, written while they are read, so that their length costs no memory."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Final

from django.http import StreamingHttpResponse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# A cell that begins so would be run as a formula by a spreadsheet.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_response(
    name: str, head: Sequence[str], rows: Iterable[Sequence[object]]
) -> StreamingHttpResponse:
    """Return a file download.

    Args:
        name: the file's name.
        head: the columns' names.
        rows: one sequence per line; an iterator opens its own scope, for it is read after the view has ended.
    """
    response = StreamingHttpResponse(_lines(head, rows), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def text_cell(text: str) -> str:
    """Return a text that a spreadsheet takes as text."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _lines(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(head)
    for row in rows:
        yield writer.writerow(row)
