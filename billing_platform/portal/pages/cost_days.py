"""The rows of a period's costs: its days, those of a week or a month together, or each with all before it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from functools import reduce
from itertools import accumulate, groupby
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.translation import gettext_noop

from billing_platform.portal.pages.usage_line import LineKey

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

WEEK, MONTH = "week", "month"
GRAINS: Final = {
    "": gettext_noop("By day"),
    WEEK: gettext_noop("By week"),
    MONTH: gettext_noop("By month"),
}
TITLES: Final = {
    "": gettext_noop("Costs by day"),
    WEEK: gettext_noop("Costs by week"),
    MONTH: gettext_noop("Costs by month"),
}
# The first day of what a day lies in; weeks begin on Monday.
_BEGINS: Final[Mapping[str, Callable[[date], date]]] = {
    WEEK: lambda day: day - timedelta(days=day.weekday()),
    MONTH: lambda day: day.replace(day=1),
}


@dataclass(frozen=True, slots=True)
class CostDay:
    """A day of the period, or several in a row, exact major units.

    Attributes:
        until: the last of its days.
        amounts: what each column cost.
        estimate: what is still to come.
        before: what the days with the same numbers cost in the period before; None where that had none.
        urls: where the amounts come from; "" where there is no one line.
    """

    day: date
    until: date
    amounts: Sequence[Decimal]
    estimate: Decimal
    before: Decimal | None
    urls: Sequence[str] = ()

    @property
    def total(self) -> Decimal:
        """Return what it comes to, with what is still to come."""
        return sum(self.amounts, self.estimate)


def together(rows: Sequence[CostDay], grain: str) -> list[CostDay]:
    """Return the days of a week or a month as one row each; a period may begin or end in the midst of one.

    Args:
        rows: days, in their order.
        grain: of GRAINS.
    """
    if grain not in _BEGINS:
        return list(rows)
    begins = _BEGINS[grain]
    return [
        reduce(lambda sums, row: _added(sums, row, day=sums.day), days)
        for _, days in groupby(rows, key=lambda row: begins(row.day))
    ]


def added_up(rows: Sequence[CostDay]) -> list[CostDay]:
    """Return each row with all rows before it; a period before that was shorter ends where it ended.

    Args:
        rows: in their order.
    """
    return list(
        accumulate(
            rows,
            lambda sums, row: _added(
                sums, row, day=row.day, is_open=row.before is None or sums.before is None
            ),
        )
    )


def line_keys(
    columns: Sequence[str], series: Mapping[str, str], currency: str
) -> list[LineKey | None]:
    """Return the line that each column is; None for a column that several share.

    Args:
        columns: of a table.
        series: the column of each component by its code.
        currency: of the amounts.
    """
    codes: dict[str, list[str]] = {column: [] for column in columns}
    for code, column in series.items():
        codes[column].append(code)
    return [
        LineKey(codes[column][0], currency) if len(codes[column]) == 1 else None
        for column in columns
    ]


def with_urls(
    rows: Sequence[CostDay], keys: Sequence[LineKey | None], *, is_of_a_day: bool
) -> list[CostDay]:
    """Return rows with the addresses of what their amounts come from.

    Args:
        rows: of a table.
        keys: the line of each column.
        is_of_a_day: whether a row is a day by itself, whose hours alone are shown.
    """
    path = reverse("billing-line")
    return [
        replace(
            row,
            urls=[
                path + key.query(day=row.day.isoformat() if is_of_a_day else "") if key else ""
                for key in keys
            ],
        )
        for row in rows
    ]


def _added(sums: CostDay, row: CostDay, *, day: date, is_open: bool | None = None) -> CostDay:
    known = [each for each in (sums.before, row.before) if each is not None]
    is_unknown = not known if is_open is None else is_open
    return CostDay(
        day=day,
        until=row.until,
        amounts=[a + b for a, b in zip(sums.amounts, row.amounts, strict=True)],
        estimate=sums.estimate + row.estimate,
        before=None if is_unknown else sum(known, Decimal(0)),
    )
