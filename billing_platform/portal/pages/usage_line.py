"""One line of a billing period, running or over: its hours, which add up to it. Called by the page and its download."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from django.utils.translation import get_language

from accounts.selectors.balances import wallets_of
from accounts.selectors.periods import period_at
from billing_platform.kernel.currencies import exponent
from billing_platform.portal.formats import format_span
from billing_platform.portal.pages.address import (
    address_day,
    address_hour,
    address_query,
    hour_text,
    row_number,
)
from billing_platform.portal.pages.usage import shown_places
from tenants.registry import CHARGING_COST_DECIMALS
from tenants.selectors.settings import get_setting
from usage.selectors.consumption import usage_of_periods, usage_this_period
from usage.selectors.hour_costs import hour_costs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from billing_platform.portal.list_cells import Cell
    from billing_platform.portal.pages.usage_places import UsagePlaces
    from tenants.types import TenantView
    from usage.selectors.hour_costs import HourCost
    from usage.types import UsageLine, UsagePeriod

PAGE_HOURS: Final = 72
LINE_HEAD: Final = ("Hour", "Line", "Used", "Unit", "Cost", "Currency")


class LineNotFoundError(LookupError):
    """The tenant has no such period, or the period no such line."""


@dataclass(frozen=True, slots=True)
class LineKey:
    """What names a line.

    Attributes:
        code: of the component.
        period: the hour in which its period begins; empty: the running one.
        day: only the hours of this day of the tenant are looked at; empty for all.
    """

    code: str
    currency: str
    period: str = ""
    day: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> LineKey:
        """Return the line that an address names."""
        given = (
            query.get("line", "")[:255],
            query.get("currency", "")[:3],
            query.get("period", ""),
            query.get("day", "")[:10],
        )
        return cls(*(text.replace("\x00", "") for text in given))

    def query(self, **more: str) -> str:
        """Return it as the query of an address."""
        named = {"line": self.code, "currency": self.currency, "period": self.period}
        return address_query({**named, "day": self.day, **more})


@dataclass(frozen=True, slots=True)
class HourRow:
    """One hour of a line; the amount is exact major units."""

    hour: datetime
    quantity: Decimal | None
    amount: Decimal
    url: str


@dataclass(frozen=True, slots=True)
class UsageLinePage:
    """A line with a page of its hours, newest first.

    Attributes:
        hours_sum: of all hours, not only of those shown.
        day: the one whose hours are shown, or None; `day_sum` is what they come to, `all_url` shows all.
        rest: what belongs to no hour, for instance a minimum; `hours_sum` and it are the line.
    """

    label: str
    unit: str
    days: str
    currency: str
    quantity: Decimal | None
    amount: Decimal
    hours_sum: Decimal
    rest: Decimal
    day: date | None
    day_sum: Decimal
    all_url: str
    count: int
    rows: Sequence[HourRow]
    newest_url: str
    older_url: str
    csv_url: str
    periods_url: str
    places: UsagePlaces
    decimals: int
    zone: str


def usage_line_page(
    tenant: TenantView, key: LineKey, places: UsagePlaces, *, page: str
) -> UsageLinePage:
    """Return the page of a line, by a fixed number of queries.

    Args:
        tenant: whose; its scope is open.
        key: which line.
        places: where the pages around it stand.
        page: the number of the page, from 1; what makes no sense is 1.

    Raises:
        LineNotFoundError: no such line in the period.
    """
    period, line = find_line(tenant, key)
    least = exponent(key.currency)
    found = _hours(tenant, key, period)
    rows = [
        HourRow(
            hour=row.hour,
            quantity=row.quantity,
            amount=row.amount_minor.scaleb(-least),
            url=places.events + key.query(day="", hour=hour_text(row.hour))
            if row.quantity is not None
            else "",
        )
        for row in reversed(found)
    ]
    most: int = get_setting(tenant.provider_id, CHARGING_COST_DECIMALS)
    amount = line.amount_minor.scaleb(-least)
    hours_sum = sum((row.amount for row in rows), Decimal(0))
    day = address_day(key.day)
    if day is not None:
        local = ZoneInfo(tenant.time_zone)
        rows = [row for row in rows if row.hour.astimezone(local).date() == day]
    number = page_number(page, len(rows), PAGE_HOURS)
    is_older = number * PAGE_HOURS < len(rows)
    return UsageLinePage(
        label=line.label,
        unit=line.unit,
        days=_days(period, tenant.time_zone),
        currency=key.currency,
        quantity=line.quantity,
        amount=amount,
        hours_sum=hours_sum,
        rest=amount - hours_sum,
        day=day,
        day_sum=sum((row.amount for row in rows), Decimal(0)),
        all_url=places.line + replace(key, day="").query(),
        count=len(rows),
        rows=rows[(number - 1) * PAGE_HOURS : number * PAGE_HOURS],
        newest_url=places.line + key.query() if number > 1 else "",
        older_url=places.line + key.query(page=str(number + 1)) if is_older else "",
        csv_url=places.line_csv + key.query(day=""),
        periods_url=_periods_url(key, places),
        places=places,
        decimals=shown_places([amount, *(row.amount for row in rows)], least, max(most, least)),
        zone=tenant.time_zone,
    )


def line_cells(tenant: TenantView, key: LineKey) -> Iterator[Sequence[Cell]]:
    """Yield the hours of a line, oldest first, with exact amounts in full; what belongs to no hour comes last.

    Args:
        tenant: whose; its scope is open while it is read.
        key: which line.

    Raises:
        LineNotFoundError: no such line in the period.
    """
    period, line = find_line(tenant, key)
    least = exponent(key.currency)
    zone = ZoneInfo(tenant.time_zone)
    rest = line.amount_minor
    for row in _hours(tenant, key, period):
        rest -= row.amount_minor
        hour, amount = row.hour.astimezone(zone), row.amount_minor.scaleb(-least)
        yield [hour, line.label, row.quantity, line.unit, amount, key.currency]
    if rest:
        yield [None, line.label, None, line.unit, rest.scaleb(-least), key.currency]


def find_line(tenant: TenantView, key: LineKey) -> tuple[UsagePeriod, UsageLine]:
    """Return a line with its period.

    Args:
        tenant: whose; its scope is open.
        key: which line.

    Raises:
        LineNotFoundError: no such period, or no such line in it.
    """
    for period in _periods(tenant, key):
        for line in period.lines:
            if (line.code, period.currency) == (key.code, key.currency):
                return period, line
    raise LineNotFoundError


def hour_span(hour: datetime, zone: str) -> str:
    """Return an hour in words, in a zone."""
    locale = get_language() or "en"
    return format_span(hour, hour + timedelta(hours=1), zone, locale, with_hours=True)


def _periods(tenant: TenantView, key: LineKey) -> list[UsagePeriod]:
    if not key.period:
        return usage_this_period(tenant.provider_id, tenant.id)
    starts = address_hour(key.period)
    wallets = wallets_of(tenant.provider_id, [tenant.id])
    wallet = next((row for row in wallets if row.currency == key.currency), None)
    if starts is None or wallet is None:
        return []
    found = period_at(tenant.provider_id, wallet.id, starts)
    if found is None or found.starts != starts:
        return []
    return usage_of_periods(tenant.provider_id, tenant.id, [found.id])


def _hours(tenant: TenantView, key: LineKey, period: UsagePeriod) -> list[HourCost]:
    found = hour_costs(
        tenant.provider_id, tenant.id, since=period.starts, until=period.ends, code=key.code
    )
    return [row for row in found if row.currency == key.currency]


def _periods_url(key: LineKey, places: UsagePlaces) -> str:
    named = {"currency": key.currency, "period": key.period}
    return places.periods + address_query(named) if key.period else ""


def _days(period: UsagePeriod, zone: str) -> str:
    locale = get_language() or "en"
    return format_span(period.starts, period.ends, zone, locale, with_hours=False)


def page_number(text: str, count: int, size: int) -> int:
    """Return the number of a page from 1 that an address names; what makes no sense is the nearest."""
    last = max(1, -(-count // size))
    return min(max(row_number(text), 1), last)
