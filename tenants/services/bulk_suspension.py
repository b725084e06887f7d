"""Suspend several tenants by hand, or let them return: each for itself, with a result per tenant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenants.errors import TenantNotFoundError, TenantsError
from tenants.selectors.tenants import tenant_by_public_id
from tenants.services.suspension import resume_by_hand, suspend_by_hand

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from tenants.types import TenantView


@dataclass(frozen=True)
class TenantResult:
    """What came of one tenant; `refusal` is empty when it was done."""

    public_id: str
    name: str
    refusal: str


def suspend_each(
    *, provider_id: int, public_ids: Sequence[str], note: str, now: datetime
) -> list[TenantResult]:
    """Suspend tenants by a person's decision; one that is refused does not keep the others from it.

    Args:
        provider_id: whose; its scope is open.
        public_ids: which; each once.
        note: why, at most 500 characters; the tenants' admins see it.
        now: the moment of the decision.

    Idempotency: by state; who is suspended by hand already is refused.
    """

    def suspend(tenant: TenantView) -> None:
        suspend_by_hand(provider_id=provider_id, tenant_id=tenant.id, note=note, now=now)

    return _each(provider_id, public_ids, suspend)


def resume_each(
    *, provider_id: int, public_ids: Sequence[str], now: datetime
) -> list[TenantResult]:
    """Lift suspensions by hand; one that is refused does not keep the others from it.

    Args:
        provider_id: whose; its scope is open.
        public_ids: which; each once.
        now: the moment of the decision.

    Idempotency: by state; who is not suspended by hand is refused.
    """

    def resume(tenant: TenantView) -> None:
        resume_by_hand(provider_id=provider_id, tenant_id=tenant.id, now=now)

    return _each(provider_id, public_ids, resume)


def _each(
    provider_id: int, public_ids: Sequence[str], act: Callable[[TenantView], None]
) -> list[TenantResult]:
    results: list[TenantResult] = []
    for public_id in dict.fromkeys(public_ids):
        name, refusal = public_id, ""
        try:
            tenant = tenant_by_public_id(provider_id, public_id)
            name = tenant.name
            act(tenant)
        except (TenantsError, TenantNotFoundError) as error:
            refusal = error.message
        results.append(TenantResult(public_id, name, refusal))
    return results
