"""Read what a page says: its tables and its pairs of term and figure, as a person would, without its markup."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from html.parser import HTMLParser


@dataclass(frozen=True)
class Cell:
    """A cell of a table with what it links to; the address is empty where it links to nothing."""

    text: str
    href: str


@dataclass
class Reading(HTMLParser):
    """A page's `pairs` (term, figure) in their order, and its `rows` of table cells; heads of tables stand aside."""

    pairs: list[tuple[str, str]] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)
    _words: list[str] = field(default_factory=list)
    _href: str = ""
    _is_hidden: bool = False

    def __post_init__(self) -> None:
        """Begin to read."""
        super().__init__()

    @classmethod
    def of(cls, html: str) -> Reading:
        """Read a page."""
        reading = cls()
        reading.feed(html)
        return reading

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a row, a cell, a term or a figure; note where a cell's first link leads, and what is hidden."""
        if dict(attrs).get("role") == "tooltip":
            self._is_hidden = True
        if tag in {"td", "dt", "dd"}:
            self._words, self._href = [], ""
        elif tag == "tr":
            self.rows.append([])
        elif tag == "a" and not self._href:
            self._href = dict(attrs).get("href") or ""

    def handle_data(self, data: str) -> None:
        """Keep the words; a definition is read by nobody before it is asked for."""
        if not self._is_hidden:
            self._words.append(data)

    def handle_endtag(self, tag: str) -> None:
        """End a cell, a term or a figure; a definition holds no further element."""
        self._is_hidden = False
        text = " ".join("".join(self._words).split())
        if tag == "td":
            self.rows[-1].append(Cell(text, self._href))
        elif tag == "dt":
            self.pairs.append((text, ""))
        elif tag == "dd" and self.pairs:
            self.pairs[-1] = (self.pairs[-1][0], text)

    def figures(self, term: str) -> list[Decimal]:
        """Return every figure that stands beside a term, in the page's order."""
        return [number(text) for name, text in self.pairs if name == term]


def number(text: str) -> Decimal:
    """Return the first number of a text as the English pages write it."""
    found = re.search(r"[-−]?[\d,]+(?:\.\d+)?", text)
    assert found, f"no number in {text!r}"
    return Decimal(found[0].replace(",", "").replace("−", "-"))
