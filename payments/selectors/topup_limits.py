"""How much a tenant may top up at a time, and in which currencies. Called by quotes and pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from accounts.selectors.balances import wallets_of
from billing_platform.kernel.currencies import exponent
from billing_platform.kernel.errors import UnknownCurrencyError
from billing_platform.kernel.money import Money
from tenants.registry_topups import TOPUP_CURRENCIES, TOPUP_LEAST_MINOR, TOPUP_MOST_MINOR
from tenants.selectors.settings import get_setting, get_settings

if TYPE_CHECKING:
    from tenants.types import TenantView


@dataclass(frozen=True, slots=True)
class TopupLimits:
    """What one top-up may be; None where there is no limit."""

    least: Money | None
    most: Money | None


def topup_limits(provider_id: int, currency: str) -> TopupLimits:
    """Return the limits of one top-up.

    Args:
        provider_id: whose; its scope, or a tenant's, is open.
        currency: of the top-up.
    """
    least, most = get_settings(provider_id, TOPUP_LEAST_MINOR, TOPUP_MOST_MINOR)
    return TopupLimits(
        Money(least, currency) if least else None,
        Money(most, currency) if most else None,
    )


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
