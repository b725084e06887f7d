"""How figures and moments are written on pages: by locale, with their currency or zone. Pure; called by the tags."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, get_timezone_name
from django.utils.translation import get_language

from billing_platform.kernel.formats import (
    MomentStyle,
    format_amount,
    format_day,
    format_days,
    format_exact,
    format_moment,
    format_quantity,
    pattern_of,
    signs_of,
)

if TYPE_CHECKING:
    from datetime import datetime

__all__ = [
    "MomentStyle",
    "format_amount",
    "format_count",
    "format_day",
    "format_exact",
    "format_moment",
    "format_quantity",
    "format_span",
    "zone_name",
]


def format_count(count: int) -> str:
    """Return a number of things as the reader's language writes it, for instance `1,234`."""
    return f"{count:,}".translate(signs_of(get_language() or "en"))


def format_span(
    starts: datetime, ends: datetime, zone: str, locale: str, *, with_hours: bool
) -> str:
    """Return a half-open stretch of time, for instance `20 Nov, 13:00 – 14:00` or `1 – 30 Nov 2026`.

    Args:
        starts: its first moment.
        ends: the moment behind it; without hours the day before it is named.
        zone: an IANA name.
        locale: a locale like `en`.
        with_hours: whether it is counted in hours or in days.
    """
    place = ZoneInfo(zone)
    first = starts.astimezone(place)
    last = (ends if with_hours else ends - timedelta(microseconds=1)).astimezone(place)
    if with_hours:
        same_day = first.date() == last.date()
        full = pattern_of("d MMM, HH:mm", locale)
        end = format_datetime(last, "HH:mm" if same_day else full, locale=locale)
        return f"{format_datetime(first, full, locale=locale)} – {end}"
    return format_days(first.date(), last.date(), locale)


@lru_cache(maxsize=8192)
def zone_name(at: datetime, zone: str, locale: str) -> str:
    """Return the short name of a zone at a moment, for instance `UTC` or `CET`."""
    return get_timezone_name(at.astimezone(ZoneInfo(zone)), width="short", locale=locale)
