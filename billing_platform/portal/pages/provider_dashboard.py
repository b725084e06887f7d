"""The first page of a provider's people: what came in, what was earned, what is owed, and what needs attention."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from django.urls import reverse

from accounts.enums import AccountKind
from accounts.selectors.movements import (
    EARNED_KINDS,
    INCOME_KINDS,
    daily_movements,
    wallet_standing,
)
from billing_platform.kernel.money import Money
from billing_platform.portal.pages.attention import attention
from billing_platform.portal.pages.blocks import Choice
from tenants.selectors.suspensions import count_suspended
from tenants.selectors.tenants import count_tenants
from usage.selectors.progress import charged_through

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from accounts.selectors.movements import Movement, Standing
    from billing_platform.portal.pages.attention import Concern
    from tenants.types import ProviderView

SPANS: Final = {"7": "7 days", "30": "30 days", "90": "90 days"}
_COLUMNS: Final = {
    AccountKind.REVENUE_USAGE: "Usage",
    AccountKind.REVENUE_RECURRING: "Recurring fees",
    AccountKind.REVENUE_ONE_TIME: "One-time fees",
}


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day: what was earned by kind of revenue, together, and what came in."""

    day: date
    earned: Sequence[Money]
    together: Money
    taken_in: Money


@dataclass(frozen=True, slots=True)
class Book:
    """The days of one currency, oldest first, without a gap; the figures above it are the sums of its columns.

    Attributes:
        before: what was earned in as many days before.
        owed: the sum of all wallets below 0, and `below` how many they are.
        held: credit that is still to be used.
    """

    currency: str
    columns: Sequence[str]
    rows: Sequence[DayRow]
    sums: Sequence[Money]
    earned: Money
    before: Money
    taken_in: Money
    owed: Money
    below: int
    held: Money


@dataclass(frozen=True, slots=True)
class ProviderDashboard:
    """The page; `clients` counts all but closed ones, `suspended` those that are suspended now."""

    books: Sequence[Book]
    spans: Sequence[Choice]
    days: str
    clients: int
    suspended: int
    concerns: Sequence[Concern]
    clients_url: str
    below_url: str
    suspended_url: str
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
    today = now.astimezone(ZoneInfo(provider.time_zone)).date()
    first = today - timedelta(days=int(chosen) - 1)
    before = first - timedelta(days=int(chosen))
    moved = daily_movements(
        provider.id, [*EARNED_KINDS, *INCOME_KINDS], since=before, zone=provider.time_zone
    )
    days = [first + timedelta(days=number) for number in range(int(chosen))]
    standing = {row.currency: row for row in wallet_standing(provider.id)}
    currencies = sorted({provider.currency, *standing, *(row.currency for row in moved)})
    counts = count_tenants(provider.id)
    through = charged_through(provider.id)
    path = reverse("provider-clients")
    return ProviderDashboard(
        books=[_book(code, days, moved, standing.get(code)) for code in currencies],
        spans=[Choice(value, label, value == chosen) for value, label in SPANS.items()],
        days=SPANS[chosen],
        clients=sum(counts.values()) - counts.get("closed", 0),
        suspended=counts.get("suspended", 0),
        concerns=attention(provider.id, count_suspended(provider.id), through, now=now),
        clients_url=path,
        below_url=f"{path}?below=0",
        suspended_url=f"{path}?status=suspended",
        charged_through=through,
        zone=provider.time_zone,
    )


def _book(
    currency: str, days: Sequence[date], moved: Sequence[Movement], standing: Standing | None
) -> Book:
    own = [row for row in moved if row.currency == currency]
    kinds = [kind for kind in EARNED_KINDS if any(row.kind == kind for row in own)]
    cells: defaultdict[tuple[date, str], int] = defaultdict(int)
    income: defaultdict[date, int] = defaultdict(int)
    for row in own:
        if row.kind in EARNED_KINDS:
            cells[row.day, row.kind] += row.amount_minor
        else:
            income[row.day] -= row.amount_minor
    rows = [_day(day, kinds or EARNED_KINDS[:1], cells, income[day], currency) for day in days]
    sums = [
        sum((row.earned[place].amount_minor for row in rows), 0) for place in range(len(kinds) or 1)
    ]
    earlier = sum(amount for (day, _), amount in cells.items() if day < days[0])
    return Book(
        currency=currency,
        columns=[_COLUMNS[kind] for kind in kinds or EARNED_KINDS[:1]],
        rows=rows,
        sums=[Money(amount, currency) for amount in sums],
        earned=Money(sum(sums), currency),
        before=Money(earlier, currency),
        taken_in=Money(sum(row.taken_in.amount_minor for row in rows), currency),
        owed=Money(standing.owed_minor if standing else 0, currency),
        below=standing.below if standing else 0,
        held=Money(standing.held_minor if standing else 0, currency),
    )


def _day(
    day: date,
    kinds: Sequence[AccountKind],
    cells: Mapping[tuple[date, str], int],
    income: int,
    currency: str,
) -> DayRow:
    earned = [cells.get((day, kind), 0) for kind in kinds]
    return DayRow(
        day=day,
        earned=[Money(amount, currency) for amount in earned],
        together=Money(sum(earned), currency),
        taken_in=Money(income, currency),
    )
