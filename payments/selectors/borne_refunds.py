"""What of refunds the provider bears: money that a lost dispute had taken from the client already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Sum

from accounts.enums import AccountKind
from accounts.selectors.posting_lines import lines_of
from billing_platform.kernel.money import Money
from payments.enums import DisputeState
from payments.models import Dispute
from payments.selectors.refunds import sent_back

if TYPE_CHECKING:
    from collections.abc import Iterable

    from payments.models import Attempt
    from payments.selectors.refunds import RefundView


def share_of_client(attempt: Attempt, amount: Money) -> Money:
    """Return what of a refund a client answers for: no more than came and did not go by a lost dispute or a refund.

    A dispute that is open counts for nothing: its money comes back when it is won. Without a lost one the gateway's
    word is followed, whatever it gave back.

    Args:
        attempt: a credited payment, locked; its provider's scope is open.
        amount: of the refund.
    """
    rows = Dispute.objects.filter(
        provider_id=attempt.provider_id, attempt_id=attempt.pk, state=DisputeState.LOST
    )
    taken = int(rows.aggregate(sum=Sum("taken_minor", default=0))["sum"])
    if not taken:
        return amount
    left = (attempt.received_minor or 0) - taken - sent_back(attempt.provider_id, attempt.pk)
    return min(amount, Money(max(left, 0), amount.currency))


def borne_by_provider(provider_id: int, refunds: Iterable[RefundView]) -> Money | None:
    """Return what of refunds of one payment was posted as the provider's loss, None when nothing was.

    Args:
        provider_id: whose; its scope is open.
        refunds: those that nobody asked for here are looked at.
    """
    found = [one for one in refunds if one.asked_by is None and one.posting_id is not None]
    borne = [
        Money(-line.amount_minor, one.amount.currency)
        for one in found
        for line in lines_of(provider_id, one.posting_id or 0)
        if line.kind == AccountKind.BAD_DEBT
    ]
    return sum(borne[1:], borne[0]) if borne else None
