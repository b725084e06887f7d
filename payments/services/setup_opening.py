"""Open a setup and ask the gateway for its page or form once. Called by the two services that save methods."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from billing_platform.kernel.ids import new_public_id
from billing_platform.kernel.markers import marker
from payments.enums import ConnectionState, SetupState
from payments.errors import (
    ConnectionNotFound,
    CurrencyRefused,
    FormReused,
    MethodsNotSaved,
)
from payments.errors_gateways import GatewayRefused
from payments.gateways.requests import SetupRequest
from payments.models import Connection, MethodSetup
from payments.services.asking import asking
from payments.services.gateways import form_script_of, keeps_in, load_gateway
from payments.services.page_looks import keep_look, page_look
from payments.services.payers import ensure_payer, has_lost_payer, page_key
from payments.services.schedule import next_poll
from payments.services.transactions import own_transaction

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from payments.gateways.protocol import Gateway
    from payments.gateways.values import Checkout
    from payments.types import PayerDetails, SetupTerms

Opened = TypeVar("Opened")


def open_setup(
    provider_id: int, tenant_id: int, terms: SetupTerms, now: datetime, *, in_form: bool
) -> tuple[MethodSetup, Gateway]:
    """Write down that a method is to be saved, and commit it.

    Args:
        provider_id: whose; no transaction is open.
        tenant_id: whose method it will be.
        terms: what is asked for.
        now: the present moment.
        in_form: by a form of ours, not on the gateway's page.

    Returns:
        The setup, the one of before when its request key was used, and the gateway.

    Raises:
        ConnectionNotFound, MethodsNotSaved, CurrencyRefused, FormReused: it cannot be asked for.

    Idempotency: by `terms.request_key` per tenant.
    """
    with own_transaction(provider_id):
        connection = Connection.objects.filter(
            provider_id=provider_id, public_id=terms.connection, state=ConnectionState.OK
        ).first()
        if connection is None:
            raise ConnectionNotFound
        gateway = load_gateway(provider_id=provider_id, connection_id=connection.pk)
        _check(gateway, terms.currency, in_form=in_form)
        fresh = MethodSetup(
            provider_id=provider_id,
            tenant_id=tenant_id,
            connection_id=connection.pk,
            currency=terms.currency,
            key=new_public_id("key"),
            request_key=terms.request_key,
            created_at=now,
            next_poll_at=next_poll(now, 0, now),
        )
        fresh.return_url = terms.return_url.replace("{setup}", fresh.public_id)
        keep_look(fresh)
        MethodSetup.objects.bulk_create([fresh], ignore_conflicts=True)
        row = MethodSetup.objects.get(
            provider_id=provider_id, tenant_id=tenant_id, request_key=terms.request_key
        )
    is_over = row.state != SetupState.OPEN and not row.checkout_id
    if row.connection_id != connection.pk or is_over:
        raise FormReused
    marker("method.opened")
    return row, gateway


def _request(
    row: MethodSetup, gateway: Gateway, payer: PayerDetails, now: datetime
) -> SetupRequest:
    customer_id = ensure_payer(
        provider_id=row.provider_id,
        tenant_id=row.tenant_id,
        connection_id=row.connection_id,
        gateway=gateway,
        details=payer,
        now=now,
    )
    return SetupRequest(
        key=page_key(row.key, customer_id),
        customer_id=customer_id,
        currency=row.currency,
        reference=row.public_id,
        return_url=row.return_url,
        cancel_url=row.return_url + "?canceled=1",
        **page_look(row),
    )


def ask_setup(
    row: MethodSetup,
    gateway: Gateway,
    payer: PayerDetails,
    now: datetime,
    ask: Callable[[SetupRequest], Opened],
) -> Opened:
    """Ask for a setup's page or form; a customer whom the gateway knows no more is made anew, once.

    Args:
        row: the setup.
        gateway: of its connection.
        payer: what the gateway is told of the tenant.
        now: the present moment.
        ask: the gateway's question.

    Raises:
        GatewayRefused, GatewayDown: what the gateway says.
    """
    request = _request(row, gateway, payer, now)
    try:
        with asking(row, now):
            return ask(request)
    except GatewayRefused as error:
        is_lost = has_lost_payer(
            error,
            provider_id=row.provider_id,
            tenant_id=row.tenant_id,
            connection_id=row.connection_id,
            customer_id=request.customer_id,
        )
        if not is_lost:
            raise
    with asking(row, now):
        return ask(_request(row, gateway, payer, now))


def keep_setup_page(row: MethodSetup, page: Checkout) -> None:
    """Write down the page or form of a setup.

    Args:
        row: the setup.
        page: as the gateway opened it.

    Idempotency: the page of a setup is always the same one.
    """
    marker("method.page_opened")
    with own_transaction(row.provider_id):
        rows = MethodSetup.objects.filter(provider_id=row.provider_id, pk=row.pk, checkout_id="")
        rows.update(checkout_id=page.checkout_id, checkout_url=page.url)


def _check(gateway: Gateway, currency: str, *, in_form: bool) -> None:
    if not gateway.capabilities.saves_methods or (in_form and form_script_of(gateway) is None):
        raise MethodsNotSaved
    if not keeps_in(gateway, currency):
        raise CurrencyRefused
