"""What a gateway knows of a tenant: what it is told, and its customer, made once when it is first needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from billing_platform.kernel.ids import new_public_id
from billing_platform.kernel.markers import marker
from payments.gateways.requests import CustomerRequest
from payments.models import Payer
from payments.services.asking import asking_at
from payments.services.transactions import own_transaction
from payments.types import PayerDetails
from tenants.selectors.readers import payers_readers

if TYPE_CHECKING:
    from datetime import datetime

    from payments.errors_gateways import GatewayRefused
    from payments.gateways.protocol import Gateway
    from tenants.types import TenantView


def payer_of_tenant(tenant: TenantView) -> PayerDetails:
    """Return what a gateway is told of a tenant when nobody of it is there; its first payer's address.

    Args:
        tenant: who pays; its provider's scope, or its own, is open.
    """
    readers = payers_readers(tenant.provider_id, tenant)
    return PayerDetails(
        name=tenant.name,
        email=next((reader.email for reader in readers.values()), ""),
        reference=tenant.public_id,
    )


def ensure_payer(
    *,
    provider_id: int,
    tenant_id: int,
    connection_id: int,
    gateway: Gateway,
    details: PayerDetails,
    now: datetime,
) -> str:
    """Return the gateway's customer that stands for a tenant, made there when there is none.

    Args:
        provider_id: whose; no transaction is open.
        tenant_id: who.
        connection_id: at which connection.
        gateway: of that connection.
        details: what the gateway is told.
        now: the present moment.

    Returns:
        The gateway's id of the customer.

    Raises:
        GatewayRefused, GatewayDown: what the gateway says.

    Idempotency: by tenant and connection here, by the row's key at the gateway.
    """
    keys = {"provider_id": provider_id, "connection_id": connection_id, "tenant_id": tenant_id}
    with own_transaction(provider_id):
        fresh = Payer(**keys, key=new_public_id("cus"), created_at=now)
        Payer.objects.bulk_create([fresh], ignore_conflicts=True)
        row = Payer.objects.get(**keys)
    if row.customer_id:
        return row.customer_id
    request = CustomerRequest(
        key=row.key, name=details.name, email=details.email, reference=details.reference
    )
    with asking_at(provider_id, connection_id, now):
        customer_id = gateway.create_customer(request)
    marker("payment.customer_made")
    with own_transaction(provider_id):
        Payer.objects.filter(**keys, customer_id="").update(customer_id=customer_id)
        return Payer.objects.get(**keys).customer_id


def page_key(key: str, customer_id: str) -> str:
    """Return the gateway's idempotency key of a page: a repeated question is the same one, another customer's is not.

    Args:
        key: of the payment or the setup, which never changes.
        customer_id: the gateway's id of the payer that the page names, kept before it is asked for, or "".
    """
    return f"{key}-{customer_id}" if customer_id else key


def has_lost_payer(
    error: GatewayRefused,
    *,
    provider_id: int,
    tenant_id: int,
    connection_id: int,
    customer_id: str,
) -> bool:
    """Return whether a gateway refused because it knows a customer no more, who is forgotten here then, too.

    Args:
        error: what the gateway said to a question that names no other object of its own.
        provider_id: whose; no transaction is open.
        tenant_id: whom the customer stands for.
        connection_id: at which connection.
        customer_id: the gateway's id of the customer, or "".

    Idempotency: by state; a customer who was made anew in the meantime stays.
    """
    if not error.is_missing or not customer_id:
        return False
    keys = {"provider_id": provider_id, "connection_id": connection_id, "tenant_id": tenant_id}
    with own_transaction(provider_id):
        rows = Payer.objects.filter(**keys, customer_id=customer_id)
        # Under the old key the gateway would name the old customer again.
        rows.update(customer_id="", key=new_public_id("cus"))
    return True
