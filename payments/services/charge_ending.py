"""End a charge that brought no money at its gateway, so that none comes later unnoticed. Called by charges and sync."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from payments.enums import FAILED_STATES, AttemptKind, AttemptState
from payments.errors_gateways import GatewayRefused
from payments.gateways.protocol import CancelsPayments
from payments.models import Attempt
from payments.services.asking import asking
from payments.services.settlement import locked, settle
from payments.services.transactions import own_transaction

if TYPE_CHECKING:
    from datetime import datetime

    from payments.gateways.protocol import Gateway
    from payments.gateways.values import GatewayPayment

# What the customer would have to confirm has no page, and what was refused is charged anew as another payment.
_LOOSE: Final = (AttemptState.FAILED, AttemptState.REQUIRES_ACTION)
NEEDS_CUSTOMER: Final = "authentication_required"


def is_loose(row: Attempt) -> bool:
    """Return whether a charge brought no money here and may still bring some at the gateway.

    Args:
        row: an attempt.
    """
    is_charge = row.kind == AttemptKind.CHARGE and bool(row.external_id)
    return is_charge and row.state in _LOOSE and row.next_poll_at is not None


def end_charge(*, row: Attempt, gateway: Gateway, now: datetime) -> None:
    """Cancel a loose charge where the gateway can, else look at it once more; money that came after all is credited.

    Stripe cancels the PaymentIntent. PayPal's refused order took nothing and is never captured, and Razorpay's refused
    payment cannot be canceled: what is authorised late is told by its events, which are listed each hour.

    Args:
        row: the attempt; no transaction is open.
        gateway: of its connection.
        now: the present moment.

    Raises:
        GatewayRefused: the gateway refuses, for instance the key; it is asked again by the poller.
        GatewayDown: no answer that can be trusted; likewise.

    Idempotency: it may be called as often as one likes; what is ended stays so.
    """
    with own_transaction(row.provider_id):
        fresh = Attempt.objects.get(provider_id=row.provider_id, pk=row.pk)
    if not is_loose(fresh):
        return
    try:
        with asking(row, now):
            found = _ended(gateway, fresh.external_id)
        settle(provider_id=row.provider_id, attempt_id=row.pk, found=found, now=now)
    except GatewayRefused as error:
        # An object that the gateway does not know brings nothing.
        if not error.is_missing:
            raise
    with own_transaction(row.provider_id):
        fresh = locked(row.provider_id, row.pk)
        if fresh.state in FAILED_STATES:
            fresh.failure_code = fresh.failure_code or NEEDS_CUSTOMER
            fresh.next_poll_at = None
            fresh.save(update_fields=["failure_code", "next_poll_at"])


def _ended(gateway: Gateway, payment_id: str) -> GatewayPayment:
    if isinstance(gateway, CancelsPayments):
        return gateway.cancel_payment(payment_id)
    return gateway.fetch_payment(payment_id)
