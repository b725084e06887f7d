"""What the usage explorer is asked for, as it stands in the address: days or an hour, a meter, a client, a grouping."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final, Self
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from billing_platform.kernel.periods import hour_ceil
from billing_platform.portal.pages.address import (
    address_day,
    address_hour,
    address_query,
    address_text,
    hour_text,
    row_number,
)
from billing_platform.portal.pages.list_links import SPANS, span_days

if TYPE_CHECKING:
    from collections.abc import Mapping

DAYS_MAX: Final = 92
DAY, HOUR, CLIENT, METER = "day", "hour", "client", "meter"
# What reads more for each day is shown of fewer.
DAYS_MOST: Final = {HOUR: 7, CLIENT: 31}
GROUPS: Final = {
    METER: gettext_noop("Meter"),
    DAY: gettext_noop("Day"),
    HOUR: gettext_noop("Hour"),
    CLIENT: gettext_noop("Client"),
}
USUAL_SPAN: Final = "7"
_TEXT_MAX: Final = 200
_ONE_DAY: Final = timedelta(days=1)
_ONE_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class ExplorerFilter:
    """What is asked for.

    Attributes:
        span: of SPANS; empty where days of its own are given.
        since, until: the first and the last day.
        hour: one hour instead of days.
        group: of GROUPS.
        meter: a meter's code; empty for all.
        client: a client's public id, external id or part of its name; empty for all.
        after: the client behind which a page begins.
        problems: what could not be done as asked, in words; the rest holds.
    """

    span: str
    since: date
    until: date
    hour: datetime | None = None
    group: str = METER
    meter: str = ""
    client: str = ""
    after: int = 0
    problems: tuple[str, ...] = ()

    @classmethod
    def of(cls, query: Mapping[str, str], *, today: date) -> Self:
        """Return what the query of an address asks for.

        Args:
            query: of the address.
            today: the provider's present day.
        """
        problems: list[str] = []
        span, since, until = _days(query, today, problems)
        has_days = any(query.get(name) for name in ("since", "until"))
        hour = None if has_days else address_hour(query.get("hour", ""))
        if query.get("hour") and hour is None and not has_days:
            problems.append(_("There is no such hour. The days are shown instead."))
        meter = address_text(query.get("meter", ""), _TEXT_MAX)
        group = query.get("group", "")
        if group and group not in GROUPS:
            problems.append(_("Usage is grouped by meter, day, hour or client."))
        if group not in GROUPS:
            group = DAY if meter else METER
        most = DAYS_MOST.get(group, DAYS_MAX)
        if hour is None and (until - since).days >= most:
            span, since = "", until - _ONE_DAY * (most - 1)
            problems.append(_too_long(group))
        return cls(
            span=span,
            since=since,
            until=until,
            hour=hour,
            group=group,
            meter=meter,
            client=address_text(query.get("client", ""), _TEXT_MAX),
            after=row_number(query.get("after", "")),
            problems=tuple(problems),
        )

    @property
    def hour_words(self) -> str:
        """Return its hour as an address names it; empty where it asks for days."""
        return hour_text(self.hour) if self.hour else ""

    @property
    def is_by_dates(self) -> bool:
        """Return whether its days were named one by one."""
        return not self.span and self.hour is None

    def query(self) -> str:
        """Return it as the query of an address."""
        return address_query(self.fields())

    def fields(self) -> Mapping[str, str]:
        """Return it as the words of an address; some may be empty."""
        return {
            "days": self.span if self.hour is None else "",
            "since": self.since.isoformat() if self.is_by_dates else "",
            "until": self.until.isoformat() if self.is_by_dates else "",
            "hour": self.hour_words,
            "group": self.group,
            "meter": self.meter,
            "client": self.client,
            "after": str(self.after) if self.after else "",
        }

    def to(
        self,
        group: str,
        *,
        meter: str | None = None,
        client: str | None = None,
        hour: datetime | None = None,
    ) -> Self:
        """Return it grouped another way, from the first page on, narrowed to what is given."""
        return replace(
            self,
            group=group,
            after=0,
            meter=self.meter if meter is None else meter,
            client=self.client if client is None else client,
            hour=hour or self.hour,
        )

    def of_days(self, group: str) -> Self:
        """Return its days, where it asks for an hour."""
        return replace(self, group=group, after=0, hour=None)

    def of_day(self, day: date) -> Self:
        """Return the hours of one of its days."""
        return replace(self.of_days(HOUR), span="", since=day, until=day)

    def bounds(self, zone: str) -> tuple[datetime, datetime]:
        """Return its first hour and the hour behind its last one; a day begins with its first full UTC hour."""
        if self.hour is not None:
            return self.hour, self.hour + _ONE_HOUR
        return _begin(self.since, zone), _begin(self.until + _ONE_DAY, zone)


def _days(query: Mapping[str, str], today: date, problems: list[str]) -> tuple[str, date, date]:
    """Return which days are asked for: days by their dates count before a span."""
    given = [query.get(name, "").strip() for name in ("since", "until")]
    if not any(given):
        span = query.get("days", "") or USUAL_SPAN
        if span not in SPANS:
            problems.append(_("There is no such choice of days. The last 7 days are shown."))
            span = USUAL_SPAN
        return span, *span_days(span, today)
    since, until = (address_day(text) for text in given)
    if any(text and day is None for text, day in zip(given, (since, until), strict=True)):
        problems.append(_("A day is written like 2026-11-20. The last 7 days are shown."))
        return USUAL_SPAN, *span_days(USUAL_SPAN, today)
    until = until or max(today, since or today)
    since = since or until - _ONE_DAY * 6
    if until < since:
        problems.append(_("The last day lies before the first one. The first day is shown."))
        until = since
    return "", since, until


def _too_long(group: str) -> str:
    if group == HOUR:
        return _("Hours are shown for 7 days at most: these are the last 7.")
    if group == CLIENT:
        return _("Clients are shown for 31 days at most: these are the last 31.")
    return _("At most 92 days are shown at once: these are the last 92.")


def _begin(day: date, zone: str) -> datetime:
    return hour_ceil(datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC))
