"""Looking at a customer's pages through that customer's eyes: who may, and the record of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope
from tenants.models import Hijack
from tenants.selectors.memberships import memberships_of, memberships_through

if TYPE_CHECKING:
    from tenants.models import User


def may_hijack(*, hijacker: User, hijacked: User) -> bool:
    """Return whether one user may look through another's eyes.

    Args:
        hijacker: must be owner or support of a provider.
        hijacked: must be a customer of that provider, an active user, and nobody's staff: not of this provider, not of
            another one, not of the platform.
    """
    if not hijacked.is_active or hijacked.is_staff or hijacked.is_superuser:
        return False
    if any(row.tenant_id is None for row in memberships_of(hijacked.pk)):
        return False
    return bool(memberships_through(hijacker.pk, hijacked.pk))


def record_start(*, hijacker: User, hijacked: User, **_: Any) -> None:
    """Write the audit row, one for each provider whose customer is looked at; listens to django-hijack."""
    for provider_id in _providers(hijacker, hijacked):
        with provider_scope(provider_id):
            Hijack.objects.create(
                provider_id=provider_id, hijacker=hijacker, hijacked=hijacked, started_at=now()
            )


def record_end(*, hijacker: User, hijacked: User, **_: Any) -> None:
    """Complete the audit row; listens to django-hijack."""
    for provider_id in _providers(hijacker, hijacked):
        with provider_scope(provider_id):
            Hijack.objects.filter(
                provider_id=provider_id, hijacker=hijacker, hijacked=hijacked, ended_at__isnull=True
            ).update(ended_at=now())


def _providers(hijacker: User, hijacked: User) -> list[int]:
    return sorted({row.provider_id for row in memberships_through(hijacker.pk, hijacked.pk)})
