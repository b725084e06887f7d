"""One line of the running period: its hours, which add up to it, and what was counted in one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import get_language

from billing_platform.kernel.currencies import exponent
from billing_platform.portal.formats import format_span
from billing_platform.portal.pages.usage import shown_places
from tenants.registry import CHARGING_COST_DECIMALS
from tenants.selectors.settings import get_setting
from usage.selectors.consumption import usage_this_period
from usage.selectors.hour_costs import hour_costs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tenants.types import TenantView
    from usage.types import UsageLine, UsagePeriod

PAGE_HOURS: Final = 72
_DIGITS: Final = 4


class LineNotFoundError(LookupError):
    """The tenant's running period has no such line."""


@dataclass(frozen=True, slots=True)
class LineKey:
    """What names a line: a component in a currency."""

    code: str
    currency: str

    @classmethod
    def of(cls, query: Mapping[str, str]) -> LineKey:
        """Return the line that an address names."""
        line, currency = query.get("line", "")[:255], query.get("currency", "")[:3]
        return cls(line.replace("\x00", ""), currency.replace("\x00", ""))

    def query(self, **more: str) -> str:
        """Return it as the query of an address."""
        named = {"line": self.code, "currency": self.currency, **more}
        return f"?{urlencode(named)}"


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
    count: int
    rows: Sequence[HourRow]
    newest_url: str
    older_url: str
    decimals: int
    zone: str


def usage_line_page(tenant: TenantView, key: LineKey, *, page: str) -> UsageLinePage:
    """Return the page of a line, by a fixed number of queries.

    Args:
        tenant: whose; its scope is open.
        key: which line.
        page: the number of the page, from 1; what makes no sense is 1.

    Raises:
        LineNotFoundError: no such line in the running period.
    """
    period, line = find_line(tenant, key)
    least = exponent(key.currency)
    found = [
        row
        for row in hour_costs(
            tenant.provider_id, tenant.id, since=period.starts, until=period.ends, code=key.code
        )
        if row.currency == key.currency
    ]
    events = reverse("billing-events")
    rows = [
        HourRow(
            hour=row.hour,
            quantity=row.quantity,
            amount=row.amount_minor.scaleb(-least),
            url=events + key.query(hour=hour_text(row.hour)) if row.quantity is not None else "",
        )
        for row in reversed(found)
    ]
    most: int = get_setting(tenant.provider_id, CHARGING_COST_DECIMALS)
    amount = line.amount_minor.scaleb(-least)
    hours_sum = sum((row.amount for row in rows), Decimal(0))
    number = _number(page, len(rows))
    path = reverse("billing-line")
    return UsageLinePage(
        label=line.label,
        unit=line.unit,
        days=_days(period, tenant.time_zone),
        currency=key.currency,
        quantity=line.quantity,
        amount=amount,
        hours_sum=hours_sum,
        rest=amount - hours_sum,
        count=len(rows),
        rows=rows[(number - 1) * PAGE_HOURS : number * PAGE_HOURS],
        newest_url=path + key.query() if number > 1 else "",
        older_url=path + key.query(page=str(number + 1)) if number * PAGE_HOURS < len(rows) else "",
        decimals=shown_places([amount, *(row.amount for row in rows)], least, max(most, least)),
        zone=tenant.time_zone,
    )


def find_line(tenant: TenantView, key: LineKey) -> tuple[UsagePeriod, UsageLine]:
    """Return a line of the running period with its period.

    Args:
        tenant: whose; its scope is open.
        key: which line.

    Raises:
        LineNotFoundError: no such line in the running period.
    """
    for period in usage_this_period(tenant.provider_id, tenant.id):
        for line in period.lines:
            if (line.code, period.currency) == (key.code, key.currency):
                return period, line
    raise LineNotFoundError


def hour_text(hour: datetime) -> str:
    """Return an hour as an address names it, in UTC."""
    return f"{hour.astimezone(UTC):%Y-%m-%dT%H}"


def hour_of(text: str) -> datetime | None:
    """Return the hour that an address names, None when it names none."""
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H").replace(tzinfo=UTC)
    except ValueError:
        return None


def hour_span(hour: datetime, zone: str) -> str:
    """Return an hour in words, in a zone."""
    locale = get_language() or "en"
    return format_span(hour, hour + timedelta(hours=1), zone, locale, with_hours=True)


def _days(period: UsagePeriod, zone: str) -> str:
    locale = get_language() or "en"
    return format_span(period.starts, period.ends, zone, locale, with_hours=False)


def _number(text: str, count: int) -> int:
    last = max(1, -(-count // PAGE_HOURS))
    is_number = text.isascii() and text.isdecimal() and len(text) <= _DIGITS
    return min(max(int(text), 1), last) if is_number else 1
