"""Money that waited in quarantine and was given back at the gateway: its payment closes, until it comes again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from billing_platform.kernel.money import Money
from payments.enums import AttemptState
from payments.gateways.values import RefundState
from payments.services.settlement import move

if TYPE_CHECKING:
    from datetime import datetime

    from payments.gateways.values import GatewayRefund
    from payments.models import Attempt

GIVEN_BACK: Final = "given_back"
_CAME_BACK: Final = (RefundState.FAILED, RefundState.CANCELED)


def follow_given_back(attempt: Attempt, found: GatewayRefund, now: datetime) -> bool:
    """Follow a refund of a payment that was never credited, so that the wallet has nothing to do with it.

    Args:
        attempt: locked in an open transaction.
        found: the refund as the gateway has it now.
        now: the present moment.

    Returns:
        Whether that was all: the refund of a credited payment, a part of one, and one that is not decided yet go
        another way.

    Idempotency: by the gateway's id of the refund.
    """
    if attempt.given_back_by and attempt.given_back_by == found.refund_id:
        if found.state in _CAME_BACK:
            attempt.given_back_by = attempt.failure_code = ""
            move(attempt, AttemptState.QUARANTINED, now)
        return True
    if attempt.state != AttemptState.QUARANTINED:
        return False
    if found.state is RefundState.SUCCEEDED and found.amount == _received(attempt):
        attempt.given_back_by, attempt.failure_code = found.refund_id, GIVEN_BACK
        move(attempt, AttemptState.CANCELED, now)
        return True
    return found.state in _CAME_BACK


def _received(attempt: Attempt) -> Money:
    return Money(attempt.received_minor or 0, attempt.received_currency)
