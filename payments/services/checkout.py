"""Start a payment on the gateway's own page, and ask again with the same key when the answer was lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from billing_platform.kernel.markers import marker
from billing_platform.kernel.money import Money
from payments.enums import AttemptState
from payments.errors_gateways import GatewayDown, GatewayRefused
from payments.gateways.requests import CheckoutRequest
from payments.services.asking import asking
from payments.services.attempts import open_attempt
from payments.services.gateways import load_gateway
from payments.services.page_looks import page_look
from payments.services.payers import ensure_payer, has_lost_payer, page_key
from payments.services.settlement import locked, move
from payments.services.transactions import own_transaction

if TYPE_CHECKING:
    from datetime import datetime

    from payments.gateways.protocol import Gateway
    from payments.gateways.values import Checkout
    from payments.models import Attempt
    from payments.types import PayerDetails, PaymentTerms

MARKERS: Final = (
    "payment.opened",
    "payment.customer_made",
    "payment.page_opened",
    "payment.settled",
)


def start_checkout(
    *, provider_id: int, tenant_id: int, terms: PaymentTerms, payer: PayerDetails, now: datetime
) -> str:
    """Open a payment and the gateway's page for it.

    Args:
        provider_id: whose; no transaction is open.
        tenant_id: who pays.
        terms: what is asked for.
        payer: what the gateway is told of the tenant.
        now: the present moment.

    Returns:
        The payment's public id; where to pay stands in its row while the page is open.

    Raises:
        AmountRefused, ConnectionNotFound, CurrencyRefused, FormReused: as `open_attempt`.
        GatewayRefused: the gateway does not open a page; the payment failed.
        GatewayDown: it did not answer. The payment stays and is asked about again; the same form starts no other one.

    Idempotency: by `terms.request_key` per tenant; a page that was opened is not opened again.
    """
    row = open_attempt(provider_id=provider_id, tenant_id=tenant_id, terms=terms, now=now)
    return lead_to_page(row=row, payer=payer, now=now)


def lead_to_page(*, row: Attempt, payer: PayerDetails, now: datetime) -> str:
    """Open the gateway's page for a payment that is written down.

    Args:
        row: committed; no transaction is open.
        payer: what the gateway is told of the tenant.
        now: the present moment.

    Returns:
        The payment's public id.

    Raises:
        GatewayRefused, GatewayDown: as `start_checkout`.

    Idempotency: a page that was opened is not opened again.
    """
    provider_id = row.provider_id
    if row.state not in (AttemptState.CREATED, AttemptState.UNKNOWN):
        return row.public_id
    with own_transaction(provider_id):
        gateway = load_gateway(provider_id=provider_id, connection_id=row.connection_id)
    own = {
        "provider_id": provider_id,
        "tenant_id": row.tenant_id,
        "connection_id": row.connection_id,
    }
    try:
        if not row.customer_id:
            # A question whose answer was lost is asked again for the same customer.
            remember_customer(row, ensure_payer(**own, gateway=gateway, details=payer, now=now))
        try:
            open_page(row=row, gateway=gateway, now=now)
        except GatewayRefused as error:
            if not has_lost_payer(error, **own, customer_id=row.customer_id):
                raise
            # Deleted in the gateway's dashboard: made anew once. Of the refused question no page came.
            remember_customer(row, ensure_payer(**own, gateway=gateway, details=payer, now=now))
            open_page(row=row, gateway=gateway, now=now)
    except GatewayDown:
        lose(row=row, now=now)
        raise
    except GatewayRefused as error:
        refuse(row=row, error=error, now=now)
        raise
    return row.public_id


def open_page(*, row: Attempt, gateway: Gateway, now: datetime) -> None:
    """Ask the gateway for a payment's page under the payment's key, and keep where it is.

    Args:
        row: an attempt without a page.
        gateway: of its connection.
        now: the present moment.

    Raises:
        GatewayRefused, GatewayDown: what the gateway says.

    Idempotency: by the attempt's key and customer at the gateway; a second answer is the first one.
    """
    request = CheckoutRequest(
        key=page_key(row.key, row.customer_id),
        amount=Money(row.amount_minor, row.currency),
        customer_id=row.customer_id,
        description=row.description,
        reference=row.public_id,
        return_url=row.return_url,
        cancel_url=row.return_url + "?canceled=1",
        **page_look(row),
    )
    with asking(row, now):
        page = gateway.start_checkout(request)
    marker("payment.page_opened")
    keep_page(row=row, page=page, now=now)


def keep_page(*, row: Attempt, page: Checkout, now: datetime) -> None:
    """Write down the page of a payment; one that has come further stays where it is.

    Args:
        row: the attempt.
        page: as the gateway has it.
        now: the present moment.

    Idempotency: the page of an attempt is always the same one.
    """
    with own_transaction(row.provider_id):
        fresh = locked(row.provider_id, row.pk)
        if fresh.state not in (AttemptState.CREATED, AttemptState.UNKNOWN):
            return
        fresh.checkout_id, fresh.checkout_url = page.checkout_id, page.url
        move(fresh, AttemptState.REQUIRES_ACTION, now)


def lose(*, row: Attempt, now: datetime) -> None:
    """Write down that the answer to a call was lost: the gateway may or may not have done it.

    Args:
        row: the attempt.
        now: the present moment.

    Idempotency: what is known is not forgotten.
    """
    with own_transaction(row.provider_id):
        fresh = locked(row.provider_id, row.pk)
        if fresh.state == AttemptState.CREATED:
            move(fresh, AttemptState.UNKNOWN, now)


def refuse(*, row: Attempt, error: GatewayRefused, now: datetime) -> None:
    """Write down that the gateway said no to a payment.

    Args:
        row: the attempt.
        error: what it said.
        now: the present moment.

    Idempotency: what has come further stays.
    """
    with own_transaction(row.provider_id):
        fresh = locked(row.provider_id, row.pk)
        if fresh.state in (AttemptState.CREATED, AttemptState.UNKNOWN):
            fresh.failure_code = (error.decline_code or error.code)[:64]
            fresh.external_id = fresh.external_id or error.object_id
            move(fresh, AttemptState.FAILED, now)


def remember_customer(row: Attempt, customer_id: str) -> None:
    """Keep whose page or charge it is before the gateway is asked, so that a repeated question is the same one.

    Args:
        row: the attempt.
        customer_id: the gateway's id of the payer.
    """
    with own_transaction(row.provider_id):
        fresh = locked(row.provider_id, row.pk)
        fresh.customer_id = customer_id
        fresh.save(update_fields=["customer_id"])
    row.customer_id = customer_id
