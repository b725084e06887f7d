"""How the demo's clients come: made, their wallets opened, their first credit paid, their plan begun."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from accounts.services.credits import add_credit
from accounts.services.wallets import open_wallet
from billing_platform.kernel.money import Money
from tenants.services.tenants import ensure_tenants
from tenants.types import TenantSpec
from usage.services.subscriptions import subscribe

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from billing_platform.demo_data.cast import DemoTenant
    from billing_platform.demo_data.place import Place

KEY: Final = "demo"


def take_on(place: Place, tenants: Sequence[DemoTenant], at: datetime) -> None:
    """Take clients on; a second call changes nothing. A scope of the provider is open.

    Args:
        place: where; trials are counted from the end of its history.
        tenants: the clients.
        at: a full UTC hour at which they come.
    """
    provider_id, currency = place.provider_id, place.provider.currency
    specs = [_spec(row, currency, place.until) for row in tenants]
    ids = ensure_tenants(provider_id=provider_id, specs=specs, now=at)
    for tenant in tenants:
        tenant_id = ids[tenant.external_id]
        open_wallet(provider_id=provider_id, tenant_id=tenant_id, currency=currency, now=at)
        if tenant.credit:
            add_credit(
                provider_id=provider_id,
                tenant_id=tenant_id,
                amount=Money.from_major(tenant.credit, currency),
                reason="First credit",
                key=f"demo-credit-{tenant.external_id}",
                now=at,
            )
        subscribe_to(place, tenant, tenant_id, at)


def subscribe_to(place: Place, tenant: DemoTenant, tenant_id: int, at: datetime) -> int:
    """Return the subscription of a client to its plan, made when there is none.

    Args:
        place: where.
        tenant: the client.
        tenant_id: its id.
        at: a full UTC hour at which a new one begins.
    """
    return subscribe(
        provider_id=place.provider_id,
        tenant_id=tenant_id,
        version_id=place.version_of(tenant),
        starts_at=at,
        key=KEY,
        now=at,
    )


def _spec(tenant: DemoTenant, currency: str, until: datetime) -> TenantSpec:
    return TenantSpec(
        external_id=tenant.external_id,
        name=tenant.name,
        category=tenant.category,
        billing_plan=tenant.billing_plan,
        contract_type=tenant.contract_type,
        time_zone=tenant.time_zone,
        anchor_day=tenant.anchor_day,
        credit_limit_minor=Money.from_major(tenant.credit_limit, currency).amount_minor,
        trial_ends_at=until + timedelta(days=tenant.trial_days) if tenant.trial_days else None,
    )
