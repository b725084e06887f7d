"""A page to look at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sight:
    """A page: its name, the provider's host, who looks at it, its address, status and language.

    In an address, `>` stands before the words of a link that is pressed next.
    """

    name: str
    provider: str
    role: str
    path: str
    status: int = 200
    language: str = ""
