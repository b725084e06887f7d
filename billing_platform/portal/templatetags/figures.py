"""Filters and tags for money, quantities and moments; pages print these through nothing else."""

from __future__ import annotations

from datetime import UTC
from functools import lru_cache
from typing import TYPE_CHECKING

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from billing_platform.kernel.formats import format_change, format_country, format_price
from billing_platform.portal import formats

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from decimal import Decimal

    from billing_platform.kernel.money import Money
    from billing_platform.portal.formats import MomentStyle

register = template.Library()


@register.filter
def money(amount: Money) -> SafeString:
    """Print an amount with its currency."""
    return _with_currency(formats.format_amount(amount, _locale()), amount.currency)


@register.filter
def amount(value: Money) -> SafeString:
    """Print an amount without its currency, for columns whose head names it."""
    return _figure(formats.format_amount(value, _locale()))


@register.simple_tag
def exact_money(value: Decimal, currency: str, places: int = 6) -> SafeString:
    """Print an exact amount in major units, before it is rounded."""
    figure = formats.format_exact(value, currency, _locale(), places=places)
    return _with_currency(figure, currency)


@register.simple_tag
def exact_figure(value: Decimal, currency: str, places: int = 6) -> SafeString:
    """Print an exact amount in major units, in a table that names its currency once."""
    figure = formats.format_exact(value, currency, _locale(), places=places)
    return _figure(figure)


@register.simple_tag
def price_money(value: Decimal, currency: str, places: int = 6) -> SafeString:
    """Print a unit price in major units without empty places behind the currency's own."""
    figure = format_price(value, currency, _locale(), places=places)
    return _with_currency(figure, currency)


@register.simple_tag
def change(now: Money, before: Money) -> SafeString:
    """Print by how many percent an amount differs from before, in green or red; nothing where nothing was."""
    words = format_change(now, before, _locale())
    colour = "text-red" if now < before else "text-green"
    return (
        format_html('<span class="{} fw-medium">{}</span> ', colour, words)
        if words
        else SafeString()
    )


@register.filter
def country(code: str) -> str:
    """Print a country's name by its two letters."""
    return format_country(code, _locale()) if code else ""


@register.simple_tag
def exact_cells(
    values: Sequence[Decimal], currency: str, places: int = 6, urls: Sequence[str] = ()
) -> SafeString:
    """Print exact amounts in major units without their currency as a row's cells, with their figures for a chart.

    Args:
        values: of the row.
        currency: of the amounts.
        places: as many decimals at most.
        urls: where what is not nothing leads; "" and none lead nowhere.
    """
    locale = _locale()
    cells = []
    for place, value in enumerate(values):
        shown = formats.format_exact(value, currency, locale, places=places)
        figure = (
            format_html('<a class="money text-reset" href="{}">{}</a>', urls[place], shown)
            if urls and urls[place] and value
            else _figure(shown)
        )
        cells.append(f'<td class="text-end" data-value="{value:f}">{figure}</td>')
    return SafeString("".join(cells))


@register.simple_tag
def amount_cells(values: Sequence[Money]) -> SafeString:
    """Print amounts without their currency as a row's cells, with their figures for a chart."""
    locale = _locale()
    cells = [
        f'<td class="text-end" data-value="{value.to_major():f}"><span class="money">'
        f"{formats.format_amount(value, locale)}</span></td>"
        for value in values
    ]
    return SafeString("".join(cells))  # digits, and what stands between them


@register.filter
def quantity(value: Decimal) -> SafeString:
    """Print a quantity."""
    # Digits, and what stands between them.
    return SafeString(f'<span class="tnum">{formats.format_quantity(value, _locale())}</span>')


@register.filter
def typed(value: Decimal) -> str:
    """Print a quantity as a person of the page's language types it."""
    return formats.format_quantity(value, _locale())


@register.filter
def plain(value: Decimal) -> str:
    """Print a number for a machine: no grouping, a point, no exponent."""
    return f"{value:f}"


@register.filter
def day(value: date) -> SafeString:
    """Print a day."""
    return format_html(
        '<time datetime="{}">{}</time>', value.isoformat(), formats.format_day(value, _locale())
    )


@register.simple_tag
def moment(at: datetime, zone: str = "UTC", style: MomentStyle = "minute") -> SafeString:
    """Print a moment in a zone; the exact one and the zone's name stand in the title."""
    return _moment(at, zone, style, _locale())


# The same hours stand on every customer's page, a hundred of them in a chart's table.
@lru_cache(maxsize=8192)
def _moment(at: datetime, zone: str, style: MomentStyle, locale: str) -> SafeString:
    title = f"{formats.format_moment(at, zone, locale, style='full')} {formats.zone_name(at, zone, locale)}"
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        at.astimezone(UTC).isoformat(timespec="seconds"),
        title,
        formats.format_moment(at, zone, locale, style=style),
    )


# Nothing of it can be taken for HTML: digits, what stands between them, and a currency of ISO 4217, or there is no
# figure. To look for it took most of the time.
def _figure(shown: str) -> SafeString:
    return SafeString(f'<span class="money">{shown}</span>')


def _with_currency(shown: str, currency: str) -> SafeString:
    return SafeString(f'<span class="money">{shown} <span class="cur">{currency}</span></span>')


def _locale() -> str:
    return (get_language() or "en").replace("-", "_")
