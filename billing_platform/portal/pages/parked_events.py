"""The page of a provider's parked events: what waits for a client or a meter, and what was refused in the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from billing_platform.portal.formats import format_count
from billing_platform.portal.words import PARKING_REASONS
from tenants.enums import ProviderRole
from usage.selectors.parked import count_parked, list_parked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from usage.selectors.parked import ParkedRow

PAGE_SIZE: Final = 50
MAY_REPLAY: Final = (ProviderRole.OWNER, ProviderRole.BILLING, ProviderRole.SUPPORT)


@dataclass(frozen=True, slots=True)
class EventFilter:
    """What is asked for.

    Attributes:
        refused: what a meter refused when it was replayed, instead of what waits.
        reason: of PARKING_REASONS, or empty for all.
        after: the number of the last row of the page before.
    """

    refused: bool = False
    reason: str = ""
    after: int = 0


@dataclass(frozen=True, slots=True)
class EventTab:
    """A choice above the list."""

    label: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class EventLine:
    """An event with the reason in words."""

    row: ParkedRow
    words: str


@dataclass(frozen=True, slots=True)
class ParkedEventsPage:
    """The events of one choice, oldest first."""

    tabs: Sequence[EventTab]
    lines: Sequence[EventLine]
    waiting: int
    may_replay: bool
    is_refused: bool
    next_url: str
    zone: str


def parked_events_page(
    provider_id: int, *, wanted: EventFilter, role: str, zone: str
) -> ParkedEventsPage:
    """Return the page, by three queries.

    Args:
        provider_id: whose; its scope is open.
        wanted: which events.
        role: of the person who looks, of ProviderRole.
        zone: the provider's time zone.
    """
    counts = count_parked(provider_id)
    rows = list_parked(
        provider_id,
        refused=wanted.refused,
        reason=wanted.reason,
        after=wanted.after,
        limit=PAGE_SIZE + 1,
    )
    shown = rows[:PAGE_SIZE]
    return ParkedEventsPage(
        tabs=_tabs(wanted, counts),
        lines=[EventLine(row, _words(row)) for row in shown],
        waiting=sum(counts.values()),
        may_replay=role in MAY_REPLAY,
        is_refused=wanted.refused,
        next_url=_url(wanted, after=shown[-1].number) if len(rows) > PAGE_SIZE else "",
        zone=zone,
    )


def _tabs(wanted: EventFilter, counts: dict[str, int]) -> list[EventTab]:
    everything = EventFilter()
    is_all = not wanted.refused and not wanted.reason
    tabs = [
        EventTab(
            _("All that wait: %s") % format_count(sum(counts.values())), _url(everything), is_all
        )
    ]
    for reason, words in PARKING_REASONS.items():
        label = f"{words[0].upper()}{words[1:]}: {format_count(counts.get(reason, 0))}"
        is_current = not wanted.refused and wanted.reason == reason
        tabs.append(EventTab(label, _url(EventFilter(reason=reason)), is_current))
    return [*tabs, EventTab(_("Refused"), _url(EventFilter(refused=True)), wanted.refused)]


def _words(row: ParkedRow) -> str:
    if row.refused_reason:
        return _("Refused: %s") % row.refused_reason.replace("_", " ")
    words = PARKING_REASONS.get(row.reason, row.reason)
    return f"{words[0].upper()}{words[1:]}"


def _url(wanted: EventFilter, *, after: int = 0) -> str:
    query = {"refused": "1" if wanted.refused else "", "reason": wanted.reason, "after": after}
    kept = {name: value for name, value in query.items() if value}
    path = reverse("provider-events")
    return f"{path}?{urlencode(kept)}" if kept else path
