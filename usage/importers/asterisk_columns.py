"""Which column of an Asterisk call record holds what: Master.csv of cdr_csv, a header, or an order given by hand."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BASE: Final = (
    "accountcode",
    "src",
    "dst",
    "dcontext",
    "clid",
    "channel",
    "dstchannel",
    "lastapp",
    "lastdata",
    "start",
    "answer",
    "end",
    "duration",
    "billsec",
    "disposition",
    "amaflags",
)
_NEW: Final = ("peeraccount", "linkedid", "sequence")
# What `loguniqueid`, `loguserfield` and `newcdrcolumns` of cdr.conf add, by the number of columns.
_LONGER: Final = {
    17: ("uniqueid",),
    18: ("uniqueid", "userfield"),
    19: _NEW,
    20: ("uniqueid", *_NEW),
    21: ("uniqueid", "userfield", *_NEW),
}
_SHORTEST = len(BASE)
_LONGEST = max(_LONGER)
# `1598518960.99`, with the system's name in front where it has one.
_UNIQUEID: Final = re.compile(r"(?:[^,\s]+-)?[0-9]{9,}\.[0-9]+")
_OTHER_NAMES: Final = {
    "calldate": "start",
    "source": "src",
    "destination": "dst",
    "context": "dcontext",
    "callerid": "clid",
}
KNOWN: Final = frozenset((*BASE, *_NEW, "uniqueid", "userfield"))
_NEEDED: Final = ("start", "billsec", "disposition")
# Columns that are not read, such as a recording's name, are called so, or anything else.
_LONGEST_FIELD: Final = 64 * 1024


class NotAsteriskError(ValueError):
    """A file, or an order of columns, without what a call needs.

    Attributes:
        missing, twice: the columns that are not there, or there two times.
    """

    def __init__(self, *, missing: Sequence[str] = (), twice: Sequence[str] = ()) -> None:
        names = ", ".join(missing or twice)
        super().__init__(f"No column {names}." if missing else f"Two columns {names}.")
        self.missing, self.twice = missing, twice


def read_columns(text: str) -> tuple[str, ...]:
    """Return an order of columns as a person wrote it, names with commas between them.

    Args:
        text: names of cdr_csv, or `calldate`, `source`, `destination`, `context`, `callerid`; other names (`-`) stand
            for columns that are left alone.

    Raises:
        NotAsteriskError: a column that a call needs is missing, or one is named twice.
    """
    return _checked([name.strip() for name in text.split(",")])


def header_columns(cells: Sequence[str]) -> tuple[str, ...] | None:
    """Return the order of columns that a first row names, or None when that row is a call.

    Raises:
        NotAsteriskError: it names columns, but not what a call needs.
    """
    names = {_name(cell) for cell in cells}
    if not {"billsec", "disposition"} <= names:
        return None
    return _checked(cells)


def split_line(line: str) -> list[str]:
    """Return the cells of one line; cdr_csv writes one call per line and doubles quotes within quotes.

    What some programs put before a file's first line to say that it is UTF-8 is no part of a cell.
    """
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_FIELD))
    try:
        return next(csv.reader([line.removeprefix("\ufeff").rstrip("\r\n")]), [])
    except csv.Error:
        return []


def name_cells(cells: Sequence[str], columns: Sequence[str] | None) -> Mapping[str, str] | None:
    """Return the cells of a call by name, or None when their number fits no order.

    Args:
        cells: of one line.
        columns: the order given; None for cdr_csv's own, told by the number of cells.
    """
    if columns is not None:
        if len(cells) != len(columns):
            return None
        return {
            name: cell.strip() for name, cell in zip(columns, cells, strict=True) if name in KNOWN
        }
    if not _SHORTEST <= len(cells) <= _LONGEST:
        return None
    more = _LONGER.get(len(cells), ())
    if more == ("uniqueid",) and not _UNIQUEID.fullmatch(cells[-1]):
        more = ("userfield",)
    return {name: cell.strip() for name, cell in zip((*BASE, *more), cells, strict=True)}


def _checked(names: Sequence[str]) -> tuple[str, ...]:
    columns = tuple(_name(name) for name in names)
    missing = [name for name in _NEEDED if name not in columns]
    if missing:
        raise NotAsteriskError(missing=missing)
    read = [name for name in columns if name in KNOWN]
    twice = sorted({name for name in read if read.count(name) > 1})
    if twice:
        raise NotAsteriskError(twice=twice)
    return columns


def _name(text: str) -> str:
    name = text.strip().lstrip("\ufeff").lower()
    return _OTHER_NAMES.get(name, name)
