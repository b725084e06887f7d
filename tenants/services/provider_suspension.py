"""Suspend a whole provider, and let it return: all of its tenants at once. Called by the platform's commands only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from billing_platform.kernel.locks import hold_name, lock_rows
from billing_platform.kernel.scope import provider_scope
from tenants.enums import SuspensionReason, TenantStatus
from tenants.errors import MissingReasonError
from tenants.models import Provider, Suspension, Tenant
from tenants.services.suspension import SUSPENDING, follow_provider
from tenants.types import PLATFORM_SOURCE

if TYPE_CHECKING:
    from datetime import datetime

_NOTE_MAX = 500


@dataclass(frozen=True)
class ProviderSuspended:
    """What became of a provider.

    Attributes:
        is_new: whether this call changed it.
        epoch: how often the provider has been suspended, this time included.
        tenants: how many tenants changed their state or their epoch.
    """

    is_new: bool
    epoch: int
    tenants: int


def suspend_provider(*, provider_id: int, reason: str, now: datetime) -> ProviderSuspended:
    """Suspend a provider and all its tenants, in a transaction of its own; runs as worker.

    Nothing else changes: usage is taken and charged as that of any suspended tenant, people log in, invoices are paid.

    Args:
        provider_id: whose; no scope is open.
        reason: why, 1 to 500 characters; the provider's people read it, its tenants do not.
        now: the moment of the decision.

    Returns:
        What became of it.

    Raises:
        MissingReasonError: no reason, or too long a one.
        NotFoundError: there is no such provider.

    Idempotency: by state; one that is suspended stays as it is, with the first reason. Source: decision 60.
    """
    note = reason.strip()
    if not 1 <= len(note) <= _NOTE_MAX or "\x00" in note:
        raise MissingReasonError
    with provider_scope(provider_id, durable=True):
        row = _held(provider_id)
        if row.suspended_at is not None:
            return ProviderSuspended(is_new=False, epoch=row.suspension_epoch, tenants=0)
        epoch = row.suspension_epoch + 1
        _write(row, suspended_at=now, suspension_note=note, suspension_epoch=epoch)
        living = Tenant.objects.filter(provider_id=provider_id).exclude(status=TenantStatus.CLOSED)
        ids = list(living.order_by("pk").values_list("pk", flat=True))
        changed = follow_provider(provider_id=provider_id, tenant_ids=ids, suspended=True, now=now)
    return ProviderSuspended(is_new=True, epoch=epoch, tenants=len(changed))


def resume_provider(*, provider_id: int, now: datetime) -> ProviderSuspended:
    """Let a provider return, and those of its tenants that nothing else suspends; runs as worker.

    Args:
        provider_id: whose; no scope is open.
        now: the moment of the decision.

    Returns:
        What became of it.

    Raises:
        NotFoundError: there is no such provider.

    Idempotency: by state; one that is not suspended stays as it is.
    """
    with provider_scope(provider_id, durable=True):
        row = _held(provider_id)
        if row.suspended_at is None:
            return ProviderSuspended(is_new=False, epoch=row.suspension_epoch, tenants=0)
        _write(row, suspended_at=None, suspension_note="")
        opened = Suspension.objects.filter(
            provider_id=provider_id,
            reason=SuspensionReason.BY_HAND,
            source=PLATFORM_SOURCE,
            lifted_at__isnull=True,
        )
        ids = list(opened.order_by("tenant_id").values_list("tenant_id", flat=True))
        changed = follow_provider(provider_id=provider_id, tenant_ids=ids, suspended=False, now=now)
    return ProviderSuspended(is_new=True, epoch=row.suspension_epoch, tenants=len(changed))


def _held(provider_id: int) -> Provider:
    """Return the provider's row; who makes tenants or suspends it as well waits from here on."""
    hold_name(SUSPENDING, provider_id)
    (row,) = lock_rows(Provider.objects.all(), [provider_id])
    return row


def _write(row: Provider, **values: Any) -> None:
    Provider.objects.filter(pk=row.pk).update(**values)
