"""A provider's revenue by day: the ledger's, with usage told apart by meter. Called by the dashboard and the download.

Each meter's share is rounded to the minor unit by itself; what the ledger posted beyond the sum of the shares has a
column of its own, so that every row adds up to the ledger.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_UP
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import AccountKind
from billing_platform.kernel.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from accounts.selectors.movements import Movement
    from billing_platform.portal.list_cells import Cell
    from usage.selectors.revenue import MeterDay

SERIES_MAX: Final = 8
REVENUE_HEAD: Final = ("Day", "Currency", "What", "Amount")
_FEES: Final = {
    AccountKind.REVENUE_RECURRING: gettext_lazy("Recurring fees"),
    AccountKind.REVENUE_ONE_TIME: gettext_lazy("One-time fees"),
}


@dataclass(frozen=True, slots=True)
class Revenue:
    """Columns and cells of one currency, in minor units; `differs` is the place of the column that is no meter's."""

    columns: Sequence[str]
    rows: Mapping[date, Sequence[int]]
    differs: int | None


def revenue_of(
    currency: str,
    days: Sequence[date],
    moved: Sequence[Movement],
    meters: Sequence[MeterDay],
    *,
    most: int = SERIES_MAX,
) -> Revenue:
    """Return the columns: the dearest meters, the others together, what no meter earned, and fees.

    Args:
        currency: the one of the columns.
        days: the rows, each of which adds up to the ledger's revenue of that day.
        moved: what moved on the revenue accounts.
        meters: what meters earned.
        most: how many meters have a column of their own.
    """
    shares: defaultdict[tuple[date, str], int] = defaultdict(int)
    sums: defaultdict[str, int] = defaultdict(int)
    metered: defaultdict[date, int] = defaultdict(int)
    names: dict[str, str] = {}
    wanted = set(days)
    for row in meters:
        if row.currency == currency and row.day in wanted:
            share = int(row.amount_minor.to_integral_value(ROUND_HALF_UP))
            shares[row.day, row.code] += share
            sums[row.code] += share
            metered[row.day] += share
            names[row.code] = row.name
    ledger: defaultdict[tuple[date, str], int] = defaultdict(int)
    for entry in moved:
        if entry.currency == currency:
            ledger[entry.day, entry.kind] += entry.amount_minor
    kept = _kept(sums, names, most)
    has_rest = len(sums) > len(kept)
    fees = [kind for kind in _FEES if any(ledger.get((day, kind)) for day in days)]
    columns = [names[code] for code in kept]
    columns += [_("Other meters")] if has_rest else []
    columns += [_("Not told apart") if sums else _("Usage")]
    columns += [str(_FEES[kind]) for kind in fees]
    rows = {
        day: _cells(
            metered[day],
            [shares.get((day, code), 0) for code in kept],
            [ledger.get((day, kind), 0) for kind in (AccountKind.REVENUE_USAGE, *fees)],
            has_rest=has_rest,
        )
        for day in days
    }
    return Revenue(columns, rows, len(kept) + has_rest if sums else None)


def revenue_cells(
    currencies: Sequence[str],
    days: Sequence[date],
    moved: Sequence[Movement],
    meters: Sequence[MeterDay],
) -> Iterator[Sequence[Cell]]:
    """Yield the download's lines: one per day and series that moved, every meter by itself."""
    for currency in currencies:
        revenue = revenue_of(currency, days, moved, meters, most=len(meters))
        for day, cells in revenue.rows.items():
            for name, minor in zip(revenue.columns, cells, strict=True):
                if minor:
                    yield [day, currency, name, Money(minor, currency).to_major()]


def _kept(sums: Mapping[str, int], names: Mapping[str, str], most: int) -> list[str]:
    dearest = sorted(sums, key=lambda code: (-sums[code], code))[:most]
    return sorted(dearest, key=lambda code: (names[code], code))


def _cells(metered: int, own: Sequence[int], booked: Sequence[int], *, has_rest: bool) -> list[int]:
    usage, *fees = booked
    rest = [metered - sum(own)] if has_rest else []
    return [*own, *rest, usage - metered, *fees]
