"""What the page of events is asked for: tab, state, reason, type, client and day, as they stand in the address."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Self

from billing_platform.portal.pages.address import (
    address_day,
    address_moment,
    address_query,
    address_text,
    days_bounds,
    row_number,
)
from billing_platform.portal.pages.list_links import asked_size
from billing_platform.portal.refusal_words import REFUSAL_REASONS
from billing_platform.portal.words import PARKING_REASONS
from usage.enums import RefusedVerdict
from usage.selectors.parked import ParkedQuery
from usage.selectors.refused import RefusedQuery

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

USUAL_SIZE: Final = 50
_TEXT_MAX: Final = 200


class Tab(StrEnum):
    """The lists of the page."""

    PARKED = "parked"
    REJECTED = "rejected"
    CONFLICTS = "conflicts"


@dataclass(frozen=True, slots=True)
class EventFilter:
    """What is asked for; what is empty does not narrow.

    Attributes:
        done: those that left the list: refused when replayed, counted or dismissed.
        reason: a stable word of the tab.
        type: of the events.
        client: a client's own id.
        day: on which they were received, in the provider's zone.
        tried: the moment of one try, whose results are asked for.
        size: rows of a page, of SIZES.
        after: the number of the last row of the page before; 0 for the first page.
    """

    tab: Tab = Tab.PARKED
    done: bool = False
    reason: str = ""
    type: str = ""
    client: str = ""
    day: date | None = None
    tried: datetime | None = None
    size: int = USUAL_SIZE
    after: int = 0

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        """Return what an address asks for; what makes no sense is left out."""
        named = query.get("tab", "")
        tab = Tab(named) if named in set(Tab) else Tab.PARKED
        reason = query.get("reason", "")
        known = PARKING_REASONS if tab == Tab.PARKED else REFUSAL_REASONS
        return cls(
            tab=tab,
            done=query.get("done") == "1",
            reason=reason if reason in known else "",
            type=address_text(query.get("type", ""), _TEXT_MAX),
            client=address_text(query.get("client", ""), _TEXT_MAX),
            day=address_day(query.get("day", "")),
            tried=address_moment(query.get("tried", "")) if tab == Tab.REJECTED else None,
            size=asked_size(query, USUAL_SIZE),
            after=row_number(query.get("after", "")),
        )

    @property
    def narrows(self) -> bool:
        """Whether anything but tab and state is chosen."""
        return any((self.reason, self.type, self.client, self.day, self.tried))

    def query(self, *, after: int = 0) -> str:
        """Return it as the query of an address, beginning behind a row."""
        given = {
            "tab": "" if self.tab == Tab.PARKED else self.tab.value,
            "done": "1" if self.done else "",
            "reason": self.reason,
            "type": self.type,
            "client": self.client,
            "day": self.day.isoformat() if self.day else "",
            "tried": self.tried.isoformat() if self.tried else "",
            "size": self.size if self.size != USUAL_SIZE else "",
            "after": str(after or ""),
        }
        return address_query(given)

    def turned_to(self, tab: Tab, *, done: bool = False) -> EventFilter:
        """Return the same client, type and day on another list; reasons differ from list to list."""
        return replace(self, tab=tab, done=done, reason="", tried=None, after=0)

    def parked(self, zone: str) -> ParkedQuery:
        """Return it as the selector of parked events asks; the day is one of a zone."""
        starts, ends = days_bounds(self.day, self.day, zone)
        return ParkedQuery(self.done, self.reason, self.type, self.client, starts, ends)

    def refused(self, zone: str) -> RefusedQuery:
        """Return it as the selector of refused events asks; the day is one of a zone."""
        starts, ends = days_bounds(self.day, self.day, zone)
        is_conflict = self.tab == Tab.CONFLICTS
        verdict = RefusedVerdict.CONFLICT if is_conflict else RefusedVerdict.REJECTED
        return RefusedQuery(
            verdict=verdict.value,
            settled=self.done,
            reason=self.reason,
            event_type=self.type,
            tenant=self.client,
            starts=starts,
            ends=ends,
            tried_at=self.tried,
        )
