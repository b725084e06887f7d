"""Open a payment: its intent is committed under a key before any gateway hears of it. Called by the other services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from billing_platform.kernel.ids import new_public_id
from billing_platform.kernel.markers import marker
from payments.enums import AttemptKind, AttemptState, ConnectionState
from payments.errors import AmountRefused, ConnectionNotFound, CurrencyRefused, FormReused
from payments.models import Attempt
from payments.models.attempt import new_payment_id
from payments.services.connections import connection_row
from payments.services.gateways import load_gateway
from payments.services.method_freezing import check_not_frozen
from payments.services.page_looks import keep_look
from payments.services.paid_with import note_paid_with, paid_with_method
from payments.services.payable import check_payable
from payments.services.schedule import next_poll
from payments.services.transactions import own_transaction

if TYPE_CHECKING:
    from datetime import datetime

    from payments.models import Connection
    from payments.types import PaymentTerms

AMOUNT_MINOR_LIMIT = 10**12


def open_attempt(
    *,
    provider_id: int,
    tenant_id: int,
    terms: PaymentTerms,
    now: datetime,
    method_id: str = "",
) -> Attempt:
    """Write down that a payment is wanted, and commit it.

    Args:
        provider_id: whose; no transaction is open.
        tenant_id: who pays.
        terms: what is asked for.
        now: the present moment.
        method_id: the gateway's id of a saved method to charge, "" for the gateway's page.

    Returns:
        The attempt; the one of before when its request key was used.

    Raises:
        AmountRefused: nothing, more than anybody pays, or an amount that the gateway's page does not take.
        ConnectionNotFound: there is no such way to pay, or it is switched off or broken.
        CurrencyRefused: the gateway does not take the currency.
        FormReused: the request key stands for another payment.
        MethodFrozen: a payment by the method is disputed.

    Idempotency: by `terms.request_key` per tenant.
    """
    with own_transaction(provider_id):
        row = write_attempt(
            provider_id=provider_id,
            tenant_id=tenant_id,
            terms=terms,
            now=now,
            method_id=method_id,
        )
    marker("payment.opened")
    return row


def write_attempt(
    *,
    provider_id: int,
    tenant_id: int,
    terms: PaymentTerms,
    now: datetime,
    method_id: str = "",
) -> Attempt:
    """Write down that a payment is wanted, in the caller's transaction; no gateway is asked before its commit.

    Args: as `open_attempt`; the provider's scope is open.

    Raises:
        AmountRefused, ConnectionNotFound, CurrencyRefused, FormReused, MethodFrozen: as `open_attempt`.

    Idempotency: as `open_attempt`.
    """
    if not 0 < terms.amount.amount_minor <= AMOUNT_MINOR_LIMIT:
        raise AmountRefused
    before = _of_request(provider_id, tenant_id, terms)
    if before is not None:
        return before
    connection = connection_row(provider_id, terms.connection)
    _check_offered(connection, terms, method_id)
    if method_id:
        check_not_frozen(provider_id=provider_id, connection_id=connection.pk, method_id=method_id)
    Attempt.objects.bulk_create(
        [_attempt(connection, tenant_id, terms, now, method_id)], ignore_conflicts=True
    )
    row = _of_request(provider_id, tenant_id, terms)
    if row is None:  # the conflict was with another key, which a random one never has
        raise FormReused
    return row


def _of_request(provider_id: int, tenant_id: int, terms: PaymentTerms) -> Attempt | None:
    rows = Attempt.objects.filter(provider_id=provider_id, tenant_id=tenant_id)
    row = rows.filter(request_key=terms.request_key).first()
    if row is not None and (row.amount_minor, row.currency, row.reference) != (
        terms.amount.amount_minor,
        terms.amount.currency,
        terms.reference,
    ):
        raise FormReused
    if row is not None:
        connection = connection_row(provider_id, terms.connection)
        if connection.pk != row.connection_id:
            raise FormReused
    return row


def _check_offered(connection: Connection, terms: PaymentTerms, method_id: str) -> None:
    if connection.state != ConnectionState.OK:
        raise ConnectionNotFound
    gateway = load_gateway(provider_id=connection.provider_id, connection_id=connection.pk)
    if method_id:
        # Nobody is there to change the amount: the gateway's refusal is written down with the attempt.
        if not gateway.capabilities.takes(terms.amount.currency):
            raise CurrencyRefused
    else:
        check_payable(gateway, terms.amount)


def _attempt(
    connection: Connection, tenant_id: int, terms: PaymentTerms, now: datetime, method_id: str
) -> Attempt:
    public_id = new_payment_id()
    row = Attempt(
        public_id=public_id,
        provider_id=connection.provider_id,
        tenant_id=tenant_id,
        connection_id=connection.pk,
        kind=AttemptKind.CHARGE if method_id else AttemptKind.CHECKOUT,
        amount_minor=terms.amount.amount_minor,
        currency=terms.amount.currency,
        description=terms.description[:200],
        reference=terms.reference,
        return_url=terms.return_url.replace("{payment}", public_id),
        key=new_public_id("key"),
        request_key=terms.request_key,
        opened_by=terms.opened_by,
        created_at=now,
        state=AttemptState.CREATED,
        state_at=now,
        method_id=method_id,
        next_poll_at=next_poll(now, 0, now),
    )
    if method_id:
        # A charge that is refused leaves no object that would say it.
        note_paid_with(row, paid_with_method(connection.provider_id, connection.pk, method_id))
    else:
        keep_look(row)
    return row
