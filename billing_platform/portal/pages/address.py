"""How pages write what they were asked for into an address, and read texts, numbers, days and moments from one."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Beyond these years nothing is charged, and a day more would be no date.
_YEARS: Final = range(1971, 9999)
# What fits into a bigint for certain.
_DIGITS: Final = 18


def address_query(given: Mapping[str, object] | Iterable[tuple[str, object]]) -> str:
    """Return the query of an address with its question mark; empty where nothing is asked for.

    Args:
        given: values by name; what is empty, None or 0 is left out.
    """
    pairs = dict(given).items()
    filled = {name: value for name, value in pairs if value}
    return f"?{urlencode(filled)}" if filled else ""


def address_text(text: str, most: int) -> str:
    """Return a text as it may be looked for: without what no column can hold, no longer than a limit.

    Args:
        text: as it stands in the address.
        most: so many characters.
    """
    return text.replace("\x00", "").strip()[:most]


def row_number(text: str) -> int:
    """Return the number of a row that a text names; 0, which no row has, when it names none."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= _DIGITS
    return int(text) if is_number else 0


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


def address_moment(text: str) -> datetime | None:
    """Return the moment that an address names, or None where it names none.

    Args:
        text: as it stands in the address, for instance `2026-11-20T08:00:00+00:00`.
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo and at.year in _YEARS else None


def address_hour(text: str) -> datetime | None:
    """Return the hour that an address names, or None where it names none.

    Args:
        text: as `hour_text` writes it, for instance `2026-11-20T08`.
    """
    try:
        hour = datetime.strptime(text, "%Y-%m-%dT%H").replace(tzinfo=UTC)
    except ValueError:
        return None
    return hour if hour.year in _YEARS else None


def hour_text(hour: datetime) -> str:
    """Return an hour as an address names it, in UTC."""
    return f"{hour.astimezone(UTC):%Y-%m-%dT%H}"


def days_bounds(
    since: date | None, until: date | None, zone: str
) -> tuple[datetime | None, datetime | None]:
    """Return when days begin and when they are over; None for no bound.

    Args:
        since: the first day.
        until: the last one.
        zone: in which a day begins at midnight.
    """
    here = ZoneInfo(zone)
    ends = until + timedelta(days=1) if until else None
    return (
        datetime.combine(since, time(), here) if since else None,
        datetime.combine(ends, time(), here) if ends else None,
    )
