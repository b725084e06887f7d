"""How much a tenant may top up at a time, and in which currencies. Called by quotes and pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from accounts.selectors.balances import wallets_of
from billing_platform.kernel.currencies import exponent
from billing_platform.kernel.errors import UnknownCurrencyError
from billing_platform.kernel.money import Money
from payments.enums import TopupBar
from payments.models import TopupLimit
from tenants.registry_topups import TOPUP_CURRENCIES, TOPUP_LEAST_MINOR, TOPUP_MOST_MINOR
from tenants.selectors.settings import get_setting, get_settings

if TYPE_CHECKING:
    from tenants.types import TenantView


@dataclass(frozen=True, slots=True)
class Span:
    """What one top-up may be; None where there is no limit."""

    least: Money | None = None
    most: Money | None = None


@dataclass(frozen=True, slots=True)
class TopupLimits:
    """What one top-up may be: the provider's limits and the customer's own both hold, so that the narrower one does.

    Attributes:
        provider: set by the provider, for all its customers.
        own: set by the customer's people, for themselves.
    """

    provider: Span
    own: Span

    @property
    def least(self) -> Money | None:
        """Return the higher of the smallest amounts."""
        return max(filter(None, (self.provider.least, self.own.least)), default=None)

    @property
    def most(self) -> Money | None:
        """Return the lower of the largest amounts."""
        return min(filter(None, (self.provider.most, self.own.most)), default=None)

    def bar(self, amount: Money) -> TopupBar | None:
        """Return which limit an amount breaks, the provider's before the customer's own; None when it breaks none.

        Args:
            amount: of the limits' currency.
        """
        spans = (
            (self.provider, TopupBar.TOO_SMALL, TopupBar.TOO_LARGE),
            (self.own, TopupBar.OWN_SMALL, TopupBar.OWN_LARGE),
        )
        for span, small, large in spans:
            if span.least is not None and amount < span.least:
                return small
            if span.most is not None and amount > span.most:
                return large
        return None


def topup_limits(provider_id: int, tenant_id: int, currency: str) -> TopupLimits:
    """Return the limits of one top-up.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: who tops up.
        currency: of the top-up.

    Source: design 6.5: the provider's cap and the tenant's own both hold.
    """
    least, most = get_settings(provider_id, TOPUP_LEAST_MINOR, TOPUP_MOST_MINOR)
    rows = TopupLimit.objects.filter(provider_id=provider_id, tenant_id=tenant_id)
    own = rows.filter(currency=currency).first()
    return TopupLimits(
        provider=span_of(least, most, currency),
        own=span_of(own.least_minor, own.most_minor, currency) if own else Span(),
    )


def span_of(least: int | None, most: int | None, currency: str) -> Span:
    """Return limits as amounts.

    Args:
        least: minor units; None and 0 are no limit.
        most: likewise.
        currency: of both.
    """
    return Span(Money(least, currency) if least else None, Money(most, currency) if most else None)


def topup_currencies(tenant: TenantView) -> list[str]:
    """Return the currencies in which a tenant may top up, its own one first.

    Args:
        tenant: whose; its scope, or its provider's, is open.
    """
    wallets = wallets_of(tenant.provider_id, [tenant.id])
    further = get_setting(tenant.provider_id, TOPUP_CURRENCIES).upper().replace(",", " ").split()
    own = [tenant.currency, *(wallet.currency for wallet in wallets)]
    return list(dict.fromkeys([*own, *filter(_is_known, further)]))


def _is_known(currency: str) -> bool:
    try:
        exponent(currency)
    except UnknownCurrencyError:
        return False
    return True
