"""The pages of a provider's plans: the list, one plan with a version's prices, and what a price comes to."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from billing_platform.kernel.currencies import exponent
from billing_platform.portal.formats import format_exact, format_quantity
from billing_platform.portal.units import unit_price
from tenants.enums import ProviderRole
from usage.enums import PriceKind, PricingModel, VersionState
from usage.errors import UnknownCatalogueError
from usage.selectors.catalogue import list_plans, plan_versions, version_prices
from usage.selectors.preview import price_amounts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from usage.selectors.catalogue import PlanRow, PriceRow, VersionRow

MAY_SELL: Final = (ProviderRole.OWNER, ProviderRole.BILLING)
_EXAMPLES: Final = (1, 10, 100, 1_000, 10_000)


@dataclass(frozen=True, slots=True)
class PriceLine:
    """A price in words: what it is for, and one line per rate."""

    row: PriceRow
    kind: str
    rates: Sequence[str]


@dataclass(frozen=True, slots=True)
class PlanPage:
    """A plan with one of its versions; `version` is None before there is one."""

    plan: PlanRow
    versions: Sequence[VersionRow]
    version: VersionRow | None
    prices: Sequence[PriceLine]
    may_sell: bool
    is_draft: bool
    zone: str


@dataclass(frozen=True, slots=True)
class Example:
    """What a quantity costs, with its currency."""

    quantity: Decimal
    cost: str


def find_plan(provider_id: int, plan_id: int, *, now: datetime) -> PlanRow:
    """Return a plan.

    Raises:
        UnknownCatalogueError: the provider has no such plan.
    """
    found = next((plan for plan in list_plans(provider_id, now=now) if plan.id == plan_id), None)
    if found is None:
        raise UnknownCatalogueError(message=_("There is no such plan."))
    return found


def plan_page(
    provider_id: int, plan_id: int, *, version_id: int, role: str, zone: str, now: datetime
) -> PlanPage:
    """Return the page, by three queries.

    Args:
        provider_id: whose; its scope is open.
        plan_id: the plan.
        version_id: the version to show; 0 for the newest.
        role: of the person who looks, of ProviderRole.
        zone: the provider's time zone.
        now: the present moment.

    Raises:
        UnknownCatalogueError: the provider has no such plan, or the plan no such version.
    """
    plan = find_plan(provider_id, plan_id, now=now)
    versions = plan_versions(provider_id, plan_id, now=now)
    version = next((each for each in versions if version_id in {0, each.id}), None)
    if version is None and version_id:
        raise UnknownCatalogueError(message=_("There is no such plan version."))
    prices = version_prices(provider_id, version.id) if version else []
    return PlanPage(
        plan=plan,
        versions=versions,
        version=version,
        prices=[PriceLine(row, _kind(row), list(_rates(row))) for row in prices],
        may_sell=role in MAY_SELL,
        is_draft=version is not None and version.state == VersionState.DRAFT,
        zone=zone,
    )


def examples(model: str, figures: Mapping[str, Any], currency: str) -> list[Example]:
    """Return what some quantities cost, the tiers' bounds among them, by the function that charges.

    Raises:
        InvalidPriceError: the figures make no price.
    """
    bounds = [Decimal(tier["up_to"]) for tier in figures.get("tiers") or () if tier.get("up_to")]
    included = Decimal(figures.get("included") or 0)
    quantities = sorted({*map(Decimal, _EXAMPLES), *(included + bound for bound in bounds)})
    amounts = price_amounts(model=model, figures=figures, currency=currency, quantities=quantities)
    places = -exponent(currency)
    return [
        Example(quantity, _price(str(amount.scaleb(places)), currency))
        for quantity, amount in zip(quantities, amounts, strict=True)
    ]


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
        price = _price(figures.get("unit"), row.currency)
        size = Decimal(figures.get("package_size") or 1)
        is_usage = row.kind == PriceKind.USAGE
        yield unit_price(price, unit, one=row.unit_one, many=size) if is_usage else price
    for name, words in (("minimum", _("at least %s a period")), ("cap", _("at most %s a period"))):
        if figures.get(name):
            yield words % _price(figures[name], row.currency)
    if Decimal(figures.get("discount_percent") or 0):
        yield _("less %s %%") % _number(figures["discount_percent"])


def _tier(row: PriceRow, tier: Mapping[str, Any], number: int, above: Decimal | None) -> str:
    said = {
        "price": unit_price(_price(tier.get("unit"), row.currency), row.unit, one=row.unit_one),
        "up_to": _many(Decimal(tier["up_to"]), row.unit) if tier.get("up_to") else "",
        "above": _many(above, row.unit) if above is not None else "",
    }
    if said["up_to"]:
        words = _("up to %(up_to)s: %(price)s") % said
    else:
        words = _("above %(above)s: %(price)s") % said if number else said["price"]
    if Decimal(tier.get("flat") or 0):
        flat = _price(tier["flat"], row.currency)
        return _("%(tier)s and %(flat)s once") % {"tier": words, "flat": flat}
    return words


def _price(value: str | None, currency: str) -> str:
    amount = Decimal(value or 0)
    digits = -int(amount.normalize().as_tuple().exponent)
    locale = get_language() or "en"
    return f"{format_exact(amount, currency, locale, places=max(digits, 0))} {currency}"


def _many(quantity: Decimal, unit: str) -> str:
    return f"{_number(str(quantity))} {unit}"


def _number(value: str) -> str:
    return format_quantity(Decimal(value), get_language() or "en")
