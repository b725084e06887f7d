"""How a page writes what it was asked for into an address."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def address_query(given: Mapping[str, object] | Iterable[tuple[str, object]]) -> str:
    """Return the query of an address with its question mark; empty where nothing is asked for.

    Args:
        given: values by name; what is empty, None or 0 is left out.
    """
    pairs = dict(given).items()
    filled = {name: value for name, value in pairs if value}
    return f"?{urlencode(filled)}" if filled else ""
