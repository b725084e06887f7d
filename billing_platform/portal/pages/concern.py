"""One thing on a provider's first page that needs somebody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing to look at.

    Attributes:
        level: warning or danger.
        count: how many, in the words as well; 0 where that says nothing.
        url: where its rows are; empty while no page shows them.
        since: since when, or None.
        owner_only: whether only owners may open its rows.
    """

    level: str
    count: int
    words: str
    url: str
    since: datetime | None = None
    owner_only: bool = False
