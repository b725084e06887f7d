"""The page of costs by day: running periods beside those before them, with an estimate of their rest and a budget.

The figures of a table are those of the chart above it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import zip_longest
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import get_language, gettext

from billing_platform.kernel.currencies import exponent
from billing_platform.kernel.periods import Period, previous_period
from billing_platform.portal.formats import format_span
from billing_platform.portal.pages.address import address_query
from billing_platform.portal.pages.cost_days import (
    GRAINS,
    TITLES,
    CostDay,
    added_up,
    line_keys,
    together,
    with_urls,
)
from billing_platform.portal.pages.cost_parts import RESOURCE, SUM, apart, cost_links, found_costs
from billing_platform.portal.pages.cost_series import cost_series
from billing_platform.portal.pages.usage import shown_places
from tenants.registry import CHARGING_COST_DECIMALS
from tenants.selectors.settings import get_setting
from usage.selectors import resource_costs as shares
from usage.selectors.budgets import budgets_of
from usage.selectors.consumption import usage_this_period
from usage.selectors.period_forecast import days_ahead

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from billing_platform.kernel.money import Money
    from billing_platform.portal.pages.list_links import ListLink
    from tenants.types import TenantView
    from usage.selectors.hour_costs import HourCost
    from usage.selectors.period_forecast import DayAhead
    from usage.types import UsagePeriod

_ONE_DAY: Final = timedelta(days=1)
_ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class PeriodCosts:
    """The running period in one currency.

    Attributes:
        days: the period in words.
        rows: its days from the first with a cost on; where it is added up, each with those before it.
        is_shortened: days before the first cost are left out.
        so_far: what it came to; `rest` of it belongs to no day, for instance a minimum.
        estimate: what is still to come.
        before: what the period before came to by its days; None where nothing was used.
        budget: of the whole period; `line` is where it is drawn, for a day or for the period.
    """

    currency: str
    days: str
    columns: Sequence[str]
    rows: Sequence[CostDay]
    is_shortened: bool
    so_far: Decimal
    rest: Decimal
    estimate: Decimal
    before: Decimal | None
    budget: Money | None
    line: Decimal | None
    decimals: int

    @property
    def forecast(self) -> Decimal:
        """Return what the whole period will come to."""
        return self.so_far + self.estimate

    @property
    def over(self) -> Decimal:
        """Return by how much the forecast is above the budget, below 0 where it is not reached."""
        return self.forecast - self.budget.to_major() if self.budget else _ZERO


@dataclass(frozen=True, slots=True)
class CostsPage:
    """The page; `made_at` is the moment of its estimates, `grain` of GRAINS.

    Attributes:
        told_from: the first day that is told apart by resource; None where all are.
        events_max: how many events are read for that.
    """

    title: str
    periods: Sequence[PeriodCosts]
    views: Sequence[ListLink]
    grains: Sequence[ListLink]
    parts: Sequence[ListLink]
    csv_url: str
    is_sum: bool
    by_resource: bool
    told_from: date | None
    events_max: int
    grain: str
    made_at: datetime
    zone: str


def costs_page(
    tenant: TenantView, *, view: str = "", grain: str = "", part: str = "", now: datetime
) -> CostsPage:
    """Return the page, by a fixed number of queries.

    Args:
        tenant: whose; its scope is open.
        view: of VIEWS; anything else is each by itself.
        grain: of GRAINS; anything else is by day.
        part: of PARTS; anything else is by product.
        now: the present moment.
    """
    is_sum, grain = view == SUM, grain if grain in GRAINS else ""
    by_resource = part == RESOURCE
    zone = ZoneInfo(tenant.time_zone)
    periods = usage_this_period(tenant.provider_id, tenant.id)
    ahead = days_ahead(tenant, periods, now=now)
    budgets = budgets_of(tenant.provider_id, tenant.id)
    most: int = get_setting(tenant.provider_id, CHARGING_COST_DECIMALS)
    former = {period.period_id: _before(period, tenant) for period in periods}
    found, told_from = found_costs(tenant, periods, former, by_resource=by_resource)
    chosen = {
        "by": grain,
        "show": SUM if is_sum else "",
        "of": RESOURCE if by_resource else "",
    }
    links = cost_links(chosen)
    return CostsPage(
        title=gettext(TITLES[grain]),
        periods=[
            _period(
                period,
                _Days(found, former[period.period_id], zone),
                ahead[period.period_id],
                budgets.get(period.currency),
                most=most,
                view=(grain, is_sum, by_resource),
            )
            for period in periods
        ],
        views=links["show"],
        grains=links["by"],
        parts=links["of"],
        csv_url=reverse("billing-costs-csv") + address_query(chosen),
        is_sum=is_sum,
        by_resource=by_resource,
        told_from=told_from.astimezone(zone).date() if told_from else None,
        events_max=shares.EVENTS_MAX,
        grain=grain,
        made_at=now,
        zone=tenant.time_zone,
    )


@dataclass(frozen=True, slots=True)
class _Days:
    """What the days of two periods cost; `before` is the former one."""

    found: Sequence[HourCost]
    before: Period
    zone: ZoneInfo


def _before(period: UsagePeriod, tenant: TenantView) -> Period:
    running = Period(period.starts, period.ends)
    return previous_period(running, tenant.time_zone, tenant.anchor_day)


def _period(
    period: UsagePeriod,
    days: _Days,
    ahead: Sequence[DayAhead],
    budget: Money | None,
    *,
    most: int,
    view: tuple[str, bool, bool],
) -> PeriodCosts:
    grain, is_sum, by_resource = view
    least = exponent(period.currency)
    own = [row for row in days.found if row.currency == period.currency]
    dates = _dates(period.starts, period.ends, days.zone)
    running = [row for row in own if row.period_ends == period.ends]
    series = cost_series(running, apart(by_resource=by_resource))
    columns = list(dict.fromkeys(series.values()))
    former = [row for row in own if row.period_ends == period.starts]
    before = _former(former, days, least)
    rows = _rows(
        dates,
        _cells(running, series, days.zone, least),
        columns,
        {
            day.at.astimezone(days.zone).date(): Decimal(day.amount_minor).scaleb(-least)
            for day in ahead
        },
        before,
    )
    costly = (any(row.amounts) or row.estimate or row.before for row in rows)
    first = next((at for at, costs in enumerate(costly) if costs), 0)
    kept = together(rows[first:], grain)
    shown = with_urls(
        added_up(kept) if is_sum else kept,
        line_keys(columns, {} if by_resource else series, period.currency),
        is_of_a_day=not grain and not is_sum,
    )
    so_far = period.exact_minor.scaleb(-least)
    estimate = sum((row.estimate for row in rows), _ZERO)
    every = [amount for row in shown for amount in (*row.amounts, row.total, row.before or _ZERO)]
    decimals = shown_places([*every, so_far], least, max(most, least))
    rest = so_far - sum((sum(row.amounts, _ZERO) for row in rows), _ZERO)
    line = None
    if budget is not None:
        line = budget.to_major() if is_sum else budget.to_major() / len(dates)
        # A week or a month has no budget of its own: it may be cut by the period.
        line = None if grain and not is_sum else line
    return PeriodCosts(
        currency=period.currency,
        days=format_span(
            period.starts, period.ends, str(days.zone), get_language() or "en", with_hours=False
        ),
        columns=columns,
        rows=shown,
        is_shortened=first > 0,
        so_far=so_far,
        # Exact amounts may have more places than sums of decimals keep.
        rest=round(rest, decimals),
        estimate=estimate,
        before=sum(before, _ZERO) if any(before) else None,
        budget=budget,
        line=line,
        decimals=decimals,
    )


def _dates(starts: datetime, ends: datetime, zone: ZoneInfo) -> list[date]:
    first = starts.astimezone(zone).date()
    last = (ends - timedelta(microseconds=1)).astimezone(zone).date()
    return [first + number * _ONE_DAY for number in range((last - first).days + 1)]


def _cells(
    found: Sequence[HourCost], series: Mapping[str, str], zone: ZoneInfo, least: int
) -> Mapping[tuple[date, str], Decimal]:
    cells: defaultdict[tuple[date, str], Decimal] = defaultdict(Decimal)
    for row in found:
        cells[row.hour.astimezone(zone).date(), series[row.code]] += row.amount_minor.scaleb(-least)
    return cells


def _former(found: Sequence[HourCost], days: _Days, least: int) -> list[Decimal]:
    """Return what the days of the period before cost, in their order."""
    sums: defaultdict[date, Decimal] = defaultdict(Decimal)
    for row in found:
        sums[row.hour.astimezone(days.zone).date()] += row.amount_minor.scaleb(-least)
    return [sums[day] for day in _dates(days.before.starts, days.before.ends, days.zone)]


def _rows(
    dates: Sequence[date],
    cells: Mapping[tuple[date, str], Decimal],
    columns: Sequence[str],
    ahead: Mapping[date, Decimal],
    before: Sequence[Decimal],
) -> list[CostDay]:
    former = before if any(before) else ()
    return [
        CostDay(
            day=day,
            until=day,
            amounts=[cells.get((day, column), _ZERO) for column in columns],
            estimate=ahead.get(day, _ZERO),
            before=earlier,
        )
        for day, earlier in zip_longest(dates, former[: len(dates)])
    ]
