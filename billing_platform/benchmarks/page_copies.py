"""What the benchmark of pages copies: a table's rows, how often, and what differs in each copy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Copies:
    """The copies of the rows of one table; `changed` is SQL as `clone_rows` takes it."""

    table: str
    where: str
    count: int
    changed: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Pattern:
    """What is copied.

    Attributes:
        highest: by table, the highest id of its rows before any copy.
        lowest: the lowest id of a tenant; theirs have no gaps.
        tenants: how many there are.
        first: the client whose rows are the pattern.
        last: the client who has very many.
        hot: how many documents that one has, and twice as many payments.
    """

    provider_id: int
    highest: Mapping[str, int]
    lowest: int
    tenants: int
    first: int
    last: int
    hot: int

    def of_all(self, step: str = "n") -> str:
        """Return SQL of the client of a copy: one after the other."""
        return f"({self.lowest} + {step} % {self.tenants})"

    def mixed(self, common: int) -> str:
        """Return SQL of the client of a copy: everybody first, then the last one alone."""
        return f"CASE WHEN n <= {common} THEN {self.of_all()} ELSE {self.last} END"

    def next_id(self, table: str, step: str = "n") -> str:
        """Return SQL of the id of a copy."""
        return f"({self.highest[table]} + {step})"
