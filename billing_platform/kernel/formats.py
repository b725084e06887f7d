"""How an amount and a moment are written for people, by locale. Pure; called by pages and by who writes mails."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import get_decimal_symbol, get_group_symbol

from billing_platform.kernel.currencies import exponent

if TYPE_CHECKING:
    from datetime import date, datetime

    from billing_platform.kernel.money import Money

MomentStyle = Literal["minute", "date", "hour", "full"]

# Quantities are stored with at most so many.
_PLACES = 18

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
    return fixed(money.to_major(), places, locale)


def format_exact(amount: Decimal, currency: str, locale: str, *, places: int) -> str:
    """Return an exact amount in major units with a fixed number of places.

    Args:
        amount: exact major units.
        currency: ISO 4217.
        locale: a locale like `en`.
        places: how many places are shown, at least the currency's; finer digits stay stored.
    """
    return fixed(amount, max(places, exponent(currency)), locale)


def format_price(price: Decimal, currency: str, locale: str, *, places: int) -> str:
    """Return a unit price with all its digits up to some places, and at least the currency's, for instance `0.0245`.

    Args:
        price: exact major units.
        currency: ISO 4217.
        locale: a locale like `en`.
        places: how many places are shown at most; finer digits stay stored.
    """
    shown = f"{price:.{min(max(places, exponent(currency)), _PLACES)}f}"
    digits = len(shown.rstrip("0").partition(".")[2])
    return format_exact(Decimal(shown), currency, locale, places=digits)


def format_quantity(quantity: Decimal, locale: str) -> str:
    """Return a quantity with all its digits but no empty ones, for instance `1,842,110` or `0.25`."""
    # As with amounts: a page holds a thousand of them, and Babel reads the pattern anew for each.
    text = f"{quantity:,.{_PLACES}f}".rstrip("0").rstrip(".")
    return ("0" if text == "-0" else text).translate(signs_of(locale))


def format_change(now: Money, before: Money, locale: str) -> str:
    """Return by how much an amount differs from an earlier one, in whole percent with its sign, for instance `+41%`.

    Args:
        now: the amount.
        before: the earlier one, of the same currency.
        locale: a locale like `en`.

    Returns:
        "" where nothing was before that it could be a part of: 0 or less.
    """
    if before.amount_minor <= 0:
        return ""
    change = Decimal((now - before).amount_minor * 100) / before.amount_minor
    behind: str = Locale.parse(locale).percent_formats[None].pattern.rpartition("0")[2]
    whole = f"{change.quantize(Decimal(1), ROUND_HALF_UP):+,}"
    return (whole if whole[1:] != "0" else "0").translate(signs_of(locale)) + behind


def format_day(day: date, locale: str) -> str:
    """Return a day, for instance `20 Nov 2026`."""
    return format_date(day, pattern_of("d MMM y", locale), locale=locale)


def format_days(first: date, last: date, locale: str) -> str:
    """Return a stretch of days, for instance `1 – 30 Nov 2026`.

    Args:
        first: the first of them.
        last: the last one.
        locale: a locale like `en`.
    """
    same_month = (first.year, first.month) == (last.year, last.month)
    begin = pattern_of("d", locale) if same_month else pattern_of("d MMM y", locale)
    return f"{format_date(first, begin, locale=locale)} – {format_day(last, locale)}"


def format_country(code: str, locale: str) -> str:
    """Return a country's name, or its code where nobody knows one.

    Args:
        code: ISO 3166, two letters.
        locale: a locale like `en` or `en-gb`.
    """
    return str(Locale.parse(locale.replace("-", "_")).territories.get(code, code))


def format_money(money: Money, locale: str) -> str:
    """Return an amount with its currency behind it, for instance `1,234.50 EUR`, as mails and logs write it.

    Args:
        money: any amount.
        locale: a locale like `en` or `de`.
    """
    return f"{format_amount(money, locale)} {money.currency}"


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
        day = pattern_of("d MMM y", locale)
        return format_date(at.astimezone(ZoneInfo(zone)), format=day, locale=locale)
    pattern = pattern_of(_PATTERNS[style], locale)
    return format_datetime(at, pattern, tzinfo=ZoneInfo(zone), locale=locale)


def pattern_of(pattern: str, locale: str) -> str:
    """Return the pattern of a moment as a locale writes it."""
    # German writes the day as an ordinal.
    return pattern.replace("d", "d.", 1) if locale.startswith("de") else pattern


def fixed(amount: Decimal, places: int, locale: str) -> str:
    """Return a figure with a fixed number of places, in a locale's signs."""
    # A page holds a thousand amounts, and Babel reads the pattern anew for each: ten times as long.
    return f"{amount:,.{places}f}".translate(signs_of(locale))


@lru_cache(maxsize=64)
def signs_of(locale: str) -> dict[int, str]:
    """Return what stands in a locale for the comma and the point of a plain figure."""
    return str.maketrans({",": get_group_symbol(locale), ".": get_decimal_symbol(locale)})
