"""Lists as CSV, written while they are read, so that their length costs no memory."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from billing_platform.portal.list_cells import Cell

# A cell that begins so would be run as a formula by a spreadsheet.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Yield the lines of a file.

    Args:
        head: the columns' names.
        rows: one sequence per line.
    """
    writer = csv.writer(_Echo())
    yield writer.writerow(head)
    for row in rows:
        yield writer.writerow([_written(cell) for cell in row])


def text_cell(text: str) -> str:
    """Return a text that a spreadsheet takes as text."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _written(cell: Cell) -> str | int:
    match cell:
        case str():
            return text_cell(cell)
        case None:
            return ""
        case Decimal():
            return f"{cell:f}"
        case date():  # a moment is one, too
            return cell.isoformat()
    return cell
