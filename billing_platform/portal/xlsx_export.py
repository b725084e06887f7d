"""Lists as workbooks: figures are numbers, days are days and texts never formulas. Written row by row to a file.

XlsxWriter keeps one row in memory and the others in a temporary file, which is sent when the last row is written.
"""

from __future__ import annotations

from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _
from xlsxwriter import Workbook

from billing_platform.portal.list_temp import temporary_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from billing_platform.portal.list_cells import Cell

# A sheet holds 1,048,576 rows, and the head is one of them; what is more stands in further sheets.
SHEET_ROWS: Final = 1_048_575
# A spreadsheet keeps no more of a number; longer ones are written as texts, so that no digit is lost.
_DIGITS_MAX: Final = 15
# No currency has more; of quantities and exact amounts, which have up to eighteen, those that say something are shown.
_PLACES_MAX: Final = 4
# Days before it are none to a spreadsheet.
_FIRST_YEAR: Final = 1900
_TEXT_MAX: Final = 32_000
_WIDTH_MAX: Final = 60
_PART_BYTES: Final = 65_536


def workbook_parts(
    head: Sequence[str], rows: Iterable[Sequence[Cell]], *, most: int = SHEET_ROWS
) -> Iterator[bytes]:
    """Yield the bytes of a workbook, in as many sheets as its rows need.

    Args:
        head: the columns' names.
        rows: one sequence per line.
        most: so many of them stand in one sheet.
    """
    with temporary_folder() as folder:
        path = Path(folder) / "list.xlsx"
        options = {"constant_memory": True, "tmpdir": folder}
        with closing(Workbook(path, options)) as book:
            sheet = _Sheet(book, _("List"), head)
            for count, row in enumerate(rows):
                if count and count % most == 0:
                    sheet.finish()
                    name = _("List %(number)s") % {"number": count // most + 1}
                    sheet = _Sheet(book, name, head)
                sheet.add(row)
            sheet.finish()
        with path.open("rb") as file:
            while part := file.read(_PART_BYTES):
                yield part


class _Sheet:
    """The sheet that is being written, one row after the other."""

    def __init__(self, book: Workbook, name: str, head: Sequence[str]) -> None:
        self._book = book
        self._sheet = book.add_worksheet(name)
        self._formats: dict[str, Any] = {}
        self._number = 0
        self._widths = [len(name) for name in head]
        bold = book.add_format({"bold": True})
        for column, word in enumerate(head):
            self._sheet.write_string(0, column, word, bold)
        self._sheet.freeze_panes(1, 0)

    def add(self, row: Sequence[Cell]) -> None:
        """Write the next row."""
        self._number += 1
        for column, cell in enumerate(row):
            width = self._write(column, cell)
            self._widths[column] = max(self._widths[column], width)

    def finish(self) -> None:
        """Give each column the width of what stands in it, and filters to the head."""
        for column, width in enumerate(self._widths):
            self._sheet.set_column(column, column, min(width, _WIDTH_MAX) + 2)
        self._sheet.autofilter(0, 0, self._number, len(self._widths) - 1)

    def _write(self, column: int, cell: Cell) -> int:
        """Write a cell; return about how wide it is."""
        place = (self._number, column)
        match cell:
            case None | "":
                return 0
            case str():
                self._sheet.write_string(*place, _safe(cell))
                return len(cell)
            case int() | Decimal():
                return self._figure(place, Decimal(cell))
            case _:
                return self._time(place, cell)

    def _figure(self, place: tuple[int, int], figure: Decimal) -> int:
        written = f"{figure:f}"
        if len(written.partition(".")[2]) > _PLACES_MAX:
            written = written.rstrip("0").rstrip(".")
        if len(written.lstrip("-0.").replace(".", "")) > _DIGITS_MAX:
            self._sheet.write_string(*place, written)
        else:
            places = len(written.partition(".")[2])
            shown = self._format("0." + "0" * places if places else "0")
            # A decimal is written digit by digit: nothing becomes a float on its way into the file.
            self._sheet.write_number(*place, figure, shown)
        return len(written)

    def _time(self, place: tuple[int, int], at: date | datetime) -> int:
        if at.year < _FIRST_YEAR:
            self._sheet.write_string(*place, at.isoformat())
        elif isinstance(at, datetime):
            # A spreadsheet's moments bear no zone: it stands behind the wall time in the format.
            zone = at.isoformat(timespec="seconds")[len("2026-11-21T12:00:00") :]
            shown = self._format(f'yyyy-mm-dd hh:mm:ss "{zone}"')
            self._sheet.write_datetime(*place, at.replace(tzinfo=None), shown)
        else:
            self._sheet.write_datetime(*place, at, self._format("yyyy-mm-dd"))
        return 26 if isinstance(at, datetime) else 10

    def _format(self, shown: str) -> Any:
        if shown not in self._formats:
            self._formats[shown] = self._book.add_format({"num_format": shown})
        return self._formats[shown]


def _safe(text: str) -> str:
    """Return a text as it may stand in a cell; the writer takes what looks like its own mark-up for that."""
    shown = text if len(text) <= _TEXT_MAX else text[:_TEXT_MAX] + "…"
    return f"{shown} " if shown.startswith("<r>") else shown
