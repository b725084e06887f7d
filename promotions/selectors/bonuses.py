"""What a top-up's code gave, and what a refund of it would take back. Called before somebody confirms a refund."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Sum

from accounts.selectors.grants import grants_of_postings
from billing_platform.kernel.money import Money
from promotions.enums import UseState
from promotions.models import BonusReturn, Redemption
from promotions.rules.amounts import share_taken

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Part:
    """Discount or bonus of a top-up: what was given, what is left of it, what refunds took; minor units."""

    granted: int
    left: int
    returned: int


@dataclass(frozen=True, slots=True)
class BonusView:
    """What a code gave with a top-up.

    Attributes:
        name: the campaign's, as customers read it.
        granted: discount and bonus together.
        left: of it, still unused.
        returned: of it, taken back so far.
        refunded_minor: what the refunds so far gave back of the payment.
    """

    name: str
    granted: Money
    left: Money
    returned: Money
    refunded_minor: int
    parts: Sequence[Part]

    def taken_by(self, refunded: Money, *, paid: Money) -> Money:
        """Return what one more refund would take back; the service decides again under its lock.

        Args:
            refunded: what it would give back.
            paid: what the whole top-up cost, above 0.
        """
        together = self.refunded_minor + refunded.amount_minor
        taken = 0
        for part in self.parts:
            share = share_taken(part.granted, refunded_minor=together, paid_minor=paid.amount_minor)
            taken += min(max(share - part.returned, 0), part.left)
        return Money(taken, refunded.currency)


def bonus_of(provider_id: int, source: str) -> BonusView | None:
    """Return what a top-up's code gave, None when it gave nothing; by three queries.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        source: the top-up's public id.
    """
    rows = Redemption.objects.filter(provider_id=provider_id, source=source)
    row = rows.filter(state=UseState.CONFIRMED).first()
    if row is None:
        return None
    back = BonusReturn.objects.filter(provider_id=provider_id, redemption_id=row.pk).aggregate(
        refunded=Sum("refunded_minor", default=0),
        discount=Sum("discount_minor", default=0),
        bonus=Sum("bonus_minor", default=0),
    )
    postings = {row.discount_posting_id: back["discount"], row.bonus_posting_id: back["bonus"]}
    grants = grants_of_postings(provider_id, [number for number in postings if number])
    parts = [
        Part(grant.granted.amount_minor, grant.left.amount_minor, postings[number])
        for number, grant in grants.items()
    ]
    return BonusView(
        name=row.name,
        granted=Money(sum(part.granted for part in parts), row.currency),
        left=Money(sum(part.left for part in parts), row.currency),
        returned=Money(sum(part.returned for part in parts), row.currency),
        refunded_minor=back["refunded"],
        parts=parts,
    )
