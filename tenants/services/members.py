"""Who works in a provider or a tenant: roles given, changed and taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from billing_platform.kernel.locks import lock_rows
from tenants.enums import ProviderRole, TenantRole
from tenants.errors import AlreadyMemberError, InvalidRoleError, LastOwnerError, MemberNotFoundError
from tenants.models import Provider, ProviderMember, Tenant, TenantMember

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

# Tenant 0 stands for the provider itself.
PROVIDER_ITSELF = 0


def check_role(*, tenant_id: int, role: str) -> str:
    """Return a role that exists at the place.

    Args:
        tenant_id: the tenant, or 0 for the provider itself.
        role: of TenantRole or ProviderRole.

    Raises:
        InvalidRoleError: the place has no such role.
    """
    known = TenantRole.values if tenant_id else ProviderRole.values
    if role not in known:
        raise InvalidRoleError
    return role


@transaction.atomic
def add_member(*, provider_id: int, tenant_id: int, user_id: int, role: str, now: datetime) -> None:
    """Give a user a role.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: the tenant, or 0 for the provider itself.
        user_id: who.
        role: of TenantRole or ProviderRole.
        now: the moment.

    Raises:
        InvalidRoleError: the place has no such role.
        AlreadyMemberError: the user holds a role there.
    """
    check_role(tenant_id=tenant_id, role=role)
    if _members(provider_id, tenant_id).filter(user_id=user_id).exists():
        raise AlreadyMemberError
    if tenant_id:
        TenantMember.objects.create(
            provider_id=provider_id, tenant_id=tenant_id, user_id=user_id, role=role, created_at=now
        )
    else:
        ProviderMember.objects.create(
            provider_id=provider_id, user_id=user_id, role=role, created_at=now
        )


@transaction.atomic
def change_role(*, provider_id: int, tenant_id: int, user_id: int, role: str) -> None:
    """Give a member another role; it holds from the next request.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: the tenant, or 0 for the provider itself.
        user_id: who.
        role: the new role.

    Raises:
        InvalidRoleError: the place has no such role.
        MemberNotFoundError: the user holds no role there.
        LastOwnerError: nobody else could manage the others.

    Idempotency: the same role again changes nothing.
    """
    check_role(tenant_id=tenant_id, role=role)
    _keep_one_head(provider_id, tenant_id, user_id, new_role=role)
    _members(provider_id, tenant_id).filter(user_id=user_id).update(role=role)


@transaction.atomic
def remove_member(*, provider_id: int, tenant_id: int, user_id: int) -> None:
    """Take a member's role away; it holds from the next request.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: the tenant, or 0 for the provider itself.
        user_id: who.

    Raises:
        MemberNotFoundError: the user holds no role there.
        LastOwnerError: nobody else could manage the others.
    """
    _keep_one_head(provider_id, tenant_id, user_id, new_role="")
    _members(provider_id, tenant_id).filter(user_id=user_id).delete()


def _members(provider_id: int, tenant_id: int) -> QuerySet[TenantMember] | QuerySet[ProviderMember]:
    if tenant_id:
        return TenantMember.objects.filter(provider_id=provider_id, tenant_id=tenant_id)
    return ProviderMember.objects.filter(provider_id=provider_id)


def _keep_one_head(provider_id: int, tenant_id: int, user_id: int, *, new_role: str) -> None:
    head = TenantRole.ADMIN if tenant_id else ProviderRole.OWNER
    # The place's own row is the queue, so that two heads cannot remove each other at once.
    if tenant_id:
        lock_rows(Tenant.objects.filter(provider_id=provider_id), [tenant_id])
    else:
        lock_rows(Provider.objects.all(), [provider_id])
    members = _members(provider_id, tenant_id)
    if not members.filter(user_id=user_id).exists():
        raise MemberNotFoundError
    if new_role != head and not members.filter(role=head).exclude(user_id=user_id).exists():
        raise LastOwnerError
