"""A person takes what a quarantined payment has brought: the gateway is asked once more, then it is credited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payments.errors import NotQuarantined
from payments.errors_gateways import GatewayRefused
from payments.selectors.payments import payment_by_public_id
from payments.services.asking import asking_at
from payments.services.gateways import load_gateway
from payments.services.settlement import accept_received
from payments.services.transactions import own_transaction

if TYPE_CHECKING:
    from datetime import datetime

    from billing_platform.kernel.money import Money


def accept_payment(
    *, provider_id: int, public_id: str, seen: Money, user_id: int, now: datetime
) -> None:
    """Fetch a quarantined payment and credit what it has brought, if it is what the person saw.

    Args:
        provider_id: whose; no transaction is open.
        public_id: of the payment.
        seen: the amount that the page showed.
        user_id: who decides.
        now: the present moment.

    Raises:
        PaymentNotFound: the provider has no such payment.
        NotQuarantined: it does not wait, or is no money of this payment.
        ReceivedChanged: the gateway has another amount by now.
        GatewayDown: the gateway does not answer.

    Idempotency: it is credited once; the second call is refused.
    """
    with own_transaction(provider_id):
        view = payment_by_public_id(provider_id, public_id)
        gateway = load_gateway(provider_id=provider_id, connection_id=view.connection_id)
    if not view.external_id:
        raise NotQuarantined
    try:
        with asking_at(provider_id, view.connection_id, now):
            found = gateway.fetch_payment(view.external_id)
    except GatewayRefused as error:
        raise NotQuarantined from error
    accept_received(
        provider_id=provider_id,
        public_id=public_id,
        found=found,
        seen=seen,
        user_id=user_id,
        now=now,
    )
