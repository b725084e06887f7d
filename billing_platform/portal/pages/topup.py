"""What both pages of a top-up are made with: what is suggested and why, and whether a quote covers it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from billing_platform.kernel.currencies import minor_factor
from billing_platform.kernel.money import Money
from payments.selectors.quotes import quote_topup
from payments.selectors.topup_limits import topup_currencies
from payments.services.payable import payable_ways
from usage.selectors.cycle_forecast import next_cycles

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from payments.selectors.quotes import Quote
    from payments.types import ConnectionView
    from tenants.types import TenantView
    from usage.selectors.cycle_forecast import CycleForecast

_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An amount that covers the next billing cycle.

    Attributes:
        begins, ends: first and last day of the cycle, where the tenant is.
    """

    forecast: CycleForecast
    amount: Money
    begins: date
    ends: date


@dataclass(frozen=True, slots=True)
class TopupPage:
    """What the form is made with.

    Attributes:
        ways: of paying, in the provider's order.
        currencies: in which the tenant may top up, its own one first.
        forecasts: of the next billing cycle, by currency.
    """

    ways: Sequence[ConnectionView]
    currencies: Sequence[str]
    forecasts: Mapping[str, CycleForecast]


def topup_page(tenant: TenantView, *, now: datetime) -> TopupPage:
    """Return what the form is made with, by a fixed number of queries per wallet.

    Args:
        tenant: who tops up; its scope is open.
        now: the present moment.
    """
    currencies = topup_currencies(tenant)
    return TopupPage(
        ways=payable_ways(provider_id=tenant.provider_id, currencies=currencies),
        currencies=currencies,
        forecasts=next_cycles(tenant, now=now),
    )


def falls_short(quote: Quote, forecasts: Mapping[str, CycleForecast]) -> bool:
    """Return whether what a quote gives does not cover the next cycle.

    Args:
        quote: in any currency.
        forecasts: of the next billing cycle, by currency.
    """
    known = forecasts.get(quote.total.currency)
    return known is not None and quote.credit + quote.bonus < known.total


def first_values(
    asked: Mapping[str, str], currencies: Sequence[str], *, own: str
) -> dict[str, object]:
    """Return what a form begins with; it opens one top-up, however often it is sent.

    Args:
        asked: what the address says: `amount` and `currency` of a suggestion, or nothing.
        currencies: in which the form takes amounts.
        own: the tenant's currency, where the address names none of them.
    """
    wanted = asked.get("currency", "")
    return {
        "key": secrets.token_urlsafe(16),
        "amount": asked.get("amount", ""),
        "currency": wanted if wanted in currencies else own,
    }


def suggestions_of(
    tenant: TenantView, forecasts: Iterable[CycleForecast], *, now: datetime
) -> list[Suggestion]:
    """Return amounts that cover forecasts, one quote each; nothing for those in which nothing is in sight.

    Args:
        tenant: who tops up; its scope is open.
        forecasts: of its next billing cycle.
        now: the present moment.
    """
    return [_suggestion(tenant, one, now) for one in forecasts if one.total.amount_minor > 0]


def _suggestion(tenant: TenantView, forecast: CycleForecast, now: datetime) -> Suggestion:
    zone = ZoneInfo(tenant.time_zone)
    return Suggestion(
        forecast,
        _covering(tenant, forecast.total, now),
        begins=forecast.cycle.starts.astimezone(zone).date(),
        # The cycle ends before its last moment.
        ends=(forecast.cycle.ends - _HOUR).astimezone(zone).date(),
    )


def _covering(tenant: TenantView, need: Money, now: datetime) -> Money:
    """Return the amount, in whole major units, whose credit covers a need."""
    quote = quote_topup(provider_id=tenant.provider_id, tenant_id=tenant.id, amount=need, now=now)
    gross = quote.taxes.of_net(need).gross if quote.taxes and quote.includes_tax else need
    factor = minor_factor(need.currency)
    whole = Money(-(-gross.amount_minor // factor) * factor, need.currency)
    least = quote.limits.least
    return max(whole, least) if least else whole
