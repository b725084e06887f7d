"""Charge a saved method while the customer is away: one key, one charge, whatever is lost on the way."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.markers import marker
from billing_platform.kernel.money import Money
from payments.enums import AttemptState
from payments.errors_gateways import GatewayDown, GatewayRefused
from payments.gateways.declines import DeclineClass
from payments.gateways.refusals import decline_class
from payments.gateways.requests import ChargeRequest
from payments.services.asking import asking
from payments.services.attempts import open_attempt
from payments.services.charge_ending import end_charge
from payments.services.checkout import lose, refuse, remember_customer
from payments.services.gateways import load_gateway
from payments.services.methods import look_for_method
from payments.services.payers import ensure_payer
from payments.services.settlement import settle
from payments.services.transactions import own_transaction

if TYPE_CHECKING:
    from datetime import datetime

    from payments.gateways.protocol import Gateway
    from payments.models import Attempt
    from payments.types import PayerDetails, PaymentTerms

MARKERS: Final = ("payment.opened", "payment.charged", "payment.settled")
# Refusals behind which the method may be gone: the gateway is asked what it still keeps.
_MAY_BE_GONE: Final = (DeclineClass.NEVER, DeclineClass.FAULT)


def charge_method(
    *,
    provider_id: int,
    tenant_id: int,
    terms: PaymentTerms,
    payer: PayerDetails,
    method_id: str,
    now: datetime,
) -> str:
    """Take money from a saved method.

    Args:
        provider_id: whose; no transaction is open.
        tenant_id: who pays.
        terms: what is asked for.
        payer: what the gateway is told of the tenant.
        method_id: the gateway's id of the method.
        now: the present moment.

    Returns:
        The payment's public id; its row says what came of it, `unknown` when the answer was lost.

    Raises:
        AmountRefused, ConnectionNotFound, CurrencyRefused, FormReused, MethodFrozen: as `open_attempt`.

    Idempotency: by `terms.request_key` per tenant; one that was decided is not charged again.
    """
    row = open_attempt(
        provider_id=provider_id, tenant_id=tenant_id, terms=terms, now=now, method_id=method_id
    )
    return take_money(row=row, payer=payer, now=now)


def take_money(*, row: Attempt, payer: PayerDetails, now: datetime) -> str:
    """Charge the saved method of a payment that is written down.

    Args:
        row: committed, with its method; no transaction is open.
        payer: what the gateway is told of the tenant.
        now: the present moment.

    Returns:
        The payment's public id; its row says what came of it.

    Idempotency: by the attempt's key; one that was decided is not charged again.
    """
    provider_id, tenant_id = row.provider_id, row.tenant_id
    if row.state != AttemptState.CREATED:
        return row.public_id
    with own_transaction(provider_id):
        gateway = load_gateway(provider_id=provider_id, connection_id=row.connection_id)
    try:
        customer_id = ensure_payer(
            provider_id=provider_id,
            tenant_id=tenant_id,
            connection_id=row.connection_id,
            gateway=gateway,
            details=payer,
            now=now,
        )
    except GatewayDown:
        lose(row=row, now=now)
        return row.public_id
    except GatewayRefused as error:
        refuse(row=row, error=error, now=now)
        return row.public_id
    remember_customer(row, customer_id)
    charge(row=row, gateway=gateway, now=now)
    return row.public_id


def charge(*, row: Attempt, gateway: Gateway, now: datetime) -> None:
    """Ask the gateway for the money under the attempt's key, and write down what it says.

    Args:
        row: an attempt with its customer and method.
        gateway: of its connection.
        now: the present moment.

    Idempotency: by the attempt's key at the gateway.
    """
    request = ChargeRequest(
        key=row.key,
        amount=Money(row.amount_minor, row.currency),
        customer_id=row.customer_id,
        method_id=row.method_id,
        description=row.description,
        reference=row.public_id,
    )
    try:
        with asking(row, now):
            found = gateway.charge(request)
    except GatewayDown:
        lose(row=row, now=now)
    except GatewayRefused as error:
        refuse(row=row, error=error, now=now)
        if not error.is_key:
            look_after(row=row, code=error.decline_code or error.code, now=now)
    else:
        marker("payment.charged")
        settle(provider_id=row.provider_id, attempt_id=row.pk, found=found, now=now)
    # What it could not end now the poller ends: the next question is due.
    with suppress(GatewayRefused, GatewayDown):
        end_charge(row=row, gateway=gateway, now=now)


def look_after(*, row: Attempt, code: str, now: datetime) -> None:
    """Mark a method whose refusal says that it is gone; what cannot be asked now, the next refresh finds out.

    Args:
        row: a charge that was refused.
        code: the gateway's or the bank's word.
        now: the present moment.

    Idempotency: the methods follow the gateway's present state.
    """
    if decline_class(code) not in _MAY_BE_GONE:
        return
    with suppress(DomainError):
        look_for_method(
            provider_id=row.provider_id,
            connection_id=row.connection_id,
            method_id=row.method_id,
            now=now,
        )
