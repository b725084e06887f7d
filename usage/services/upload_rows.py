"""The rows of an uploaded file with their numbers, whatever its format. Called by the reading of uploads."""

from __future__ import annotations

import csv
from contextlib import contextmanager
from io import TextIOWrapper
from itertools import chain, islice
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple, TextIO

from usage.enums import UploadFailure
from usage.importers.asterisk import BadCall
from usage.importers.asterisk_columns import (
    NotAsteriskError,
    header_columns,
    name_cells,
    split_line,
)
from usage.importers.cloudevents import read_line
from usage.importers.focus import NotFocusError, read_rows
from usage.importers.json_array import BrokenArrayError, read_array
from usage.services.call_imports import decode_line, refusal_of
from usage.services.imports import event_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence

    from usage.importers.asterisk import CallReader
    from usage.importers.focus import PriceBook
    from usage.intake.events import IncomingEvent
    from usage.intake.originals import Refusal

_HEAD: Final = 64 * 1024
# So many lines are looked at before a file is said to hold no call.
_FIRST_LINES: Final = 100
_PACKED: Final = (
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ\x00",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!",
    b"\x28\xb5\x2f\xfd",
    b"\xd0\xcf\x11\xe0",
)
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_UTF8: Final = b"\xef\xbb\xbf"


class UnreadableFileError(ValueError):
    """A file that cannot be read as what it is said to be.

    Attributes:
        failure: why.
        detail: the columns or the row that it is about.
    """

    def __init__(self, failure: UploadFailure, detail: str = "") -> None:
        super().__init__(failure.value)
        self.failure = failure
        self.detail = detail


class Sent(NamedTuple):
    """An item of JSON as it was sent; a text is a line that is no JSON."""

    item: object


class Row(NamedTuple):
    """One row: its line in the file (or its place in a JSON array), and what it is; None for what is no usage."""

    number: int
    item: Sent | IncomingEvent | Refusal | None


def check_head(file: BinaryIO) -> None:
    """Look at how a file begins.

    Args:
        file: at its begin, where it is left again.

    Raises:
        UnreadableFileError: it is empty, packed or no text.
    """
    head = file.read(_HEAD)
    file.seek(0)
    if not head.removeprefix(_UTF8).strip():
        raise UnreadableFileError(UploadFailure.EMPTY)
    if head.startswith(_PACKED):
        raise UnreadableFileError(UploadFailure.PACKED)
    if head.startswith(_UTF16):
        raise UnreadableFileError(UploadFailure.UTF16)
    if b"\x00" in head or head.startswith(b"%PDF"):
        raise UnreadableFileError(UploadFailure.NOT_TEXT)


def cloudevent_rows(file: BinaryIO, *, is_new: bool) -> Generator[Row, None, None]:
    """Yield the rows of a file of CloudEvents, one JSON array or one object per line.

    Args:
        file: at its begin.
        is_new: look through a whole array first, so that nothing is counted of a broken one.

    Raises:
        UnreadableFileError: it is neither, or the array is broken.
    """
    head = file.read(_HEAD).removeprefix(_UTF8).lstrip()
    file.seek(0)
    if not head.startswith((b"{", b"[")):
        raise UnreadableFileError(UploadFailure.NOT_CLOUDEVENTS)
    with _as_text(file) as text:
        if head.startswith(b"["):
            yield from _array_rows(text, is_new=is_new)
            return
        for number, line in enumerate(text, 1):
            if line.strip():
                yield Row(number, Sent(read_line(line)))


def focus_rows(file: BinaryIO, *, book: PriceBook) -> Generator[Row, None, None]:
    """Yield the rows of a FOCUS file.

    Args:
        file: at its begin.
        book: the provider's prices.

    Raises:
        UnreadableFileError: a column is missing, or a cell has no end.
    """
    with _as_text(file) as text:
        lines = _Counted(text)
        try:
            for row in read_rows(lines):
                yield Row(lines.number, event_of(row, book))
        except NotFocusError as error:
            missing = ", ".join(error.missing)
            raise UnreadableFileError(UploadFailure.MISSING_COLUMNS, missing) from error
        except csv.Error as error:
            raise UnreadableFileError(UploadFailure.BROKEN_CSV, str(lines.number)) from error


def call_rows(file: BinaryIO, *, reader: CallReader) -> Generator[Row, None, None]:
    """Yield the rows of a file of call records; calls that nobody answered are rows without usage.

    Args:
        file: at its begin.
        reader: a new one.

    Raises:
        UnreadableFileError: its columns are not those of a call.
    """
    lines = map(decode_line, iter(file.readline, b""))
    first = list(islice(lines, _FIRST_LINES))
    try:
        if not any(_is_call(line, reader.columns) for line in first):
            raise UnreadableFileError(UploadFailure.NOT_CALLS)
        for number, line in enumerate(chain(first, lines), 1):
            ignored = reader.ignored
            item = reader.read_line(line)
            if isinstance(item, BadCall):
                yield Row(number, refusal_of(item, reader.source))
            elif item is not None or reader.ignored > ignored:
                yield Row(number, item)
    except NotAsteriskError as error:
        kind = UploadFailure.MISSING_COLUMNS if error.missing else UploadFailure.COLUMNS_TWICE
        detail = ", ".join(error.missing or error.twice)
        raise UnreadableFileError(kind, detail) from error


class _Counted:
    """Lines that are counted while somebody takes them."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.number = 0
        self._lines = iter(lines)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.number += 1
        return line


@contextmanager
def _as_text(file: BinaryIO) -> Iterator[TextIO]:
    # A byte that is no UTF-8 spoils its own row, not the file.
    text = TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
    try:
        yield text
    finally:
        text.detach()  # else it would close the file with itself


def _array_rows(text: TextIO, *, is_new: bool) -> Iterator[Row]:
    try:
        if is_new:
            for _ in read_array(text):
                pass
            text.seek(0)
        for number, item in enumerate(read_array(text), 1):
            yield Row(number, Sent(item))
    except BrokenArrayError as error:
        raise UnreadableFileError(UploadFailure.BROKEN_JSON, str(error.place)) from error


def _is_call(line: str, columns: Sequence[str] | None) -> bool:
    cells = split_line(line)
    return header_columns(cells) is not None or name_cells(cells, columns) is not None
