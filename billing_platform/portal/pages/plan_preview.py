"""What a client's billing period would have cost under a version, beside what it did cost; nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from django.utils.translation import get_language

from accounts.selectors.balances import wallets_of
from accounts.selectors.periods import periods_of
from billing_platform.kernel.currencies import exponent
from billing_platform.kernel.money import Money
from billing_platform.portal.formats import format_span
from billing_platform.portal.pages.ledger import chosen_wallet
from billing_platform.portal.pages.usage import shown_places
from tenants.errors import TenantNotFoundError
from tenants.registry import CHARGING_COST_DECIMALS
from tenants.selectors.settings import get_setting
from tenants.selectors.tenants import tenant_by_external_id, tenant_by_id
from usage.enums import PriceKind
from usage.pricing.exact import round_half_away
from usage.selectors.catalogue import charged_client, meters_of, units_of
from usage.selectors.consumption import usage_of_periods
from usage.selectors.preview import price_amounts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from accounts.types import PeriodView
    from tenants.types import ProviderView, TenantView
    from usage.selectors.catalogue import PriceRow
    from usage.types import UsageLine, UsagePeriod


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """One component; amounts are exact major units, None where that side has none."""

    label: str
    quantity: Decimal | None
    unit: str
    was: Decimal | None
    would: Decimal | None

    @property
    def difference(self) -> Decimal:
        """How much more it would cost."""
        return (self.would or Decimal(0)) - (self.was or Decimal(0))


@dataclass(frozen=True, slots=True)
class PlanPreview:
    """A period of a client under two price lists; totals are rounded once, as bills are."""

    client: str
    days: str
    is_over: bool
    currency: str
    decimals: int
    lines: Sequence[PreviewLine]
    was: Money
    would: Money


def plan_preview(
    provider: ProviderView,
    tenant: TenantView,
    sold: Sequence[PriceRow],
    *,
    now: datetime,
    currency: str = "",
) -> PlanPreview | None:
    """Return the preview on the client's last period with usage that is over, else on the running one.

    Args:
        provider: who sells; its scope is open.
        tenant: the client.
        sold: the prices of the version, a draft or not.
        now: the present moment.
        currency: of the wallet whose period is looked at; empty for the first one.

    Returns:
        None when the client has no billing period yet, or the version no price in its currency.
    """
    wallet = chosen_wallet(wallets_of(provider.id, [tenant.id]), currency)
    if wallet is None:
        return None
    period = _period(provider.id, periods_of(provider.id, wallet.id), now)
    currency = wallet.currency
    prices = [
        row
        for row in sold
        if row.currency == currency and row.valid_to is None and row.kind != PriceKind.SETUP
    ]
    if period is None or not prices:
        return None
    units = units_of(provider.id, tenant.id, at=period.starts)
    meters = meters_of(provider.id, [line.code for line in period.lines])
    lines = _lines(period, prices, units, meters)
    most: int = get_setting(provider.id, CHARGING_COST_DECIMALS)
    zone, locale = provider.time_zone, get_language() or "en"
    return PlanPreview(
        client=tenant.name,
        days=format_span(period.starts, period.ends, zone, locale, with_hours=False),
        is_over=period.ends <= now,
        currency=currency,
        decimals=shown_places(
            (amount for line in lines for amount in (line.was, line.would) if amount is not None),
            exponent(currency),
            max(most, exponent(currency)),
        ),
        lines=lines,
        was=period.due,
        would=rounded_total((line.would for line in lines), currency),
    )


def client_for_preview(provider_id: int, plan_id: int, wanted: str) -> TenantView | None:
    """Return a client by its id, or one that has the plan and is charged much.

    Args:
        provider_id: whose; its scope is open.
        plan_id: the plan.
        wanted: the client's own id; empty for one that has the plan.
    """
    try:
        if wanted:
            return tenant_by_external_id(provider_id, wanted)
        tenant_id = charged_client(provider_id, plan_id)
        return None if tenant_id is None else tenant_by_id(provider_id, tenant_id)
    except TenantNotFoundError:
        return None


def _period(provider_id: int, periods: Sequence[PeriodView], now: datetime) -> UsagePeriod | None:
    begun = [period for period in periods if period.starts <= now]
    if not begun:
        return None
    over = [period.id for period in begun if period.ends <= now][-1:]
    found = usage_of_periods(provider_id, begun[-1].tenant_id, [*over, begun[-1].id])
    by_age = sorted(found, key=lambda period: period.starts)
    return next((period for period in by_age if period.lines), by_age[-1] if by_age else None)


def _lines(
    period: UsagePeriod,
    prices: Sequence[PriceRow],
    units: Mapping[str, Decimal],
    meters: Mapping[str, int],
) -> list[PreviewLine]:
    places = -exponent(period.currency)
    # What was measured is compared, whatever its price is called now.
    was = {meters.get(line.code, line.code): line for line in period.lines}
    lines = []
    for price in prices:
        line = was.pop(price.meter_id or price.code, None)
        quantity = _quantity(price, line, units)
        (amount,) = price_amounts(
            model=price.model,
            figures=price.figures,
            currency=period.currency,
            quantities=[quantity],
            allows_negative=price.allows_negative,
        )
        lines.append(
            PreviewLine(
                label=price.name,
                quantity=quantity,
                unit=price.unit,
                was=None if line is None else line.amount_minor.scaleb(places),
                would=amount.scaleb(places),
            )
        )
    gone = [
        PreviewLine(line.label, line.quantity, line.unit, line.amount_minor.scaleb(places), None)
        for line in was.values()
    ]
    return [*lines, *gone]


def _quantity(price: PriceRow, line: UsageLine | None, units: Mapping[str, Decimal]) -> Decimal:
    if price.kind != PriceKind.USAGE:
        return units.get(price.code, Decimal(1))
    return Decimal(0) if line is None or line.quantity is None else line.quantity


def rounded_total(amounts: Iterable[Decimal | None], currency: str) -> Money:
    """Return the sum of exact major amounts, rounded once, as bills are; None counts nothing."""
    exact = sum((Fraction(amount) for amount in amounts if amount is not None), Fraction(0))
    return Money(round_half_away(exact * 10 ** exponent(currency)), currency)
