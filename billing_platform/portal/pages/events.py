"""The page of events that were not counted: parked, rejected and conflicting ones, each list with its filters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from billing_platform.portal.pages.events_filter import EventFilter, Tab
from billing_platform.portal.pages.status_tabs import counted
from billing_platform.portal.refusal_words import OUTCOMES, VIAS, refusal_words
from billing_platform.portal.words import PARKING_REASONS
from tenants.enums import ProviderRole
from tenants.selectors.changes import emails_of
from usage.enums import RefusedVerdict
from usage.selectors.meters import event_types
from usage.selectors.parked import count_parked, list_parked
from usage.selectors.refused import count_refused, list_refused
from usage.services.refusals import KEPT_MAX
from usage.services.retries import RETRY_MAX

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from usage.selectors.parked import ParkedRow
    from usage.selectors.refused import RefusedRow

MAY_REPLAY: Final = (ProviderRole.OWNER, ProviderRole.BILLING, ProviderRole.SUPPORT)


@dataclass(frozen=True, slots=True)
class EventTab:
    """A choice above the list."""

    label: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class ReasonChoice:
    """A reason that may be chosen, with how many there are."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class EventLine:
    """An event of the list.

    Attributes:
        url: where it is shown whole.
        why: the reason in words.
        result: what became of it, or of the last try; empty while nothing was done.
        by: who did it.
        times: how often it was sent; 1 for parked ones.
        last_seen_at: None when it was sent once.
    """

    url: str
    at: datetime | None
    client: str
    type: str
    event_id: str
    source: str
    via: str
    why: str
    result: str
    by: str
    times: int
    received_at: datetime
    last_seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class EventsPage:
    """The events of one choice.

    Attributes:
        states: the open ones, or those that left the list.
        waiting: how many parked ones wait, in words; empty for none.
        query: the filters, for addresses that act on what they leave.
        tries_max: how many are tried again at most.
        is_full: so many are open that further ones are not kept.
    """

    tab: Tab
    tabs: Sequence[EventTab]
    states: Sequence[EventTab]
    wanted: EventFilter
    reasons: Sequence[ReasonChoice]
    types: Sequence[str]
    lines: Sequence[EventLine]
    waiting: str
    may_act: bool
    is_full: bool
    query: str
    tries_max: int
    clear_url: str
    csv_url: str
    newest_url: str
    older_url: str
    zone: str


def events_page(provider_id: int, *, wanted: EventFilter, role: str, zone: str) -> EventsPage:
    """Return the page, by a fixed number of queries.

    Args:
        provider_id: whose; its scope is open.
        wanted: which events.
        role: of the person who looks, of ProviderRole.
        zone: the provider's time zone.
    """
    parked, refused = count_parked(provider_id), count_refused(provider_id)
    lines, last = (
        _parked_lines(provider_id, wanted, zone)
        if wanted.tab == Tab.PARKED
        else _refused_lines(provider_id, wanted, zone)
    )
    path, counts = reverse("provider-events"), _counts(wanted.tab, parked, refused)
    clear = EventFilter(tab=wanted.tab, done=wanted.done).query()
    return EventsPage(
        tab=wanted.tab,
        tabs=_tabs(wanted, path, parked, refused),
        states=_states(wanted, path),
        wanted=wanted,
        reasons=_reasons(wanted, counts),
        types=event_types(provider_id),
        lines=lines,
        waiting=counted(sum(parked.values())) if parked else "",
        may_act=role in MAY_REPLAY,
        is_full=wanted.tab != Tab.PARKED and sum(counts.values()) >= KEPT_MAX,
        query=wanted.query(),
        tries_max=RETRY_MAX,
        clear_url=f"{path}{clear}",
        csv_url=f"{reverse('provider-events-csv')}{wanted.query()}",
        newest_url=f"{path}{wanted.query()}" if wanted.after else "",
        older_url=f"{path}{wanted.query(after=last)}" if last else "",
        zone=zone,
    )


def refusal_result(row: RefusedRow) -> str:
    """Return what became of a refused event in words; empty while nothing was done."""
    if row.outcome:
        return OUTCOMES[row.outcome]
    return _("Tried again, still refused") if row.tried_at else ""


