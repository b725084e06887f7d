"""Lists as files: the same rows as CSV or, where the address asks for it, as a workbook. The one place of downloads.

A list of up to ROWS_MAX rows is sent at once; one that is longer, or too heavy for a web worker's memory, is written
by a worker, who asks the list's own view again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.http import HttpResponse, StreamingHttpResponse

from billing_platform.kernel.caps import COUNT_CAP
from billing_platform.portal.csv_export import csv_lines
from billing_platform.portal.list_batches import next_rows
from billing_platform.portal.list_orders import order_file
from billing_platform.portal.xlsx_export import workbook_parts
from tenants.access import MemberRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from django.http import HttpResponseBase

    from billing_platform.portal.list_cells import Cell

# What an address says besides the list's filters.
FILE: Final = "file"
XLSX: Final = "xlsx"
_CSV: Final = "csv"
# So many rows are read within a second or two; more would keep a web worker and its transaction for too long.
ROWS_MAX = COUNT_CAP
TYPES: Final = {
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    _CSV: "text/csv; charset=utf-8",
}


class ListRequest(MemberRequest):
    """A list's address as a worker asks for it: the view answers with the list unread."""


class UnreadList(HttpResponse):
    """A list whose rows nobody has read yet; handed to workers, never sent.

    Attributes:
        name: of the file, with its ending.
        head: the columns' names.
        rows: makes the rows; each is read in the scope of whoever asked.
    """

    def __init__(
        self, name: str, head: Sequence[str], rows: Callable[[], Iterable[Sequence[Cell]]]
    ) -> None:
        super().__init__(status=204)
        self.name = name
        self.head = head
        self.rows = rows


def list_file(
    request: MemberRequest,
    name: str,
    head: Sequence[str],
    rows: Callable[[], Iterable[Sequence[Cell]]],
) -> HttpResponseBase:
    """Return a list as the file that the request asks for, or lead to where a long one is waited for.

    Args:
        request: its address may end with `file=xlsx`; its scope is open.
        name: the file's name without its ending.
        head: the columns' names.
        rows: makes one sequence per line; they read on in whichever transaction they are asked for the next one.
    """
    ending = XLSX if request.GET.get(FILE) == XLSX else _CSV
    whole_name = f"{name}.{ending}"
    if isinstance(request, ListRequest):
        return UnreadList(whole_name, head, rows)
    found, is_whole = next_rows(iter(rows()), most=ROWS_MAX + 1)
    if not is_whole:
        return order_file(request, whole_name)
    response = StreamingHttpResponse(file_parts(ending, head, found), content_type=TYPES[ending])
    response.headers["Content-Disposition"] = f'attachment; filename="{whole_name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def file_parts(ending: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """Yield the bytes of a list's file.

    Args:
        ending: XLSX, or anything else for CSV.
        head: the columns' names.
        rows: one sequence per line.
    """
    if ending == XLSX:
        yield from workbook_parts(head, rows)
    else:
        yield from (line.encode() for line in csv_lines(head, rows))
