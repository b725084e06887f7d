"""What happens in payments and upper parts may want to hear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from billing_platform.kernel.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class PaymentSettled(DomainEvent):
    """A payment was credited. Receivers may settle what it was for, in the same transaction.

    Attributes:
        payment: its public id.
        reference: what it was for, as whoever asked for it named it; payments never read it.
        posting_id: the posting that credited it.
        amount_minor: what came in, minor units, above 0; a taxed top-up credits less of it.
        topup: public id of the top-up that it is for, or "".
    """

    may_join_transaction: ClassVar[bool] = True

    payment: str
    reference: str
    posting_id: int
    currency: str
    amount_minor: int
    topup: str = ""
