"""The key of an event's id within its source, by which it is remembered for ever. Called by ingestion."""

from __future__ import annotations

from functools import partial
from typing import Final, NamedTuple

from usage.intake.digests import id_hash


class EventKey(NamedTuple):
    """An event's id within its source, as 32 hexadecimal digits."""

    source_id: int
    key: str


# What `EventKey._make` does, without a call into Python for each.
_new_key: Final = partial(tuple.__new__, EventKey)


def key_of(source_id: int, event_id: str) -> EventKey:
    """Return the key of an event."""
    return _new_key((source_id, id_hash(event_id)))
