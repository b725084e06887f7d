"""What money that goes back takes along of the bonus that came with it. Called by refunds and disputes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payments.selectors.topups import topup_of_attempt
from promotions.services.redeeming import take_back

if TYPE_CHECKING:
    from datetime import datetime

    from billing_platform.kernel.money import Money


def bring_bonus(provider_id: int, attempt_id: int, gone: Money, key: str, now: datetime) -> None:
    """Bring what is taken back of a payment's bonus to what has gone back of the payment, in this transaction.

    Args:
        provider_id: whose; its scope is open.
        attempt_id: the payment's number; one without a code is nothing to do.
        gone: what this refund or dispute holds of it now; 0 gives all again.
        key: of the refund or dispute.
        now: the moment of posting.

    Idempotency: by key and amount.

    Source: decision 0023.
    """
    topup = topup_of_attempt(provider_id, attempt_id)
    if topup is None or not topup.code or topup.total.currency != gone.currency:
        return
    take_back(
        provider_id=provider_id,
        tenant_id=topup.tenant_id,
        source=topup.public_id,
        refunded=gone,
        paid=topup.total,
        key=key,
        now=now,
    )
