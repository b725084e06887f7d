"""What of refunds the provider bears: money that a lost dispute has taken from the client as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Sum

from accounts.enums import AccountKind
from accounts.selectors.keyed import moved_by_keys
from payments.enums import OPEN_DISPUTES, RefundDestination, RefundState
from payments.models import Dispute, Refund
from payments.selectors.refunds import sent_back

if TYPE_CHECKING:
    from payments.models import Attempt


def due_from_provider(attempt: Attempt, refunded: int = 0) -> int:
    """Return what of a payment's refunds is the provider's loss, minor units: what disputes have taken besides.

    A client answers for no more than came. A dispute that is open counts for nothing: its money comes back when it is
    won. Without one that is decided the gateway's word is followed, whatever it gave back.

    Args:
        attempt: a credited payment, locked; its provider's scope is open.
        refunded: of a refund that is not written down yet.
    """
    rows = Dispute.objects.filter(provider_id=attempt.provider_id, attempt_id=attempt.pk)
    decided = rows.exclude(state__in=OPEN_DISPUTES)
    taken = int(decided.aggregate(sum=Sum("taken_minor", default=0))["sum"])
    if not taken:
        return 0
    back = sent_back(attempt.provider_id, attempt.pk) + refunded
    return min(taken, max(taken + back - (attempt.received_minor or 0), 0))


def borne_by_provider(provider_id: int, attempt_id: int) -> int:
    """Return what of a payment's refunds was posted as the provider's loss, minor units, by three queries.

    Args:
        provider_id: whose; its scope is open.
        attempt_id: the payment's number.
    """
    disputes = list(Dispute.objects.filter(provider_id=provider_id, attempt_id=attempt_id))
    if not disputes:
        return 0
    refunds = Refund.objects.filter(
        provider_id=provider_id, attempt_id=attempt_id, destination=RefundDestination.ORIGINAL
    ).exclude(state=RefundState.FAILED)
    keys = [f"refund:{name}" for name in refunds.values_list("public_id", flat=True)]
    for row in disputes:
        keys += [f"dispute:{row.public_id}:{number}" for number in range(1, row.moves + 1)]
    lost = -moved_by_keys(provider_id, keys, AccountKind.BAD_DEBT)
    # What somebody decided about a dispute itself is no part of a refund.
    return lost - sum(row.borne_minor for row in disputes)
