"""Take a charge for not made whose gateway never says what became of it: a person decides, and is written down."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from billing_platform.kernel.errors import DomainError
from payments.enums import GIVEN_UP, AttemptKind, AttemptState
from payments.errors import PaymentNotFound
from payments.errors_charges import ChargeAnswered, ChargeMayArrive
from payments.models import Attempt
from payments.services.schedule import KEY_HOLDS
from payments.services.settlement import locked, move
from payments.services.sync import ask_payment
from payments.services.transactions import own_transaction

if TYPE_CHECKING:
    from datetime import datetime


def give_up_charge(*, provider_id: int, public_id: str, user_id: int, now: datetime) -> str:
    """Take a charge of a saved method for not made, once its gateway was asked in vain again.

    Money that came all the same is credited when the gateway tells of it.

    Args:
        provider_id: whose; no transaction is open.
        public_id: of the payment.
        user_id: who decides.
        now: the present moment.

    Returns:
        The payment's state: `canceled`, or what the gateway has just answered.

    Raises:
        PaymentNotFound: the provider has no such payment.
        ChargeAnswered: the gateway has it, nobody waits for it, or it is no charge of a saved method.
        ChargeMayArrive: it is younger than five hours.

    Idempotency: the second call is refused.
    """
    with own_transaction(provider_id):
        row = Attempt.objects.filter(provider_id=provider_id, public_id=public_id).first()
    if row is None:
        raise PaymentNotFound
    if not _waits(row):
        raise ChargeAnswered
    # A gateway that cannot even be called says nothing, like one that is away.
    with suppress(DomainError):
        ask_payment(provider_id=provider_id, attempt_id=row.pk, now=now)
    with own_transaction(provider_id):
        row = locked(provider_id, row.pk)
        if not _waits(row):
            return row.state
        if now - row.created_at <= KEY_HOLDS:
            raise ChargeMayArrive
        row.given_up_by, row.failure_code = user_id, GIVEN_UP
        row.save(update_fields=["given_up_by"])
        move(row, AttemptState.CANCELED, now)
        return row.state


def _waits(row: Attempt) -> bool:
    is_charge = row.kind == AttemptKind.CHARGE and not row.external_id
    return is_charge and row.state == AttemptState.UNKNOWN
