"""Let a customer save a method on the gateway's page, and take up once what the page saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from billing_platform.kernel.ids import new_public_id
from billing_platform.kernel.markers import marker
from payments.enums import ConnectionState, MethodState, SetupState
from payments.errors import (
    ConnectionNotFound,
    CurrencyRefused,
    FormReused,
    GatewayDown,
    GatewayRefused,
    MethodNotFound,
    MethodsNotSaved,
)
from payments.gateways.errors import GatewayRejected, GatewayUnavailable
from payments.gateways.requests import SetupRequest
from payments.gateways.values import CheckoutState
from payments.models import Connection, Method, MethodSetup, Payer
from payments.services.connections import KEY_CODES, mark_connection
from payments.services.gateways import load_gateway
from payments.services.method_facts import method_facts
from payments.services.payers import ensure_payer
from payments.services.transactions import own_transaction

if TYPE_CHECKING:
    from datetime import datetime

    from payments.gateways.protocol import Gateway
    from payments.gateways.values import Checkout
    from payments.types import PayerDetails, SetupTerms


def start_method_setup(
    *, provider_id: int, tenant_id: int, terms: SetupTerms, payer: PayerDetails, now: datetime
) -> str:
    """Open the gateway's page on which a customer saves a method.

    Args:
        provider_id: whose; no transaction is open.
        tenant_id: whose method it will be.
        terms: what is asked for.
        payer: what the gateway is told of the tenant.
        now: the present moment.

    Returns:
        The setup's public id; where to go stands in its row.

    Raises:
        ConnectionNotFound, MethodsNotSaved, CurrencyRefused, FormReused: it cannot be asked for.
        GatewayRefused, GatewayDown: the gateway opens no page, or gave no answer; the same form asks again.

    Idempotency: by `terms.request_key` per tenant, by the setup's key at the gateway.
    """
    row, gateway = _open(provider_id, tenant_id, terms, now)
    if row.checkout_id:
        return row.public_id
    try:
        customer_id = ensure_payer(
            provider_id=provider_id,
            tenant_id=tenant_id,
            connection_id=row.connection_id,
            gateway=gateway,
            details=payer,
            now=now,
        )
        page = gateway.start_setup(_request(row, customer_id))
    except GatewayUnavailable as error:
        raise GatewayDown from error
    except GatewayRejected as error:
        _note_refusal(row, error, now)
        raise GatewayRefused(error.code) from error
    marker("method.page_opened")
    with own_transaction(provider_id):
        rows = MethodSetup.objects.filter(provider_id=provider_id, pk=row.pk, checkout_id="")
        rows.update(checkout_id=page.checkout_id, checkout_url=page.url)
    return row.public_id


def take_up_setup(*, provider_id: int, setup_id: int, now: datetime) -> str:
    """Ask the gateway what a page saved, and keep it.

    Args:
        provider_id: whose; no transaction is open.
        setup_id: which setup.
        now: the present moment.

    Returns:
        The setup's state after it.

    Raises:
        MethodNotFound: the provider has no such setup.
        GatewayRejected, GatewayUnavailable: what the gateway says.

    Idempotency: a page is taken up once, also when the return page and a webhook come at the same time.
    """
    with own_transaction(provider_id):
        row = MethodSetup.objects.filter(provider_id=provider_id, pk=setup_id).first()
        if row is None:
            raise MethodNotFound
        if row.state != SetupState.OPEN or not row.checkout_id:
            return row.state
        gateway = load_gateway(provider_id=provider_id, connection_id=row.connection_id)
    page = gateway.advance_checkout(row.checkout_id)
    marker("method.page_read")
    with own_transaction(provider_id):
        return _keep(row, page, now)


def _open(
    provider_id: int, tenant_id: int, terms: SetupTerms, now: datetime
) -> tuple[MethodSetup, Gateway]:
    with own_transaction(provider_id):
        connection = Connection.objects.filter(
            provider_id=provider_id, public_id=terms.connection, state=ConnectionState.OK
        ).first()
        if connection is None:
            raise ConnectionNotFound
        gateway = load_gateway(provider_id=provider_id, connection_id=connection.pk)
        able = gateway.capabilities
        if not able.saves_methods:
            raise MethodsNotSaved
        if able.currencies and terms.currency not in able.currencies:
            raise CurrencyRefused
        fresh = MethodSetup(
            provider_id=provider_id,
            tenant_id=tenant_id,
            connection_id=connection.pk,
            currency=terms.currency,
            key=new_public_id("key"),
            request_key=terms.request_key,
            created_at=now,
        )
        fresh.return_url = terms.return_url.replace("{setup}", fresh.public_id)
        MethodSetup.objects.bulk_create([fresh], ignore_conflicts=True)
        row = MethodSetup.objects.get(
            provider_id=provider_id, tenant_id=tenant_id, request_key=terms.request_key
        )
    if row.connection_id != connection.pk:
        raise FormReused
    return row, gateway


def _request(row: MethodSetup, customer_id: str) -> SetupRequest:
    return SetupRequest(
        key=row.key,
        customer_id=customer_id,
        currency=row.currency,
        reference=row.public_id,
        return_url=row.return_url,
        cancel_url=row.return_url + "?canceled=1",
    )


def _note_refusal(row: MethodSetup, error: GatewayRejected, now: datetime) -> None:
    if error.code in KEY_CODES:
        with own_transaction(row.provider_id):
            mark_connection(row.provider_id, row.connection_id, broken=error.message, now=now)


def _keep(row: MethodSetup, page: Checkout, now: datetime) -> str:
    # The tenant's payers are the lock of all of its methods: the first one becomes the default once.
    payers = Payer.objects.filter(provider_id=row.provider_id, tenant_id=row.tenant_id)
    customers = {payer.connection_id: payer for payer in payers.order_by("pk").select_for_update()}
    fresh = MethodSetup.objects.select_for_update().get(provider_id=row.provider_id, pk=row.pk)
    if fresh.state != SetupState.OPEN:
        return fresh.state
    if page.method is not None and _is_ours(row, page, customers[row.connection_id].customer_id):
        _insert(row, page, now)
        fresh.state, fresh.done_at = SetupState.DONE, now
    elif page.state != CheckoutState.OPEN:
        fresh.state, fresh.done_at = SetupState.CLOSED, now
    fresh.save(update_fields=["state", "done_at"])
    return fresh.state


def _is_ours(row: MethodSetup, page: Checkout, customer_id: str) -> bool:
    """Return whether a page and its method are the ones that were asked for; a gateway may name no payer before."""
    if page.method is None or page.reference not in ("", row.public_id):
        return False
    connection = Connection.objects.get(provider_id=row.provider_id, pk=row.connection_id)
    is_same_payer = customer_id in ("", page.method.customer_id)
    return is_same_payer and page.is_live is connection.is_live


def _insert(row: MethodSetup, page: Checkout, now: datetime) -> None:
    if page.method is None:
        return
    own = Method.objects.filter(provider_id=row.provider_id, tenant_id=row.tenant_id)
    method = Method(
        provider_id=row.provider_id,
        tenant_id=row.tenant_id,
        connection_id=row.connection_id,
        method_id=page.method.method_id,
        customer_id=page.method.customer_id,
        is_default=not own.filter(state=MethodState.ACTIVE, frozen_at__isnull=True).exists(),
        created_at=now,
        state_at=now,
        **method_facts(page.method),
    )
    Method.objects.bulk_create([method], ignore_conflicts=True)
