"""Let a customer save a method on the gateway's page, and take up once what the page saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from billing_platform.kernel.markers import marker
from payments.enums import SetupState
from payments.errors import MethodNotFound
from payments.gateways.values import CheckoutState
from payments.models import Connection, MethodSetup, Payer
from payments.services.asking import asking
from payments.services.default_mirror import mirror_default
from payments.services.gateways import load_gateway
from payments.services.method_facts import insert_method
from payments.services.setup_opening import ask_setup, keep_setup_page, open_setup
from payments.services.transactions import own_transaction

if TYPE_CHECKING:
    from datetime import datetime

    from payments.gateways.values import Checkout
    from payments.types import PayerDetails, SetupTerms

MARKERS: Final = (
    "method.opened",
    "payment.customer_made",
    "method.page_opened",
    "method.page_read",
    "method.kept",
)


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
    row, gateway = open_setup(provider_id, tenant_id, terms, now, in_form=False)
    if not row.checkout_id:
        page = ask_setup(row, gateway, payer, now, gateway.start_setup)
        keep_setup_page(row, page)
    return row.public_id


def take_up_setup(*, provider_id: int, setup_id: int, now: datetime, closes: bool = False) -> str:
    """Ask the gateway what a page saved, and keep it.

    Args:
        provider_id: whose; no transaction is open.
        setup_id: which setup.
        now: the present moment.
        closes: nothing is waited for any more: what it has not saved by now it never will.

    Returns:
        The setup's state after it.

    Raises:
        MethodNotFound: the provider has no such setup.
        GatewayRefused, GatewayDown: what the gateway says.

    Idempotency: a page is taken up once, also when the return page and a webhook come at the same time.
    """
    with own_transaction(provider_id):
        row = MethodSetup.objects.filter(provider_id=provider_id, pk=setup_id).first()
        if row is None:
            raise MethodNotFound
        if row.state != SetupState.OPEN or not row.checkout_id:
            return row.state
        gateway = load_gateway(provider_id=provider_id, connection_id=row.connection_id)
    ask = gateway.expire_checkout if closes else gateway.advance_checkout
    with asking(row, now):
        page = ask(row.checkout_id)
    marker("method.page_read")
    with own_transaction(provider_id):
        state = _keep(row, page, now, closes=closes)
    if state == SetupState.DONE:
        mirror_default(provider_id=provider_id, tenant_id=row.tenant_id, now=now)
    return state


def _keep(row: MethodSetup, page: Checkout, now: datetime, *, closes: bool) -> str:
    # The tenant's payers are the lock of all of its methods: the first one becomes the default once.
    payers = Payer.objects.filter(provider_id=row.provider_id, tenant_id=row.tenant_id)
    customers = {payer.connection_id: payer for payer in payers.order_by("pk").select_for_update()}
    fresh = MethodSetup.objects.select_for_update().get(provider_id=row.provider_id, pk=row.pk)
    if fresh.state != SetupState.OPEN:
        return fresh.state
    if page.method is not None and _is_ours(row, page, customers[row.connection_id].customer_id):
        insert_method(row.tenant_id, row.provider_id, row.connection_id, page.method, now)
        fresh.state, fresh.done_at = SetupState.DONE, now
    elif closes or page.state != CheckoutState.OPEN:
        fresh.state, fresh.done_at = SetupState.CLOSED, now
    fresh.failure_code = "" if fresh.state == SetupState.DONE else page.failure_code[:64]
    if fresh.state != SetupState.OPEN:
        fresh.next_poll_at = None
    fresh.save(update_fields=["state", "done_at", "failure_code", "next_poll_at"])
    marker("method.kept")
    return fresh.state


def _is_ours(row: MethodSetup, page: Checkout, customer_id: str) -> bool:
    """Return whether a page and its method are the ones that were asked for; a gateway may name no payer before."""
    if page.method is None or page.reference not in ("", row.public_id):
        return False
    connection = Connection.objects.get(provider_id=row.provider_id, pk=row.connection_id)
    is_same_payer = customer_id in ("", page.method.customer_id)
    return is_same_payer and page.is_live is connection.is_live
