"""The blocks that several pages share: balance, usage of a period, ledger. Plain values and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from decimal import Decimal

    from billing_platform.kernel.money import Money


@dataclass(frozen=True, slots=True)
class GrantLine:
    """What is left of a grant; `expires_at` None for never."""

    label: str
    left: Money
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class BalanceBlock:
    """A wallet's three faces; `settled` less `reserved` is `available`.

    Attributes:
        grants: bonus credit in it, the earliest to expire first.
        further: what is left of grants that are not listed, None when all are.
    """

    settled: Money
    reserved: Money
    available: Money
    is_suspended: bool
    grants: Sequence[GrantLine] = ()
    further: Money | None = None


@dataclass(frozen=True, slots=True)
class RunwayBlock:
    """How long the credit lasts at the present pace; `until` is None when nothing is used or nothing is left."""

    until: datetime | None
    words: str


@dataclass(frozen=True, slots=True)
class UsageLine:
    """What one price of a subscription came to in the period.

    Attributes:
        quantity: how much was used; None on fees.
        unit: what is counted.
        included: what the price holds without charge; None when it holds nothing.
        is_beyond: whether more was used than is included.
        amount: exact major units, before the one rounding.
        rate: what the next unit costs, in words; empty on fees.
        tier: which of several tiers that is; empty where there is one.
        url: where its hours are; empty where nobody asks.
        calls_url: where its calls are; empty on what charges no calls.
    """

    label: str
    quantity: Decimal | None
    unit: str
    included: Decimal | None
    is_beyond: bool
    amount: Decimal
    rate: str = ""
    tier: str = ""
    url: str = ""
    calls_url: str = ""


@dataclass(frozen=True, slots=True)
class UsageBlock:
    """The running period in one currency.

    Attributes:
        days: the period in words, in the tenant's zone.
        total: the exact sum, rounded once.
        charged: what is posted of it.
        decimals: how many places each exact amount is shown with.
    """

    currency: str
    days: str
    lines: Sequence[UsageLine]
    total: Money
    charged: Money
    is_charged: bool
    decimals: int


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One entry of a wallet.

    Attributes:
        number: of its posting.
        who, approved_by: people's addresses, for the provider's people; empty where a job posted.
        why: a person's words, for the provider's people.
        reverses: number of the posting that it takes back.
        url: of the payment that it credits, where a refund is asked for or made; empty for other entries.
    """

    at: datetime
    label: str
    detail: str
    amount: Money
    balance: Money
    number: int = 0
    who: str = ""
    approved_by: str = ""
    why: str = ""
    reverses: int | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a filter."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is known of a client: words, lines of them, an amount or a moment; empty when not given."""

    label: str
    text: str = ""
    money: Money | None = None
    at: datetime | None = None
    lines: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class LedgerBlock:
    """Some entries, newest first, and where older ones are; `currencies` only where there are several wallets."""

    rows: Sequence[LedgerRow]
    kinds: Sequence[Choice]
    currencies: Sequence[Choice]
    is_filtered: bool
    newest_url: str
    older_url: str
    csv_url: str
    path: str
    is_staff: bool = False
