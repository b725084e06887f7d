"""How a panel's values stand in its file, and which of them are figures. Called by the view and the template tags."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from billing_platform.kernel.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterator

    from billing_platform.portal.list_cells import Cell
    from billing_platform.portal.panels import Table


def is_figure(value: object) -> bool:
    """Return whether a value stands at the right of its column."""
    return isinstance(value, Money | Decimal | int)


def file_rows(table: Table) -> Iterator[list[Cell]]:
    """Yield a table's rows as a file holds them: amounts with a point and their currency, moments in UTC.

    Args:
        table: of a panel.
    """
    for row in table.rows:
        yield [_cell(value) for value in row]


def _cell(value: object) -> Cell:
    match value:
        case Money():
            return f"{value.to_major():f} {value.currency}"
        case None | str() | datetime() | Decimal() | int():
            return value
    raise TypeError(f"A panel shows no {type(value).__name__}.")
