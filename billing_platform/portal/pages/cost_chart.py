"""The cost-per-hour block: the last hours of a currency, line by line; the table holds the figures of the chart."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from billing_platform.kernel.currencies import exponent
from billing_platform.kernel.periods import hour_floor
from billing_platform.portal.pages.blocks import Choice
from billing_platform.portal.pages.cost_series import cost_series
from billing_platform.portal.pages.usage import shown_places
from usage.selectors.hour_costs import hour_costs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from usage.selectors.hour_costs import HourCost

SPANS: Final = {
    "24": gettext_noop("24 hours"),
    "72": gettext_noop("3 days"),
    "168": gettext_noop("7 days"),
}
_HOUR: Final = timedelta(hours=1)
_ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class ChartRow:
    """One hour: exact major units per column, and their sum."""

    hour: datetime
    amounts: Sequence[Decimal]
    total: Decimal


@dataclass(frozen=True, slots=True)
class CostChart:
    """The last hours in one currency, oldest first, without a gap."""

    currency: str
    columns: Sequence[str]
    rows: Sequence[ChartRow]
    totals: Sequence[Decimal]
    total: Decimal
    decimals: int


@dataclass(frozen=True, slots=True)
class CostCharts:
    """The block of a page: one chart per currency, and which stretch of time is chosen."""

    charts: Sequence[CostChart]
    spans: Sequence[Choice]


def cost_charts(
    provider_id: int, tenant_id: int, *, span: str, most: int, now: datetime
) -> CostCharts:
    """Return what the last hours cost, by one query.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: whose usage.
        span: one of SPANS; anything else is a day.
        most: the most places that exact amounts are shown with.
        now: the present moment; its running hour is the last one.
    """
    chosen = span if span in SPANS else "24"
    until = hour_floor(now) + _HOUR
    since = until - int(chosen) * _HOUR
    found = hour_costs(provider_id, tenant_id, since=since, until=until)
    hours = [since + number * _HOUR for number in range(int(chosen))]
    charts = [
        _chart([row for row in found if row.currency == currency], currency, hours, most)
        for currency in sorted({row.currency for row in found})
    ]
    spans = [Choice(value, _(label), is_chosen=value == chosen) for value, label in SPANS.items()]
    return CostCharts(charts, spans)


def _chart(
    found: Sequence[HourCost], currency: str, hours: Sequence[datetime], most: int
) -> CostChart:
    least = exponent(currency)
    series = cost_series(found)
    cells: defaultdict[tuple[datetime, str], Decimal] = defaultdict(Decimal)
    for row in found:
        cells[row.hour, series[row.code]] += row.amount_minor.scaleb(-least)
    labels = list(dict.fromkeys(series.values()))
    rows = []
    for hour in hours:
        amounts = [cells[hour, label] for label in labels]
        rows.append(ChartRow(hour, amounts, sum(amounts, _ZERO)))
    totals = [sum((row.amounts[place] for row in rows), _ZERO) for place in range(len(labels))]
    every = [amount for row in rows for amount in (*row.amounts, row.total)]
    return CostChart(
        currency=currency,
        columns=labels,
        rows=rows,
        totals=totals,
        total=sum(totals, _ZERO),
        decimals=shown_places(every, least, max(most, least)),
    )
