"""Rows of a list, taken off it by number and by weight: a row may be a few figures, or hold 64 KiB of text."""

from __future__ import annotations

from sys import getsizeof
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from billing_platform.portal.list_cells import Cell

# So much of the cells of one list is held in memory at once.
BYTES_MAX = 32 * 1024 * 1024


def next_rows(rows: Iterator[Sequence[Cell]], *, most: int) -> tuple[list[Sequence[Cell]], bool]:
    """Take rows off a list until there are so many, or until they weigh too much to go on.

    Args:
        rows: what is left of the list.
        most: how many at most.

    Returns:
        The rows, and whether the list ended with them.
    """
    found: list[Sequence[Cell]] = []
    weight = 0
    while len(found) < most and weight < BYTES_MAX:
        row = next(rows, None)
        if row is None:
            return found, True
        found.append(row)
        weight += sum(map(getsizeof, row))
    return found, False
