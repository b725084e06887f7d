"""A person ends a refund that its gateway never answered. Called by the page of its payment."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from billing_platform.kernel.errors import DomainError
from payments.enums import GIVEN_UP, OPEN_REFUNDS, RefundState
from payments.errors import PaymentNotFound
from payments.errors_refunds import RefundAnswered, RefundMayArrive
from payments.models import Refund
from payments.services.refund_outcomes import locked_refund, move_refund
from payments.services.refunds import sync_refund
from payments.services.schedule import KEY_HOLDS
from payments.services.transactions import own_transaction

if TYPE_CHECKING:
    from datetime import datetime


def give_up_refund(*, provider_id: int, public_id: str, user_id: int, now: datetime) -> str:
    """Take a refund for not made, once its gateway was asked in vain again; the wallet has its money again.

    Money that went all the same is written down like a refund of the dashboard when the gateway tells of it.

    Args:
        provider_id: whose; no transaction is open.
        public_id: of the refund.
        user_id: who decides.
        now: the present moment.

    Returns:
        The refund's state: `failed`, or what the gateway has just answered.

    Raises:
        PaymentNotFound: the provider has no such refund.
        RefundAnswered: the gateway has it, or nobody waits for it.
        RefundMayArrive: it is younger than five hours.

    Idempotency: the second call is refused.
    """
    with own_transaction(provider_id):
        row = Refund.objects.filter(provider_id=provider_id, public_id=public_id).first()
    if row is None:
        raise PaymentNotFound
    _check_waits(row)
    # A gateway that cannot even be called says nothing, like one that is away.
    with suppress(DomainError):
        sync_refund(provider_id=provider_id, refund_id=row.pk, now=now)
    with own_transaction(provider_id):
        row = locked_refund(provider_id, row.pk)
        if row.external_id or row.state not in OPEN_REFUNDS:
            return row.state
        if now - row.created_at <= KEY_HOLDS:
            raise RefundMayArrive
        row.given_up_by = user_id
        move_refund(row, RefundState.FAILED, GIVEN_UP, now)
        return row.state


def _check_waits(row: Refund) -> None:
    if row.external_id or row.state not in OPEN_REFUNDS:
        raise RefundAnswered
