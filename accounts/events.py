"""What happens in the ledger and upper parts may want to hear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from billing_platform.kernel.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class CreditPosted(DomainEvent):
    """A wallet was credited. Receivers may settle invoices in the same transaction.

    Attributes:
        posting_id: the posting that did it.
        kind: its PostingKind.
        amount_minor: minor units, above 0.
        source_type, source_id: what caused it, as the poster named it.
    """

    may_join_transaction: ClassVar[bool] = True

    posting_id: int
    wallet_id: int
    kind: str
    currency: str
    amount_minor: int
    source_type: str
    source_id: str


@dataclass(frozen=True, kw_only=True)
class DuesPosted(DomainEvent):
    """A run has charged wallets of a provider, after commit; once per run, however many there were."""


@dataclass(frozen=True, kw_only=True)
class BalanceLow(DomainEvent):
    """A wallet fell to a warning level, after commit; the message for people lies in the outbox already."""

    wallet_id: int
    currency: str
    available_minor: int
