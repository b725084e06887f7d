"""A page to look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

# Of a line that the demo's clients use all day long; half a day before its end, whenever that is.
AN_HOUR: Final = (
    f"line=egress&currency=USD&hour={datetime.now(UTC) - timedelta(hours=12):%Y-%m-%dT%H}"
)


@dataclass(frozen=True)
class Sight:
    """A page: its name, the provider's host, who looks at it, its address, status and language.

    In an address, `>` stands before the words of a link that is pressed next; `page` is the name of the route which
    the last one leads to.
    """

    name: str
    provider: str
    role: str
    path: str
    status: int = 200
    language: str = ""
    page: str = ""
