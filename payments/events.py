"""What happens in payments and upper parts may want to hear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from billing_platform.kernel.events import DomainEvent

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class PaymentSettled(DomainEvent):
    """A payment was credited. Receivers may settle what it was for, in the same transaction.

    Attributes:
        payment: its public id.
        reference: what it was for, as whoever asked for it named it; payments never read it.
        posting_id: the posting that credited it.
        settled_at: when it did.
        amount_minor: what came in, minor units, above 0; a taxed top-up credits less of it.
        topup: public id of the top-up that it is for, or "".
    """

    may_join_transaction: ClassVar[bool] = True

    payment: str
    reference: str
    posting_id: int
    settled_at: datetime
    currency: str
    amount_minor: int
    topup: str = ""
