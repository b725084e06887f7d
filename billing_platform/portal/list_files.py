"""Lists as files: the same rows as CSV or, where the address asks for it, as a workbook. The one place of downloads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.http import StreamingHttpResponse

from billing_platform.portal.csv_export import csv_lines
from billing_platform.portal.xlsx_export import workbook_parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.http import HttpRequest

    from billing_platform.portal.list_cells import Cell

# What an address says besides the list's filters.
FILE: Final = "file"
XLSX: Final = "xlsx"
_XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def list_file(
    request: HttpRequest, name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> StreamingHttpResponse:
    """Return a list as the file that the request asks for.

    Args:
        request: its address may end with `file=xlsx`.
        name: the file's name without its ending.
        head: the columns' names.
        rows: one sequence per line; an iterator opens its own scope, for it is read after the view has ended.
    """
    if request.GET.get(FILE) == XLSX:
        ending, kind = XLSX, _XLSX_TYPE
        response = StreamingHttpResponse(workbook_parts(head, rows), content_type=kind)
    else:
        ending, kind = "csv", "text/csv; charset=utf-8"
        response = StreamingHttpResponse(csv_lines(head, rows), content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
