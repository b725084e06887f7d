"""Sales to consumers of other member states: the threshold of EUR 10,000, and the figures of the OSS return."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from billing_platform.kernel.money import Money, sum_money
from invoicing.selectors.consumer_sales import OssLine, oss_lines, sold_by_year
from tax.selectors.cases import registrations_on
from tax.selectors.threshold import (
    THRESHOLD,
    has_own_currency,
    home_state,
    in_euro,
    oss_numbers,
    places_abroad,
    taxes_at_home,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from billing_platform.portal.list_cells import Cell
    from billing_platform.portal.pages.tax_report import ReportSpan

OSS_HEAD: Final = (
    "quarter",
    "member_state",
    "rate_percent",
    "corrects",
    "documents",
    "currency",
    "base",
    "tax_amount",
)
# From four fifths on it is told.
_NEAR: Final = Money(THRESHOLD.amount_minor * 4 // 5, THRESHOLD.currency)


@dataclass(frozen=True, slots=True)
class SoldInYear:
    """What consumers elsewhere bought in a calendar year, in euro; `left_out` lacks a rate of exchange."""

    year: int
    sold: Money
    left_out: Sequence[Money]

    @property
    def level(self) -> str:
        """Return `danger` beyond the threshold, `warning` near it, else ""."""
        if self.sold.amount_minor > THRESHOLD.amount_minor:
            return "danger"
        return "warning" if self.sold.amount_minor >= _NEAR.amount_minor else ""


@dataclass(frozen=True, slots=True)
class ConsumerSales:
    """What is sold to consumers of other member states.

    Attributes:
        years: the running one and the one before; none where the provider is established in no member state.
        taxes_at_home: the provider says that it is below the threshold.
        lines: of the OSS return.
        has_own_currency: the provider's state has another one than the euro, in which it fixed the threshold.
    """

    years: Sequence[SoldInYear]
    taxes_at_home: bool
    lines: Sequence[OssLine]
    has_own_currency: bool

    @property
    def is_wrong(self) -> bool:
        """Return whether consumers are taxed at home beyond the threshold."""
        return self.taxes_at_home and any(one.level == "danger" for one in self.years)


def consumer_sales(provider_id: int, span: ReportSpan, *, today: date) -> ConsumerSales:
    """Return both, by four queries, and one more per other currency and year.

    Args:
        provider_id: whose; its scope is open.
        span: the days of the OSS return.
        today: the provider's day.
    """
    here = registrations_on(provider_id, today)
    home = home_state(here)
    return ConsumerSales(
        years=sold_in_years(provider_id, home, today) if home else (),
        taxes_at_home=taxes_at_home(provider_id, here),
        lines=_lines(provider_id, home, span),
        has_own_currency=has_own_currency(home),
    )


def sold_in_years(provider_id: int, home: str, today: date) -> list[SoldInYear]:
    """Return what consumers elsewhere bought in the running calendar year and in the one before.

    Args:
        provider_id: whose; its scope is open.
        home: the member state in which it is established.
        today: the provider's day.

    Source: Directive 2006/112/EC, Art. 59c (1) and (2).
    """
    years = (today.year, today.year - 1)
    found = sold_by_year(provider_id, places=places_abroad(home), years=years)
    return [
        _in_year(provider_id, year, [money for at, money in found if at == year], today)
        for year in years
    ]


def troubling_year(provider_id: int, today: date) -> SoldInYear | None:
    """Return the year that brings a provider near the threshold or beyond it, None while it need not care.

    Args:
        provider_id: whose; its scope is open.
        today: the provider's day.
    """
    here = registrations_on(provider_id, today)
    home = home_state(here)
    if not home or not taxes_at_home(provider_id, here):
        return None
    years = sold_in_years(provider_id, home, today)
    # Near it counts for the running year only; beyond it in the one before ends it for this one.
    found = [one for one in years if one.level == "danger"]
    found += [one for one in years[:1] if one.level]
    return found[0] if found else None


def oss_cells(provider_id: int, span: ReportSpan, today: date) -> Iterator[Sequence[Cell]]:
    """Yield the lines of the CSV of the OSS return; the scope is open while it is read.

    Args:
        provider_id: whose.
        span: which days.
        today: the provider's day.
    """
    home = home_state(registrations_on(provider_id, today))
    for row in _lines(provider_id, home, span):
        yield (
            row.quarter,
            row.state,
            row.rate.normalize(),
            row.corrects,
            row.documents,
            row.tax.currency,
            row.base.to_major(),
            row.tax.to_major(),
        )


def _in_year(provider_id: int, year: int, sums: Sequence[Money], today: date) -> SoldInYear:
    """Add up currencies at the newest rates of the year."""
    on = min(today, date(year, 12, 31))
    known = [(money, in_euro(provider_id, money, on)) for money in sums]
    return SoldInYear(
        year=year,
        sold=sum_money([euro for _money, euro in known if euro], THRESHOLD.currency),
        left_out=[money for money, euro in known if euro is None],
    )


def _lines(provider_id: int, home: str, span: ReportSpan) -> list[OssLine]:
    numbers = oss_numbers(provider_id)
    if not numbers:
        return []
    return oss_lines(
        provider_id,
        places=places_abroad(home),
        numbers=numbers,
        since=span.since,
        until=span.until + timedelta(days=1),
    )
