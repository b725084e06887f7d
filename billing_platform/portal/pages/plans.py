"""The pages of a provider's plans: the list, one plan with a version's prices, and what a price comes to."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from billing_platform.kernel.currencies import exponent
from billing_platform.portal.pages.price_words import price_line, price_text
from tenants.enums import ProviderRole
from usage.enums import MoveStart, VersionState
from usage.errors import UnknownCatalogueError
from usage.selectors.catalogue import list_plans, plan_versions, version_prices
from usage.selectors.plan_moves import moves_of
from usage.selectors.preview import price_amounts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from billing_platform.portal.pages.price_words import PriceLine
    from usage.selectors.catalogue import PlanRow, VersionRow
    from usage.selectors.plan_moves import MoveRow

MAY_SELL: Final = (ProviderRole.OWNER, ProviderRole.BILLING)
_EXAMPLES: Final = (1, 10, 100, 1_000, 10_000)


@dataclass(frozen=True, slots=True)
class PlanMove:
    """An order to move a plan's clients.

    Attributes:
        starts: when each moves, in words.
        done: how many were looked at so far.
        is_to_shown: it leads to the version that the page shows.
    """

    row: MoveRow
    starts: str
    done: int
    is_to_shown: bool


@dataclass(frozen=True, slots=True)
class PlanPage:
    """A plan with one of its versions; `version` is None before there is one."""

    plan: PlanRow
    versions: Sequence[VersionRow]
    version: VersionRow | None
    prices: Sequence[PriceLine]
    may_sell: bool
    is_draft: bool
    moves: Sequence[PlanMove]
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
    """Return the page, by four queries.

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
        prices=[price_line(row) for row in prices],
        may_sell=role in MAY_SELL,
        is_draft=version is not None and version.state == VersionState.DRAFT,
        moves=[
            PlanMove(
                row=row,
                starts=str(MoveStart(row.starts).label),
                done=sum(row.counts.values()),
                is_to_shown=version is not None and version.id == row.version_id,
            )
            for row in moves_of(provider_id, plan_id)
        ],
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
        Example(quantity, price_text(str(amount.scaleb(places)), currency))
        for quantity, amount in zip(quantities, amounts, strict=True)
    ]
