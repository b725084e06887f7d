"""How a page writes what it was asked for into an address, and reads a day from one."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Beyond these years nothing is charged, and a day more would be no date.
_YEARS: Final = range(1971, 9999)


def address_query(given: Mapping[str, object] | Iterable[tuple[str, object]]) -> str:
    """Return the query of an address with its question mark; empty where nothing is asked for.

    Args:
        given: values by name; what is empty, None or 0 is left out.
    """
    pairs = dict(given).items()
    filled = {name: value for name, value in pairs if value}
    return f"?{urlencode(filled)}" if filled else ""


def address_day(text: str) -> date | None:
    """Return the day that an address names, or None where it names none.

    Args:
        text: as it stands in the address, for instance `2026-11-20`.
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in _YEARS else None
