"""What left a payment twice, by a lost dispute and by a refund, is the provider's loss, in whatever order they came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.enums import AccountKind, PostingKind
from accounts.services.posting import post
from accounts.types import Line, PostingRequest
from payments.models import Attempt, Dispute
from payments.selectors.borne_refunds import borne_by_provider, due_from_provider
from payments.services.dispute_money import SOURCE, next_key

if TYPE_CHECKING:
    from datetime import datetime


def share_loss(attempt: Attempt, row: Dispute, now: datetime) -> None:
    """Bring what the provider bears of a payment's refunds to what it has to bear, once a dispute has moved.

    Args:
        attempt: the payment, locked in an open transaction.
        row: one of its disputes, locked and saved; its next posting's number is used.
        now: the moment of posting.

    Idempotency: only the difference to what the ledger says is posted; each posting has a key of its own.
    """
    more = due_from_provider(attempt) - borne_by_provider(attempt.provider_id, attempt.pk)
    if not more:
        return
    lines = (
        Line(kind=AccountKind.WALLET, amount_minor=more, tenant_id=attempt.tenant_id),
        Line(kind=AccountKind.BAD_DEBT, amount_minor=-more),
    )
    request = PostingRequest(
        kind=PostingKind.ADJUSTMENT,
        currency=attempt.received_currency,
        lines=lines,
        key=next_key(row),
        source_type=SOURCE,
        source_id=row.public_id,
        spares_bonus=True,
    )
    post(provider_id=attempt.provider_id, request=request, now=now)
    row.save(update_fields=["moves"])


def share_loss_again(provider_id: int, attempt_id: int, now: datetime) -> None:
    """Do the same once a refund has failed.

    Args:
        provider_id: whose; the payment is locked in an open transaction.
        attempt_id: the payment's number.
        now: the moment of posting.

    Idempotency: as above.
    """
    rows = Dispute.objects.filter(provider_id=provider_id, attempt_id=attempt_id)
    row = rows.select_for_update(no_key=True).order_by("-pk").first()
    if row is not None:
        share_loss(Attempt.objects.get(provider_id=provider_id, pk=attempt_id), row, now)
