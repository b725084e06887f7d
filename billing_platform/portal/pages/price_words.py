"""Prices in words: what each is for and its rates, one line per tier. Called by the pages of plans and meters."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from billing_platform.portal.formats import format_exact, format_quantity
from billing_platform.portal.units import unit_price
from usage.enums import PriceKind, PricingModel

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from usage.selectors.catalogue import PriceRow


@dataclass(frozen=True, slots=True)
class PriceLine:
    """A price in words: what it is for, and one line per rate."""

    row: PriceRow
    kind: str
    rates: Sequence[str]


def price_line(row: PriceRow) -> PriceLine:
    """Return a price in words.

    Args:
        row: the price.
    """
    return PriceLine(row, _kind(row), list(_rates(row)))


def _kind(row: PriceRow) -> str:
    if row.kind == PriceKind.USAGE:
        return f"{row.meter}, {PricingModel(row.model).label}"
    label = str(PriceKind(row.kind).label)
    if row.interval_months > 1:
        return _("%(fee)s, every %(count)s months") % {"fee": label, "count": row.interval_months}
    return _("%(fee)s, every month") % {"fee": label} if row.interval_months else label


def _rates(row: PriceRow) -> Iterator[str]:
    figures, unit = row.figures, row.unit
    included = Decimal(figures.get("included") or 0)
    if included:
        yield _("%(many)s included") % {"many": _many(included, unit)}
    tiers = figures.get("tiers") or ()
    for number, tier in enumerate(tiers):
        yield _tier(row, tier, number, Decimal(tiers[number - 1]["up_to"]) if number else None)
    if not tiers:
        price = price_text(figures.get("unit"), row.currency)
        size = Decimal(figures.get("package_size") or 1)
        is_usage = row.kind == PriceKind.USAGE
        yield unit_price(price, unit, one=row.unit_one, many=size) if is_usage else price
    for name, words in (("minimum", _("at least %s a period")), ("cap", _("at most %s a period"))):
        if figures.get(name):
            yield words % price_text(figures[name], row.currency)
    if Decimal(figures.get("discount_percent") or 0):
        yield _("less %s %%") % _number(figures["discount_percent"])


def _tier(row: PriceRow, tier: Mapping[str, Any], number: int, above: Decimal | None) -> str:
    said = {
        "price": unit_price(price_text(tier.get("unit"), row.currency), row.unit, one=row.unit_one),
        "up_to": _many(Decimal(tier["up_to"]), row.unit) if tier.get("up_to") else "",
        "above": _many(above, row.unit) if above is not None else "",
    }
    if said["up_to"]:
        words = _("up to %(up_to)s: %(price)s") % said
    else:
        words = _("above %(above)s: %(price)s") % said if number else said["price"]
    if Decimal(tier.get("flat") or 0):
        flat = price_text(tier["flat"], row.currency)
        return _("%(tier)s and %(flat)s once") % {"tier": words, "flat": flat}
    return words


def price_text(value: str | None, currency: str) -> str:
    """Return an amount in major units with all its digits and its currency.

    Args:
        value: a decimal; None for nothing.
        currency: ISO 4217.
    """
    amount = Decimal(value or 0)
    digits = -int(amount.normalize().as_tuple().exponent)
    locale = get_language() or "en"
    return f"{format_exact(amount, currency, locale, places=max(digits, 0))} {currency}"


def _many(quantity: Decimal, unit: str) -> str:
    return f"{_number(str(quantity))} {unit}"


def _number(value: str) -> str:
    return format_quantity(Decimal(value), get_language() or "en")
