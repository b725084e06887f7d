"""How figures and moments are written for people: by locale, with their currency or zone. Pure; called by the tags."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, get_timezone_name
from babel.numbers import format_decimal, get_decimal_symbol, get_group_symbol
from django.utils.translation import get_language

from billing_platform.kernel.currencies import exponent

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from billing_platform.kernel.money import Money

MomentStyle = Literal["minute", "date", "hour", "full"]

_PATTERNS: dict[str, str] = {
    "minute": "d MMM y, HH:mm",
    "hour": "EEE d MMM, HH:mm",
    "full": "d MMM y, HH:mm:ss",
}


def format_amount(money: Money, locale: str) -> str:
    """Return an amount without its currency, for instance `1,234.50` or `-12.00`; always the currency's own places.

    Args:
        money: any amount.
        locale: a locale like `en` or `de`.
    """
    places = exponent(money.currency)
    return _fixed(money.to_major(), places, locale)


def format_exact(amount: Decimal, currency: str, locale: str, *, places: int) -> str:
    """Return an exact amount in major units with a fixed number of places.

    Args:
        amount: exact major units.
        currency: ISO 4217.
        locale: a locale like `en`.
        places: how many places are shown, at least the currency's; finer digits stay stored.
    """
    return _fixed(amount, max(places, exponent(currency)), locale)


def format_quantity(quantity: Decimal, locale: str) -> str:
    """Return a quantity with all its digits but no empty ones, for instance `1,842,110` or `0.25`."""
    return format_decimal(quantity, format="#,##0.##################", locale=locale)


def format_count(count: int) -> str:
    """Return a number of things as the reader's language writes it, for instance `1,234`."""
    return f"{count:,}".translate(_signs(get_language() or "en"))


# The same hours stand on every customer's page.
@lru_cache(maxsize=8192)
def format_moment(at: datetime, zone: str, locale: str, *, style: MomentStyle = "minute") -> str:
    """Return a moment in a zone.

    Args:
        at: an aware datetime.
        zone: an IANA name.
        locale: a locale like `en`.
        style: `minute`, `hour` (with the day of the week), `date` or `full`.
    """
    if style == "date":
        day = _pattern("d MMM y", locale)
        return format_date(at.astimezone(ZoneInfo(zone)), format=day, locale=locale)
    pattern = _pattern(_PATTERNS[style], locale)
    return format_datetime(at, pattern, tzinfo=ZoneInfo(zone), locale=locale)


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
        full = _pattern("d MMM, HH:mm", locale)
        end = format_datetime(last, "HH:mm" if same_day else full, locale=locale)
        return f"{format_datetime(first, full, locale=locale)} – {end}"
    same_month = (first.year, first.month) == (last.year, last.month)
    full = _pattern("d MMM y", locale)
    begin = format_datetime(first, _pattern("d", locale) if same_month else full, locale=locale)
    return f"{begin} – {format_datetime(last, full, locale=locale)}"


@lru_cache(maxsize=8192)
def zone_name(at: datetime, zone: str, locale: str) -> str:
    """Return the short name of a zone at a moment, for instance `UTC` or `CET`."""
    return get_timezone_name(at.astimezone(ZoneInfo(zone)), width="short", locale=locale)


def _pattern(pattern: str, locale: str) -> str:
    # German writes the day as an ordinal.
    return pattern.replace("d", "d.", 1) if locale.startswith("de") else pattern


def _fixed(amount: Decimal, places: int, locale: str) -> str:
    # A page holds a thousand amounts, and Babel reads the pattern anew for each: ten times as long.
    return f"{amount:,.{places}f}".translate(_signs(locale))


@lru_cache(maxsize=64)
def _signs(locale: str) -> dict[int, str]:
    """Return what stands in a locale for the comma and the point of a plain figure."""
    return str.maketrans({",": get_group_symbol(locale), ".": get_decimal_symbol(locale)})
