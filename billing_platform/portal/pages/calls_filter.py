"""What Call History is asked for: days, number, direction and place, as they stand in the address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Final, Self

from django.utils.translation import gettext as _

from billing_platform.portal.pages.address import (
    address_day,
    address_moment,
    address_query,
    address_text,
    days_bounds,
    row_number,
)
from billing_platform.portal.pages.list_links import asked_size
from usage.calls import DIRECTIONS
from usage.selectors.calls import CallKey, CallQuery

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

USUAL_SIZE: Final = 50
_NUMBER_MAX: Final = 60
_CLIENT_MAX: Final = 200
_EVENT_MAX: Final = 300


@dataclass(frozen=True, slots=True)
class CallFilter:
    """What is asked for.

    Attributes:
        since, until: days in the page's zone, both included; None for no bound.
        client: which client's, where calls of all are listed: an id or part of a name; empty for all.
        problem: what could not be read, in words; the rest holds.
        size: rows of a page, of SIZES.
        before: the call behind which the page begins; None for the newest.
    """

    since: date | None = None
    until: date | None = None
    number: str = ""
    direction: str = ""
    client: str = ""
    problem: str = ""
    size: int = USUAL_SIZE
    before: CallKey | None = None

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        """Return what the query of an address asks for; a day that is none is said so."""
        since, until = address_day(query.get("since", "")), address_day(query.get("until", ""))
        direction = query.get("direction", "")
        problem = ""
        if any(query.get(name) and not day for name, day in (("since", since), ("until", until))):
            problem = _("A day is written like 2026-11-20. The calls of all days are shown.")
        elif since and until and until < since:
            problem = _("The last day lies before the first one, so there are no calls.")
        return cls(
            since=since,
            until=until,
            number=address_text(query.get("number", ""), _NUMBER_MAX),
            direction=direction if direction in DIRECTIONS else "",
            client=address_text(query.get("client", ""), _CLIENT_MAX),
            problem=problem,
            size=asked_size(query, USUAL_SIZE),
            before=_key(query.get("before", "")),
        )

    def query(self) -> str:
        """Return it as the query of an address."""
        given = {
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
            "number": self.number,
            "direction": self.direction,
            "client": self.client,
            "size": self.size if self.size != USUAL_SIZE else "",
            "before": _key_text(self.before) if self.before else "",
        }
        return address_query(given)

    def wanted(self, zone: str) -> CallQuery:
        """Return it as the selector asks; days become moments in a zone."""
        starts, ends = days_bounds(self.since, self.until, zone)
        return CallQuery(
            starts=starts,
            ends=ends,
            number=self.number,
            direction=self.direction,
        )


def _key_text(key: CallKey) -> str:
    return f"{key.at.astimezone(UTC).isoformat()}~{key.source_id}~{key.event_id}"


def _key(text: str) -> CallKey | None:
    """Return the place that an address names, or None for one that was tampered with."""
    at_text, _, rest = text.partition("~")
    source, _, event_id = rest.partition("~")
    at, source_id = address_moment(at_text), row_number(source)
    if at is None or not source_id or len(event_id) > _EVENT_MAX or "\0" in event_id:
        return None
    return CallKey(at, source_id, event_id)
