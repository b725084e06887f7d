"""What is kept of a gateway's method: cut to the columns, and inserted once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from payments.enums import MethodState
from payments.models import Method

if TYPE_CHECKING:
    from datetime import datetime

    from payments.gateways.methods import SavedMethod


def method_facts(found: SavedMethod) -> dict[str, Any]:
    """Return the columns that say what a method is.

    Args:
        found: as the gateway has it.
    """
    year, month = found.expires or (None, None)
    return {
        "kind": str(found.kind),
        "brand": found.brand[:32],
        "last4": found.last4[:4],
        "expires_year": year,
        "expires_month": month,
        "holder": found.holder[:200],
        "bank_name": found.bank_name[:200],
        "payer": found.payer[:254],
        "number": found.number[:128],
    }


def insert_method(
    tenant_id: int, provider_id: int, connection_id: int, found: SavedMethod, now: datetime
) -> bool:
    """Keep a method that is not known yet; the first that may be charged becomes the default one.

    Args:
        tenant_id: whose; its methods are locked in an open transaction.
        provider_id: whose client.
        connection_id: where the gateway keeps it.
        found: as the gateway has it.
        now: the present moment.

    Returns:
        Whether it became the default one, unless it was known.

    Idempotency: by the gateway's id; one that was deleted here stays deleted.
    """
    own = Method.objects.filter(provider_id=provider_id, tenant_id=tenant_id)
    method = Method(
        provider_id=provider_id,
        tenant_id=tenant_id,
        connection_id=connection_id,
        method_id=found.method_id,
        customer_id=found.customer_id,
        is_default=not own.filter(state=MethodState.ACTIVE, frozen_at__isnull=True).exists(),
        created_at=now,
        state_at=now,
        **method_facts(found),
    )
    Method.objects.bulk_create([method], ignore_conflicts=True)
    return method.is_default
