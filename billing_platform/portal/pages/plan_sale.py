"""Putting a version on sale: who has the plan now, when they may move, and what some of them would pay."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from billing_platform.portal.pages.plan_preview import plan_preview
from tenants.selectors.tenants import tenants_by_id
from usage.selectors.catalogue import CLIENTS_MAX, charged_clients
from usage.selectors.plan_moves import counted_anew, moves_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from billing_platform.portal.pages.plan_preview import PlanPreview
    from billing_platform.portal.pages.plans import PlanPage
    from tenants.types import ProviderView
    from usage.selectors.catalogue import VersionRow

SAMPLES: Final = 3


@dataclass(frozen=True, slots=True)
class SalePage:
    """What happens when a version goes on sale.

    Attributes:
        holders: the plan's other versions that somebody has.
        clients: how many have them, capped as each version's number is.
        only_periods: prices for which a move within a period would charge twice; empty where it would not.
        under_way: a move of this plan that is not done, or 0.
        previews: of those who are charged most.
        key: makes that one form asks once.
    """

    plan: PlanPage
    version: VersionRow
    holders: Sequence[VersionRow]
    clients: int
    is_capped: bool
    only_periods: Sequence[str]
    under_way: int
    previews: Sequence[PlanPreview]
    key: str


def sale_page(
    provider: ProviderView, plan: PlanPage, version: VersionRow, *, now: datetime
) -> SalePage:
    """Return the page, by a number of queries that does not grow with the plan's clients.

    Args:
        provider: who sells; its scope is open.
        plan: the plan, with the version's prices.
        version: the version that goes on sale, or is.
        now: the present moment.
    """
    plan_id = plan.plan.id
    holders = [each for each in plan.versions if each.clients and each.id != version.id]
    chosen = charged_clients(provider.id, plan_id, limit=SAMPLES) if holders else []
    tenants = tenants_by_id(provider.id, chosen)
    prices = [line.row for line in plan.prices]
    previews = [plan_preview(provider, tenants[each], prices, now=now) for each in chosen]
    return SalePage(
        plan=plan,
        version=version,
        holders=holders,
        clients=sum(each.clients for each in holders),
        is_capped=any(each.clients > CLIENTS_MAX for each in holders),
        only_periods=counted_anew(provider.id, plan_id, version.id),
        under_way=next(
            (move.id for move in moves_of(provider.id, plan_id) if move.finished_at is None), 0
        ),
        previews=[preview for preview in previews if preview is not None],
        key=secrets.token_urlsafe(12),
    )
