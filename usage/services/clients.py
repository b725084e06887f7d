"""Take on a client with everything that belongs to it, and change its terms. Called by the provider's pages.

It stands in this part because the contract does: who, wallet, subscription and first admin are one transaction.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Final

from django.db import transaction

from accounts.services.suspension_rules import follow_provider_rule
from accounts.services.wallets import open_wallet
from billing_platform.kernel.locks import hold_name
from tenants.enums import TenantRole
from tenants.errors import TenantNotFoundError
from tenants.selectors.tenants import tenant_by_public_id
from tenants.services.invitations import invite_member
from tenants.services.tenants import create_tenant
from tenants.services.terms import change_terms
from usage.services.subscriptions import subscribe

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from decimal import Decimal

    from tenants.services.invitations import NewInvitation
    from tenants.services.terms import TenantTerms
    from tenants.types import TenantSpec, TenantView

_FIRST: Final = "first"


@dataclass(frozen=True)
class NewClient:
    """A client that was taken on; `invitation` is to be mailed, None when this was done before."""

    tenant: TenantView
    invitation: NewInvitation | None


@dataclass(frozen=True, kw_only=True)
class FirstContract:
    """What a client subscribes to from the beginning.

    Attributes:
        starts_at: a full UTC hour, past or future.
        quantities: units by component code; 1 when left out.
    """

    version_id: int
    starts_at: datetime
    quantities: Mapping[str, Decimal] = field(default_factory=dict)


@transaction.atomic
def add_client(
    *,
    provider_id: int,
    key: str,
    spec: TenantSpec,
    admin_email: str,
    contract: FirstContract | None,
    invited_by: int,
    now: datetime,
) -> NewClient:
    """Create a tenant, open its wallet, subscribe it and invite its first admin.

    Args:
        provider_id: whose; its scope is open.
        key: a public id chosen by who asks, which the tenant gets.
        spec: who it is; its own public id is ignored.
        admin_email: whom to invite.
        contract: its first subscription, or None.
        invited_by: the user who invites.
        now: the moment.

    Raises:
        TenantExistsError: another tenant has this external id.
        InvalidNameError, UnknownCurrencyError, UnknownTimeZoneError: as they say.
        VersionNotActiveError: the plan version is not on sale, or has no price in the currency.
        SubscriptionConflictError: units that cannot be counted.
        NotFullHourError: the subscription begins inside an hour.
        ValidationError: no e-mail address.

    Idempotency: by key; a second call returns the first one's tenant and invites nobody.
    """
    hold_name(f"usage.client/{key}", provider_id)
    try:
        return NewClient(tenant_by_public_id(provider_id, key), None)
    except TenantNotFoundError:
        tenant = create_tenant(
            provider_id=provider_id, now=now, **{**asdict(spec), "public_id": key}
        )
    begins = min(now, contract.starts_at) if contract else now
    open_wallet(
        provider_id=provider_id,
        tenant_id=tenant.id,
        currency=tenant.currency,
        now=now,
        at=begins,
    )
    if contract is not None:
        subscribe(
            provider_id=provider_id,
            tenant_id=tenant.id,
            version_id=contract.version_id,
            starts_at=contract.starts_at,
            key=_FIRST,
            now=now,
            quantities=contract.quantities,
        )
    invitation = invite_member(
        provider_id=provider_id,
        tenant_id=tenant.id,
        email=admin_email,
        role=TenantRole.ADMIN,
        invited_by=invited_by,
        now=now,
    )
    return NewClient(tenant, invitation)


@transaction.atomic
def change_client(*, provider_id: int, tenant_id: int, terms: TenantTerms, now: datetime) -> None:
    """Change a client's terms; its wallets follow a new limit at once, in both directions.

    Args:
        provider_id: whose; its scope is open.
        tenant_id: which client.
        terms: all of them, changed or not.
        now: the moment.

    Raises:
        NotFoundError: the provider has no such tenant.
        TenantClosedError: it is closed.
        TenantExistsError: another tenant has this external id.
        InvalidNameError, UnknownTimeZoneError: as they say.

    Idempotency: by state.
    """
    change_terms(provider_id=provider_id, tenant_id=tenant_id, terms=terms)
    follow_provider_rule(
        provider_id=provider_id, now=now, tenant_from=tenant_id, tenant_to=tenant_id + 1
    )
