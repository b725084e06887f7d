"""What the next billing cycle will come to: its fees, and usage at the pace of the last day. Called by pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from itertools import takewhile
from math import ceil
from typing import TYPE_CHECKING, Any, Final

from accounts.selectors.balances import wallets_of
from accounts.selectors.periods import period_at
from billing_platform.kernel.money import Money
from billing_platform.kernel.periods import Period, next_period
from billing_platform.kernel.rows import fetch_dicts
from usage.enums import PriceKind
from usage.selectors.runway import FEE_ITEMS, burn_rates, coming_fees

if TYPE_CHECKING:
    from datetime import datetime

    from tenants.types import TenantView

_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class CycleForecast:
    """What a wallet's next billing cycle will come to.

    Attributes:
        cycle: half-open.
        fees: that fall due in it.
        usage: at the pace of the last day.
    """

    cycle: Period
    fees: Money
    usage: Money

    @property
    def total(self) -> Money:
        """Return what credit would cover it."""
        return self.fees + self.usage


def next_cycles(tenant: TenantView, *, now: datetime) -> dict[str, CycleForecast]:
    """Return what the next cycle of each charged wallet will come to, by currency.

    Args:
        tenant: whose; its scope, or its provider's, is open.
        now: the present moment.
    """
    rates = burn_rates(tenant.provider_id, tenant.id, now)
    items = fetch_dicts(FEE_ITEMS, [tenant.provider_id, tenant.id])
    found = {}
    for wallet in wallets_of(tenant.provider_id, [tenant.id]):
        if not wallet.is_charged:
            continue
        running = period_at(tenant.provider_id, wallet.id, now)
        if running is None:
            continue
        cycle = next_period(
            Period(running.starts, running.ends), tenant.time_zone, tenant.anchor_day
        )
        own = [item for item in items if item["wallet_id"] == wallet.id]
        fees = sum((_fees_within(item, cycle, now) for item in own), Fraction(0))
        hours = Fraction((cycle.ends - cycle.starts) // _HOUR)
        used = rates.get(wallet.id, Fraction(0)) * hours
        # Rounded up: what is suggested has to cover it.
        found[wallet.currency] = CycleForecast(
            cycle, Money(ceil(fees), wallet.currency), Money(ceil(used), wallet.currency)
        )
    return found


def _fees_within(item: dict[str, Any], cycle: Period, now: datetime) -> Fraction:
    if item["kind"] == PriceKind.SETUP:
        return Fraction(0)
    before_end = takewhile(lambda fee: fee[0] < cycle.ends, coming_fees(item, now))
    return sum((amount for at, amount in before_end if at >= cycle.starts), Fraction(0))
