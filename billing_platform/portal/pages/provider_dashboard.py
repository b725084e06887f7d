"""The first page of a provider's people: what came in, what was earned, what is owed, and what needs attention."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from accounts.selectors.movements import (
    EARNED_KINDS,
    INCOME_KINDS,
    daily_movements,
    wallet_standing,
)
from billing_platform.kernel.caps import COUNT_CAP
from billing_platform.kernel.money import Money
from billing_platform.portal.pages.attention import attention
from billing_platform.portal.pages.blocks import Choice
from billing_platform.portal.pages.own_entries import EARNED, TAKEN, entries_url
from billing_platform.portal.pages.revenue import revenue_cells, revenue_of
from billing_platform.portal.pages.status_tabs import counted
from tenants.selectors.suspensions import count_suspended
from tenants.selectors.tenants import count_tenants
from usage.selectors.progress import charged_through
from usage.selectors.revenue import meter_revenue

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from accounts.selectors.movements import Movement, Standing
    from billing_platform.portal.list_cells import Cell
    from billing_platform.portal.pages.concern import Concern
    from tenants.types import ProviderView
    from usage.selectors.revenue import MeterDay

SPANS: Final = {
    "7": gettext_noop("7 days"),
    "30": gettext_noop("30 days"),
    "90": gettext_noop("90 days"),
}


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day: what was earned by meter and kind of revenue, together, and what came in, with where their rows are."""

    day: date
    earned: Sequence[Money]
    together: Money
    taken_in: Money
    earned_url: str
    taken_url: str


@dataclass(frozen=True, slots=True)
class Book:
    """The days of one currency, oldest first, without a gap; the figures above it are the sums of its columns.

    Attributes:
        is_told_apart: whether usage is told apart by meter in it.
        before, taken_before: what was earned and came in in as many days before.
        owed: the sum of all wallets below 0, and `below` how many they are.
        held: credit that is still to be used.
        earned_url, taken_url: where the rows are that come to `earned` and `taken_in`.
    """

    currency: str
    columns: Sequence[str]
    is_told_apart: bool
    rows: Sequence[DayRow]
    sums: Sequence[Money]
    earned: Money
    before: Money
    taken_in: Money
    taken_before: Money
    owed: Money
    below: int
    held: Money
    earned_url: str
    taken_url: str


@dataclass(frozen=True, slots=True)
class ProviderDashboard:
    """The page; `clients` counts all but closed ones, `suspended` those that are suspended now; both say it in words.

    They are counted no further than the list of clients does; `plural` chooses the words beside `clients`.
    """

    books: Sequence[Book]
    spans: Sequence[Choice]
    days: str
    clients: str
    plural: int
    suspended: str
    concerns: Sequence[Concern]
    clients_url: str
    below_url: str
    suspended_url: str
    csv_url: str
    charged_through: datetime | None
    zone: str


def provider_dashboard(provider: ProviderView, *, span: str, now: datetime) -> ProviderDashboard:
    """Return the page, by a fixed number of queries.

    Args:
        provider: whose; its scope is open.
        span: one of SPANS; anything else is 30 days.
        now: the present moment; its day is the last one.
    """
    chosen = span if span in SPANS else "30"
    days = _days(provider, chosen, now)
    before = days[0] - timedelta(days=int(chosen))
    moved = daily_movements(
        provider.id, [*EARNED_KINDS, *INCOME_KINDS], since=before, zone=provider.time_zone
    )
    meters = meter_revenue(provider.id, since=days[0], until=days[-1])
    standing = {row.currency: row for row in wallet_standing(provider.id)}
    currencies = sorted({provider.currency, *standing, *(row.currency for row in moved)})
    counts = count_tenants(provider.id, most=COUNT_CAP + 1)
    clients = sum(counts.values()) - counts.get("closed", 0)
    through = charged_through(provider.id)
    path = reverse("provider-clients")
    return ProviderDashboard(
        books=[_book(code, days, moved, meters, standing.get(code)) for code in currencies],
        spans=[Choice(value, gettext(label), value == chosen) for value, label in SPANS.items()],
        days=gettext(SPANS[chosen]),
        clients=counted(clients),
        plural=clients,
        suspended=counted(counts.get("suspended", 0)),
        concerns=attention(
            provider.id, count_suspended(provider.id), through, today=days[-1], now=now
        ),
        clients_url=path,
        below_url=f"{path}?below=0",
        suspended_url=f"{path}?status=suspended",
        csv_url=f"{reverse('provider-revenue-csv')}?days={chosen}",
        charged_through=through,
        zone=provider.time_zone,
    )


def revenue_file(provider: ProviderView, *, span: str, now: datetime) -> Iterator[Sequence[Cell]]:
    """Yield the lines of the revenue's CSV, the same figures as the table's; every meter by itself.

    Args:
        provider: whose; its scope is open while it is read.
        span: one of SPANS; anything else is 30 days.
        now: the present moment.
    """
    days = _days(provider, span, now)
    moved = daily_movements(provider.id, EARNED_KINDS, since=days[0], zone=provider.time_zone)
    meters = meter_revenue(provider.id, since=days[0], until=days[-1])
    currencies = sorted({row.currency for row in moved} | {row.currency for row in meters})
    yield from revenue_cells(currencies, days, moved, meters)


def _days(provider: ProviderView, span: str, now: datetime) -> list[date]:
    count = int(span if span in SPANS else "30")
    today = now.astimezone(ZoneInfo(provider.time_zone)).date()
    return [today - timedelta(days=count - number) for number in range(1, count + 1)]


def _book(
    currency: str,
    days: Sequence[date],
    moved: Sequence[Movement],
    meters: Sequence[MeterDay],
    standing: Standing | None,
) -> Book:
    revenue = revenue_of(currency, days, moved, meters)
    income: defaultdict[date, int] = defaultdict(int)
    earlier = 0
    for row in moved:
        if row.currency == currency and row.kind not in EARNED_KINDS:
            income[row.day] -= row.amount_minor
        elif row.currency == currency and row.day < days[0]:
            earlier += row.amount_minor
    taken_before = sum(amount for day, amount in income.items() if day < days[0])
    rows = [_day(day, revenue.rows[day], income[day], currency) for day in days]
    sums = [sum(cells) for cells in zip(*revenue.rows.values(), strict=True)]
    return Book(
        currency=currency,
        columns=revenue.columns,
        is_told_apart=revenue.differs is not None,
        rows=rows,
        sums=[Money(amount, currency) for amount in sums],
        earned=Money(sum(sums), currency),
        before=Money(earlier, currency),
        taken_in=Money(sum(row.taken_in.amount_minor for row in rows), currency),
        taken_before=Money(taken_before, currency),
        owed=Money(standing.owed_minor if standing else 0, currency),
        below=standing.below if standing else 0,
        held=Money(standing.held_minor if standing else 0, currency),
        earned_url=entries_url(EARNED, currency, days[0], days[-1]),
        taken_url=entries_url(TAKEN, currency, days[0], days[-1]),
    )


def _day(day: date, earned: Sequence[int], income: int, currency: str) -> DayRow:
    return DayRow(
        day=day,
        earned=[Money(amount, currency) for amount in earned],
        together=Money(sum(earned), currency),
        taken_in=Money(income, currency),
        earned_url=entries_url(EARNED, currency, day, day),
        taken_url=entries_url(TAKEN, currency, day, day),
    )
