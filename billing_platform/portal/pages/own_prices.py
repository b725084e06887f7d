"""What a client pays for each component of its plans: the plan's price, and its own where one is agreed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from billing_platform.portal.pages.plan_preview import (
    PreviewLine,
    plan_preview,
    rounded_total,
)
from billing_platform.portal.pages.price_words import price_line
from usage.enums import PriceKind
from usage.selectors.catalogue import version_prices
from usage.selectors.own_prices import own_prices_of
from usage.selectors.subscribed import subscriptions_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from billing_platform.portal.pages.plan_preview import PlanPreview
    from billing_platform.portal.pages.price_words import PriceLine
    from tenants.types import ProviderView, TenantView
    from usage.selectors.catalogue import PriceRow
    from usage.selectors.own_prices import OwnPriceRow
    from usage.selectors.subscribed import SubscribedPlan


@dataclass(frozen=True, slots=True)
class OwnPrice:
    """An own price in words."""

    row: OwnPriceRow
    rates: Sequence[str]
    is_running: bool


@dataclass(frozen=True, slots=True)
class Component:
    """One component of a plan that a client has: the plan's price and the own ones, the running one first."""

    plan: SubscribedPlan
    line: PriceLine
    own: Sequence[OwnPrice]
    url: str

    @property
    def public(self) -> PriceRow:
        """The plan's price."""
        return self.line.row

    @property
    def newest(self) -> PriceRow:
        """The price that a change begins with: the own price agreed last, else the plan's."""
        return with_figures(self.public, self.own[-1].row) if self.own else self.public


@dataclass(frozen=True, slots=True)
class PricedPlan:
    """A plan that a client has or will have, with its components."""

    plan: SubscribedPlan
    components: Sequence[Component]


def priced_plans(provider_id: int, tenant: TenantView, *, now: datetime) -> list[PricedPlan]:
    """Return what a client pays for, by two queries and one for each plan that has not ended.

    Args:
        provider_id: whose client; its scope is open.
        tenant: the client.
        now: the present moment.
    """
    own = own_prices_of(provider_id, tenant.id, now=now)
    plans = subscriptions_of(provider_id, tenant.id, now=now)
    return [
        PricedPlan(plan, list(_components(provider_id, tenant, plan, own, now)))
        for plan in plans
        if plan.state(now) != "ended"
    ]


def find_component(
    plans: Sequence[PricedPlan], *, code: str, currency: str, version_id: int
) -> Component | None:
    """Return the component that an address names, or None.

    Args:
        plans: of the client.
        code: of the component.
        currency: of the component.
        version_id: of the plan's version; 0 for any.
    """
    return next(
        (
            each
            for priced in plans
            for each in priced.components
            if (each.public.code, each.public.currency) == (code, currency)
            and version_id in {0, each.plan.version_id}
        ),
        None,
    )


def with_figures(public: PriceRow, own: OwnPriceRow) -> PriceRow:
    """Return a plan's price with the figures of an own one."""
    return replace(public, model=own.model, figures=own.figures)


def own_price_preview(
    provider: ProviderView,
    tenant: TenantView,
    public: PriceRow,
    *,
    model: str,
    figures: Mapping[str, object],
    now: datetime,
) -> PlanPreview | None:
    """Return what the client's last period would have cost with an own price: that line, and the rest in one.

    Args:
        provider: who sells; its scope is open.
        tenant: the client.
        public: the plan's price.
        model: the own price's pricing model.
        figures: the own price's figures.
        now: the present moment.

    Raises:
        InvalidPriceError: the figures make no price.
    """
    wished = replace(public, model=model, figures=figures, valid_to=None)
    found = plan_preview(provider, tenant, [wished], now=now, currency=public.currency)
    if found is None or found.currency != public.currency:
        return None
    line, *others = found.lines
    rest = sum((each.was or Decimal(0) for each in others), Decimal(0))
    lines = [line]
    if others:
        lines.append(PreviewLine(_("Everything else"), None, "", rest, rest))
    would = rounded_total((each.would for each in lines), found.currency)
    return replace(found, lines=lines, would=would)


def _components(
    provider_id: int,
    tenant: TenantView,
    plan: SubscribedPlan,
    own: Sequence[OwnPriceRow],
    now: datetime,
) -> Iterator[Component]:
    seen: set[str] = set()
    path = reverse("provider-client-own-price", kwargs={"public_id": tenant.public_id})
    for row in version_prices(provider_id, plan.version_id):
        is_over = row.valid_to is not None and row.valid_to <= now
        # Setup fees are charged once, at the beginning.
        if is_over or row.currency != plan.currency or row.kind == PriceKind.SETUP:
            continue
        if row.code in seen:
            continue
        seen.add(row.code)
        of_it = (plan.version_id, row.code, row.currency)
        named = {"line": row.code, "currency": row.currency, "version": plan.version_id}
        yield Component(
            plan=plan,
            line=price_line(row),
            own=[
                OwnPrice(each, price_line(with_figures(row, each)).rates, each.starts_at <= now)
                for each in own
                if (each.version_id, each.code, each.currency) == of_it
            ],
            url=f"{path}?{urlencode(named)}",
        )
