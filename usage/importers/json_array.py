"""One JSON array read item by item, so that it needs the memory of its longest item only. Called by uploads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from usage.importers.cloudevents import DECODER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

_CHUNK: Final = 64 * 1024
# No event is as long; what does not end within it is broken.
_LONGEST_ITEM: Final = 4 * 1024 * 1024
_BLANK: Final = re.compile(r"[ \t\r\n]*")


class BrokenArrayError(ValueError):
    """The array breaks off or is broken.

    Attributes:
        place: the item that cannot be read; the first is 1.
    """

    def __init__(self, place: int) -> None:
        super().__init__(f"The array is broken at item {place}.")
        self.place = place


class _Window:
    """The stretch of a text that is held, and the place in it that was reached."""

    def __init__(self, text: TextIO) -> None:
        self.text = text
        self.held = ""
        self.at = 0

    def sign(self) -> str:
        """Return the next sign that is not blank; empty at the end."""
        while True:
            match = _BLANK.match(self.held, self.at)
            self.at = match.end() if match else self.at
            if self.at < len(self.held):
                return self.held[self.at]
            if not self._read_on():
                return ""

    def take(self) -> str:
        """Return the next sign that is not blank, and go behind it."""
        sign = self.sign()
        self.at += 1
        return sign

    def item(self) -> object:
        """Return the value that begins here, and go behind it.

        Raises:
            ValueError: there is none.
            RecursionError: it is nested too deep.
        """
        while True:
            try:
                found, end = DECODER.raw_decode(self.held, self.at)
            except ValueError:
                if len(self.held) - self.at > _LONGEST_ITEM or not self._read_on():
                    raise
                continue
            if end < len(self.held):
                self.at = end
                return found
            # A number may go on in what is not held yet.
            begin = self.at
            if not self._read_on():
                self.at = end - begin
                return found

    def _read_on(self) -> bool:
        piece = self.text.read(_CHUNK)
        self.held = self.held[self.at :] + piece
        self.at = 0
        return bool(piece)


def read_array(text: TextIO) -> Iterator[object]:
    """Yield the items of a text that holds one JSON array.

    Args:
        text: from the array's bracket on; blanks before it do not matter.

    Raises:
        BrokenArrayError: it breaks off, is no JSON, or something follows it.
    """
    window, place = _Window(text), 0
    if window.take() != "[":
        raise BrokenArrayError(1)
    is_open = window.sign() != "]"
    if not is_open:
        window.take()
    while is_open:
        place += 1
        window.sign()
        try:
            item = window.item()
        except (ValueError, RecursionError):
            raise BrokenArrayError(place) from None
        yield item
        sign = window.take()
        if sign not in {",", "]"}:
            raise BrokenArrayError(place)
        is_open = sign == ","
    if window.sign():
        raise BrokenArrayError(place)
