"""Read suspensions, and what a tenant's service may do because of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, Min

from tenants.enums import TenantStatus
from tenants.models import Suspension
from tenants.registry import SUSPENSION_INBOUND, SUSPENSION_OUTBOUND, SUSPENSION_RESOURCES
from tenants.selectors.settings import get_settings
from tenants.selectors.tenants import tenant_by_external_id
from tenants.types import Entitlement, OpenSuspension

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from tenants.types import TenantView


def open_suspensions(provider_id: int, tenant_id: int) -> list[OpenSuspension]:
    """Return why a tenant is suspended, oldest reason first; empty when it is not.

    Args:
        provider_id: whose; its scope, or the tenant's own, is open.
        tenant_id: the row's number.
    """
    rows = Suspension.objects.filter(
        provider_id=provider_id, tenant_id=tenant_id, lifted_at__isnull=True
    ).order_by("since", "epoch")
    return [
        OpenSuspension(**row) for row in rows.values("reason", "source", "since", "note", "epoch")
    ]


def suspension_reasons(provider_id: int, tenant_ids: Sequence[int]) -> dict[int, list[str]]:
    """Return for what each of some tenants is suspended, by tenant; those that are not are left out.

    Args:
        provider_id: whose; its scope is open.
        tenant_ids: a page of tenants.
    """
    rows = Suspension.objects.filter(
        provider_id=provider_id, tenant_id__in=list(tenant_ids), lifted_at__isnull=True
    )
    found: dict[int, list[str]] = {}
    for tenant_id, reason in rows.order_by("since", "epoch").values_list("tenant_id", "reason"):
        reasons = found.setdefault(tenant_id, [])
        if reason not in reasons:
            reasons.append(reason)
    return found


def suspended_since(provider_id: int, tenant_ids: Iterable[int]) -> dict[int, datetime]:
    """Return since when tenants are suspended, for whatever came first; those that are not are left out.

    Args:
        provider_id: whose; its scope is open.
        tenant_ids: any number of them.
    """
    rows = Suspension.objects.filter(
        provider_id=provider_id, tenant_id__in=list(tenant_ids), lifted_at__isnull=True
    )
    first = rows.order_by().values_list("tenant_id").annotate(first=Min("since"))
    return dict(first)


def count_suspended(provider_id: int) -> dict[str, int]:
    """Return how many tenants are suspended now, by reason; one with two reasons counts under both.

    Args:
        provider_id: whose; its scope is open.
    """
    rows = Suspension.objects.filter(provider_id=provider_id, lifted_at__isnull=True)
    counted = rows.order_by().values_list("reason").annotate(n=Count("tenant_id", distinct=True))
    return dict(counted)


def entitlement(provider_id: int, external_id: str) -> Entitlement:
    """Return what a tenant's service may do now.

    Args:
        provider_id: whose; its scope is open.
        external_id: the provider's own name for the tenant.

    Returns:
        The tenant's status with the effects that the provider's settings give it. A suspended or closed tenant may
        never create a resource; a closed one may do nothing at all.

    Raises:
        TenantNotFoundError: the provider has no such tenant.
    """
    return entitlement_of(tenant_by_external_id(provider_id, external_id))


def entitlement_of(tenant: TenantView) -> Entitlement:
    """Return what a tenant's service may do now, when its row has been read already.

    Args:
        tenant: the row; its provider's scope, or its own, is open.
    """
    if tenant.status == TenantStatus.CLOSED:
        return Entitlement(
            "closed",
            "closed",
            tenant.closed_at,
            tenant.epoch,
            "block",
            "reject",
            "stop",
            may_create=False,
        )
    if tenant.status != TenantStatus.SUSPENDED:
        return Entitlement(
            tenant.status, None, None, tenant.epoch, "allow", "allow", "run", may_create=True
        )
    outbound, inbound, resources = get_settings(
        tenant.provider_id, SUSPENSION_OUTBOUND, SUSPENSION_INBOUND, SUSPENSION_RESOURCES
    )
    first = open_suspensions(tenant.provider_id, tenant.id)[0]
    return Entitlement(
        tenant.status,
        first.reason,
        first.since,
        tenant.epoch,
        outbound,
        inbound,
        resources,
        may_create=False,
    )
