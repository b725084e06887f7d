"""What an address or a form names: a client, the end of its period. Called by the provider's views."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404

from accounts.selectors.balances import wallets_of
from accounts.selectors.periods import period_at
from tenants.errors import TenantNotFoundError
from tenants.selectors.tenants import tenant_by_public_id

if TYPE_CHECKING:
    from datetime import datetime

    from tenants.access import ProviderRequest
    from tenants.types import TenantView


def client_of(request: ProviderRequest, public_id: str) -> TenantView:
    """Return the client that an address names.

    Args:
        request: of somebody of the provider.
        public_id: from the address.

    Raises:
        Http404: the provider has no such client.
    """
    try:
        return tenant_by_public_id(request.provider.id, public_id)
    except TenantNotFoundError as error:
        raise Http404 from error


def period_end(tenant: TenantView, currency: str, moment: datetime) -> datetime | None:
    """Return where a client's running billing period ends and the next begins; None where none runs.

    Args:
        tenant: the client; its provider's scope is open.
        currency: of the wallet.
        moment: the present one.
    """
    wallets = wallets_of(tenant.provider_id, [tenant.id])
    wallet = next((each for each in wallets if each.currency == currency), None)
    period = period_at(tenant.provider_id, wallet.id, moment) if wallet else None
    return period.ends if period else None
