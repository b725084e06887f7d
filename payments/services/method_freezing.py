"""Methods whose payments are disputed: not charged and no default until somebody of the provider releases them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payments.errors import MethodFrozen
from payments.models import Method, Payer

if TYPE_CHECKING:
    from datetime import datetime


def freeze_method(
    *, provider_id: int, tenant_id: int, connection_id: int, method_id: str, now: datetime
) -> None:
    """Freeze a method, if it is one of the tenant's saved ones.

    Args:
        provider_id: whose; its scope and a transaction are open.
        tenant_id: whose method.
        connection_id: of which connection.
        method_id: the gateway's id, or "" when the payment was made otherwise.
        now: the present moment.

    Idempotency: what is frozen stays as it is.
    """
    if not method_id:
        return
    # The tenant's payers are the lock of all of its methods.
    payers = Payer.objects.filter(provider_id=provider_id, tenant_id=tenant_id)
    list(payers.order_by("pk").select_for_update())
    rows = Method.objects.filter(
        provider_id=provider_id, tenant_id=tenant_id, connection_id=connection_id
    )
    rows.filter(method_id=method_id, frozen_at__isnull=True).update(frozen_at=now, is_default=False)


def check_not_frozen(*, provider_id: int, connection_id: int, method_id: str) -> None:
    """Refuse to charge a method that is frozen.

    Args:
        provider_id: whose; its scope is open.
        connection_id: of which connection.
        method_id: the gateway's id.

    Raises:
        MethodFrozen: a payment by it is disputed.
    """
    rows = Method.objects.filter(
        provider_id=provider_id, connection_id=connection_id, method_id=method_id
    )
    if rows.filter(frozen_at__isnull=False).exists():
        raise MethodFrozen