def _parked_lines(provider_id: int, wanted: EventFilter, zone: str) -> tuple[list[EventLine], int]:
    rows = list_parked(provider_id, wanted.parked(zone), after=wanted.after, limit=wanted.size + 1)
    shown = rows[: wanted.size]
    return [_parked_line(row) for row in shown], _last(rows, wanted.size)


def _parked_line(row: ParkedRow) -> EventLine:
    return EventLine(
        url=reverse("provider-event-parked", kwargs={"parked_id": row.number}),
        at=row.at,
        client=row.tenant_external_id,
        type=row.event_type,
        event_id=row.event_id,
        source=row.source,
        via="",
        why=parking_words(row.reason),
        result=refusal_words(row.refused_reason) if row.refused_reason else "",
        by="",
        times=1,
        received_at=row.received_at,
        last_seen_at=None,
    )


def parking_words(reason: str) -> str:
    """Return why an event waits, as a line of its own."""
    words = PARKING_REASONS.get(reason, reason)
    return f"{words[0].upper()}{words[1:]}"


def _refused_lines(provider_id: int, wanted: EventFilter, zone: str) -> tuple[list[EventLine], int]:
    rows = list_refused(
        provider_id, wanted.refused(zone), before=wanted.after, limit=wanted.size + 1
    )
    shown = rows[: wanted.size]
    people = emails_of(
        number for row in shown for number in (row.settled_by_id, row.tried_by_id) if number
    )
    return [_refused_line(row, people) for row in shown], _last(rows, wanted.size)


def _refused_line(row: RefusedRow, people: Mapping[int, str]) -> EventLine:
    by = row.settled_by_id if row.outcome else row.tried_by_id
    return EventLine(
        url=reverse("provider-event", kwargs={"refused_id": row.number}),
        at=row.at,
        client=row.tenant_external_id,
        type=row.event_type,
        event_id=row.event_id,
        source=row.source,
        via=VIAS.get(row.via, ""),
        why=refusal_words(row.reason),
        result=refusal_result(row),
        by=people.get(by or 0, ""),
        times=row.times,
        received_at=row.received_at,
        last_seen_at=row.last_seen_at if row.times > 1 else None,
    )


def _last(rows: Sequence[ParkedRow] | Sequence[RefusedRow], size: int) -> int:
    """Return the number of the page's last row when there are more behind it, else 0."""
    return rows[size - 1].number if len(rows) > size else 0


def _counts(
    tab: Tab, parked: Mapping[str, int], refused: Mapping[tuple[str, str], int]
) -> dict[str, int]:
    if tab == Tab.PARKED:
        return dict(parked)
    verdict = RefusedVerdict.CONFLICT if tab == Tab.CONFLICTS else RefusedVerdict.REJECTED
    return {reason: count for (of, reason), count in refused.items() if of == verdict}


def _tabs(
    wanted: EventFilter,
    path: str,
    parked: Mapping[str, int],
    refused: Mapping[tuple[str, str], int],
) -> list[EventTab]:
    labels = {
        Tab.PARKED: _("Parked: %s"),
        Tab.REJECTED: _("Rejected: %s"),
        Tab.CONFLICTS: _("Conflicts: %s"),
    }
    return [
        EventTab(
            label % counted(sum(_counts(tab, parked, refused).values())),
            f"{path}{wanted.turned_to(tab).query()}",
            tab == wanted.tab,
        )
        for tab, label in labels.items()
    ]


def _states(wanted: EventFilter, path: str) -> list[EventTab]:
    labels = (_("Open"), _("Done"))
    if wanted.tab == Tab.PARKED:
        labels = (_("Waiting"), _("Refused when replayed"))
    return [
        EventTab(
            label,
            f"{path}{wanted.turned_to(wanted.tab, done=done).query()}",
            wanted.done is done and not wanted.tried,
        )
        for label, done in zip(labels, (False, True), strict=True)
    ]


def _reasons(wanted: EventFilter, counts: Mapping[str, int]) -> list[ReasonChoice]:
    words = parking_words if wanted.tab == Tab.PARKED else refusal_words
    found = dict(counts)
    if wanted.reason:
        found.setdefault(wanted.reason, 0)
    return [
        ReasonChoice(reason, f"{words(reason)} ({counted(count)})", reason == wanted.reason)
        for reason, count in sorted(found.items())
    ]
