"""Tax collected per region and rate, with its totals held against the ledger, and as CSV."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final, Self
from zoneinfo import ZoneInfo

from accounts.selectors.taxes import tax_posted
from billing_platform.kernel.money import Money, sum_money
from billing_platform.portal.pages.address import address_day, address_query
from invoicing.selectors.sales_list import SoldAbroad, sold_abroad
from invoicing.selectors.tax_report import CollectedTax, collected_taxes
from tax.selectors.rates import number_states

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from billing_platform.portal.list_cells import Cell
    from tenants.types import ProviderView

HEAD: Final = (
    "month",
    "region",
    "tax",
    "category",
    "rate_percent",
    "documents",
    "currency",
    "base",
    "tax_amount",
)
SALES_HEAD: Final = ("quarter", "customer_number", "documents", "currency", "base")
# On the page; a provider may have thousands of such customers.
SALES_SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class ReportSpan:
    """Which days are asked for, both included."""

    since: date
    until: date

    @classmethod
    def of(cls, query: Mapping[str, str], today: date) -> Self:
        """Return what an address asks for; the month before and the running one where it does not say.

        Args:
            query: of the address.
            today: the provider's day.
        """
        first = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
        since, until = address_day(query.get("since", "")), address_day(query.get("until", ""))
        since = since or min(first, until or first)
        return cls(since, max(since, until or today))

    @property
    def query(self) -> str:
        """Return it as the query of an address."""
        return address_query({"since": self.since, "until": self.until})


@dataclass(frozen=True, slots=True)
class TaxTotal:
    """What the taxes of one currency come to, and what the ledger says."""

    tax: Money
    ledger: Money

    @property
    def difference(self) -> Money:
        """Return how much more the ledger has than the documents."""
        return self.ledger - self.tax


@dataclass(frozen=True, slots=True)
class TaxReport:
    """The report.

    Attributes:
        sales: what was sold to businesses of other member states, the first lines of the EC sales list.
        has_more_sales: the file has more of them.
    """

    span: ReportSpan
    lines: Sequence[CollectedTax]
    totals: Sequence[TaxTotal]
    sales: Sequence[SoldAbroad]
    has_more_sales: bool


def tax_report(provider: ProviderView, span: ReportSpan) -> TaxReport:
    """Return the report, by three queries.

    Args:
        provider: whose; its scope is open.
        span: which days.
    """
    lines = collected_taxes(provider.id, since=span.since, until=span.until + timedelta(days=1))
    zone = ZoneInfo(provider.time_zone)
    posted = tax_posted(
        provider.id,
        since=datetime.combine(span.since, time(), zone),
        until=datetime.combine(span.until + timedelta(days=1), time(), zone),
    )
    sales = _sales(provider.id, span, limit=SALES_SHOWN + 1)
    currencies = sorted({line.tax.currency for line in lines} | set(posted))
    return TaxReport(
        span=span,
        lines=lines,
        totals=[
            TaxTotal(
                sum_money([line.tax for line in lines if line.tax.currency == code], code),
                posted.get(code, Money.zero(code)),
            )
            for code in currencies
        ],
        sales=sales[:SALES_SHOWN],
        has_more_sales=len(sales) > SALES_SHOWN,
    )


def _sales(provider_id: int, span: ReportSpan, limit: int | None = None) -> list[SoldAbroad]:
    until = span.until + timedelta(days=1)
    return sold_abroad(
        provider_id, members=number_states(), since=span.since, until=until, limit=limit
    )


def sales_cells(provider_id: int, span: ReportSpan) -> Iterator[Sequence[Cell]]:
    """Yield the lines of the CSV of the EC sales list; the scope is open while it is read.

    Args:
        provider_id: whose.
        span: which days.
    """
    for row in _sales(provider_id, span):
        yield (row.quarter, row.number, row.documents, row.base.currency, row.base.to_major())


def tax_cells(provider_id: int, span: ReportSpan) -> Iterator[Sequence[Cell]]:
    """Yield the lines of the CSV; the scope is open while it is read.

    Args:
        provider_id: whose.
        span: which days.
    """
    until = span.until + timedelta(days=1)
    for row in collected_taxes(provider_id, since=span.since, until=until):
        yield (
            row.month,
            row.region,
            row.name,
            row.category,
            row.rate.normalize(),
            row.documents,
            row.tax.currency,
            row.base.to_major(),
            row.tax.to_major(),
        )
