"""The figures of a customer's page of costs as CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from billing_platform.portal.pages.period_costs import costs_page

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from billing_platform.portal.list_cells import Cell
    from tenants.types import TenantView

COSTS_HEAD: Final = ("From", "To", "What", "Amount", "Currency")


def costs_cells(
    tenant: TenantView, *, view: str, grain: str, now: datetime
) -> Iterator[Sequence[Cell]]:
    """Yield one line for each figure of the table that is not nothing, with exact amounts.

    Args:
        tenant: whose; its scope is open while it is read.
        view: of VIEWS.
        grain: of GRAINS.
        now: the present moment, which estimates are made at.
    """
    for costs in costs_page(tenant, view=view, grain=grain, now=now).periods:
        for row in costs.rows:
            figures = [*zip(costs.columns, row.amounts, strict=True)]
            figures += [(_("Estimate"), row.estimate)]
            if row.before is not None:
                figures += [(_("Period before"), row.before)]
            for what, amount in figures:
                if amount:
                    yield (row.day, row.until, what, amount, costs.currency)
