"""The figures of a customer's page of costs as CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from billing_platform.portal.pages.cost_parts import SUM
from billing_platform.portal.pages.period_costs import costs_page

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from billing_platform.portal.list_cells import Cell
    from tenants.types import TenantView

COSTS_HEAD: Final = ("From", "To", "What", "Amount", "Currency", "Figure")


def costs_cells(
    tenant: TenantView, *, view: str, grain: str, part: str = "", now: datetime
) -> Iterator[Sequence[Cell]]:
    """Yield one line for each figure of the table that is not nothing, with exact amounts.

    The last column says what a figure is: a `cost`, an `estimate`, one of the `period_before`, or a cost of `no_day`.
    Only costs, with those of no day, come to the period; figures that are added up begin with the period's first day.

    Args:
        tenant: whose; its scope is open while it is read.
        view: of VIEWS.
        grain: of GRAINS.
        part: of PARTS.
        now: the present moment, which estimates are made at.
    """
    for costs in costs_page(tenant, view=view, grain=grain, part=part, now=now).periods:
        if not costs.rows:
            continue
        first, last = costs.rows[0].day, costs.rows[-1].until
        for row in costs.rows:
            starts = first if view == SUM else row.day
            figures = [(*each, "cost") for each in zip(costs.columns, row.amounts, strict=True)]
            figures.append((_("Estimate"), row.estimate, "estimate"))
            if row.before is not None:
                figures.append((_("Period before"), row.before, "period_before"))
            for what, amount, figure in figures:
                if amount:
                    # Shares have twelve places of a minor unit, most of them empty.
                    yield (starts, row.until, what, amount.normalize(), costs.currency, figure)
        if costs.rest:
            words = _("of which tied to no day, for instance a minimum")
            yield (first, last, words, costs.rest, costs.currency, "no_day")
