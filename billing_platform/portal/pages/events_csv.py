"""The lists of events that were not counted as lines of a file, read a batch at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from billing_platform.portal.pages.events import parking_words
from billing_platform.portal.pages.events_filter import Tab
from billing_platform.portal.refusal_words import refusal_words
from tenants.selectors.changes import emails_of
from usage.selectors.parked import list_parked
from usage.selectors.refused import list_refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from billing_platform.portal.list_cells import Cell
    from billing_platform.portal.pages.events_filter import EventFilter
    from usage.selectors.parked import ParkedRow
    from usage.selectors.refused import RefusedRow

PARKED_HEAD: Final = ("at", "client", "type", "event", "source", "why", "refused", "received")
REFUSED_HEAD: Final = (
    "received",
    "last_sent",
    "times",
    "at",
    "client",
    "type",
    "event",
    "source",
    "via",
    "reason",
    "why",
    "outcome",
    "settled",
    "by",
    "sent",
)
_PARKED_BATCH: Final = 1_000
# Each may hold 64 KiB.
_REFUSED_BATCH: Final = 200


def events_head(wanted: EventFilter) -> Sequence[str]:
    """Return the columns of a list's file."""
    return PARKED_HEAD if wanted.tab == Tab.PARKED else REFUSED_HEAD


def event_cells(provider_id: int, wanted: EventFilter, zone: str) -> Iterator[Sequence[Cell]]:
    """Yield the events that the filters leave, from the first of the list on.

    Args:
        provider_id: whose; its scope is open while it is read.
        wanted: which; where its page begins plays no part.
        zone: in which its day is meant.
    """
    if wanted.tab == Tab.PARKED:
        yield from _parked(provider_id, wanted, zone)
    else:
        yield from _refused(provider_id, wanted, zone)


def _parked(provider_id: int, wanted: EventFilter, zone: str) -> Iterator[Sequence[Cell]]:
    query, after = wanted.parked(zone), 0
    while rows := list_parked(provider_id, query, after=after, limit=_PARKED_BATCH):
        yield from map(_parked_cells, rows)
        after = rows[-1].number


def _parked_cells(row: ParkedRow) -> Sequence[Cell]:
    texts = (
        row.tenant_external_id,
        row.event_type,
        row.event_id,
        row.source,
        parking_words(row.reason),
        refusal_words(row.refused_reason) if row.refused_reason else "",
    )
    return (row.at, *texts, row.received_at)


def _refused(provider_id: int, wanted: EventFilter, zone: str) -> Iterator[Sequence[Cell]]:
    query, before = wanted.refused(zone), 0
    while rows := list_refused(
        provider_id, query, before=before, limit=_REFUSED_BATCH, with_original=True
    ):
        people = emails_of(row.settled_by_id for row in rows if row.settled_by_id)
        for row in rows:
            yield _refused_cells(row, people)
        before = rows[-1].number


def _refused_cells(row: RefusedRow, people: Mapping[int, str]) -> Sequence[Cell]:
    texts = (
        row.tenant_external_id,
        row.event_type,
        row.event_id,
        row.source,
        row.via,
        row.reason,
        refusal_words(row.reason),
        row.outcome,
    )
    return (
        row.received_at,
        row.last_seen_at,
        row.times,
        row.at,
        *texts,
        row.settled_at,
        people.get(row.settled_by_id or 0, ""),
        row.original,
    )
