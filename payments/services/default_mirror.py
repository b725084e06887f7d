"""Tell a gateway which of a client's methods is the default one; ours counts, whatever the gateway's is."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from billing_platform.kernel.errors import DomainError
from payments.enums import MethodState
from payments.gateways.protocol import KeepsDefaults
from payments.models import Method
from payments.services.asking import asking
from payments.services.gateways import load_gateway
from payments.services.transactions import own_transaction

if TYPE_CHECKING:
    from datetime import datetime


def mirror_default(*, provider_id: int, tenant_id: int, now: datetime) -> None:
    """Make a tenant's default method the one of its gateway's payer, where the gateway keeps such a thing.

    What people charge by hand in the gateway's dashboard begins with it. A gateway that cannot be asked keeps what it
    has: nothing of ours depends on it.

    Args:
        provider_id: whose; no transaction is open.
        tenant_id: whose method.
        now: the present moment.

    Idempotency: the last one counts.
    """
    with own_transaction(provider_id):
        rows = Method.objects.filter(provider_id=provider_id, tenant_id=tenant_id)
        row = rows.filter(is_default=True, state=MethodState.ACTIVE).first()
    if row is None:
        return
    with suppress(DomainError):
        with own_transaction(provider_id):
            gateway = load_gateway(provider_id=provider_id, connection_id=row.connection_id)
        if isinstance(gateway, KeepsDefaults):
            with asking(row, now):
                gateway.set_default_method(row.customer_id, row.method_id)
