"""Frozen values that cross the border of the ledger."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from tenants.types import WalletFlip


@dataclass(frozen=True, kw_only=True)
class DueSelection:
    """SQL that says what is due, written by the part that rates.

    Attributes:
        sql: a SELECT that yields `period_id` and `due` (whole minor units; numeric where it may be beyond a bigint),
            one row per period, with named parameters `%(name)s`; names beginning with `dues_` are taken.
        params: the values of its parameters.
        is_whole: most wallets of the range are in it, so that the range is joined as a whole; else each wallet is
            fetched by its key. A matter of time only, never of the result.
    """

    sql: str
    params: Mapping[str, Any]
    is_whole: bool = False


@dataclass(frozen=True, kw_only=True)
class CarveOut:
    """A part of the revenue of a bulk posting that belongs to another account than usage.

    Attributes:
        kind: an AccountKind of revenue.
        amount_minor: minor units, + is revenue.
    """

    currency: str
    kind: str
    amount_minor: int


@dataclass(frozen=True, kw_only=True)
class DuesResult:
    """What a bulk posting did.

    Attributes:
        wallets: how many were charged or credited.
        posted_minor: what was charged, per currency, minor units; negative when more was given back.
        flips: wallets that were suspended or came back.
        posting_ids: the postings made, one per currency.
        refused: periods whose due is beyond 10^15 minor units and was not posted; somebody has to look at them.
    """

    wallets: int = 0
    posted_minor: Mapping[str, int] = field(default_factory=dict)
    flips: tuple[WalletFlip, ...] = ()
    posting_ids: tuple[int, ...] = ()
    refused: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ThresholdSelection:
    """SQL that names wallets with a threshold each, written by the part that acts on them.

    Attributes:
        sql: a SELECT that yields `mark` and `wallet_id` (bigint) and `threshold` (minor units), with named parameters
            `%(name)s`; names beginning with `thresholds_` are taken.
        params: the values of its parameters.
    """

    sql: str
    params: Mapping[str, Any]


@dataclass(frozen=True)
class PostingSelection:
    """SQL that names postings, written by the part that had them made.

    Attributes:
        sql: a SELECT that yields `posting_id` (bigint, NULL for none), with named parameters `%(name)s`; names
            beginning with `postings_` are taken.
        params: the values of its parameters.
    """

    sql: str
    params: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a posting to be made.

    Attributes:
        kind: an AccountKind.
        amount_minor: + in the account's favour, − against it; not 0.
        tenant_id: whose account, 0 for the provider's own.
        period_id: the billing period that a charge belongs to.
    """

    kind: str
    amount_minor: int
    tenant_id: int = 0
    period_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class GrantTerms:
    """How a part of a credit is to be used.

    Attributes:
        amount_minor: the part, above 0 and at most what the wallet is credited with.
        priority: lower is used first; paid credit without terms counts as 100.
        expires_at: the first moment at which it is gone, None for never.
        is_paid: False for promotional credit.
    """

    amount_minor: int
    priority: int = 50
    expires_at: datetime | None = None
    is_paid: bool = False


@dataclass(frozen=True, kw_only=True)
class PostingRequest:
    """One posting to be made.

    Attributes:
        kind: a PostingKind.
        lines: sum to zero; one per account.
        key: unique per provider, 1 to 200 characters; the same key is the same posting.
        effective_at: when it counts; None for the moment of posting.
        source_type, source_id: what caused it.
        reason: a person's words, at most 500 characters; kept apart from the ledger.
        floor: what must stay available in each wallet that is debited, minor units; None when debt is allowed.
        grant: terms of a part of the credit; the posting then credits exactly one wallet.
        draws_on: the grant that a debit takes from before all others.
        spares_bonus: a debit takes promotional credit last; for money that goes back, which bonus never is.
    """

    kind: str
    currency: str
    lines: tuple[Line, ...]
    key: str
    effective_at: datetime | None = None
    source_type: str = ""
    source_id: str = ""
    reason: str = ""
    floor: int | None = None
    grant: GrantTerms | None = None
    draws_on: int | None = None
    spares_bonus: bool = False


@dataclass(frozen=True, kw_only=True)
class PostingResult:
    """A posting that stands.

    Attributes:
        posting_id: its row.
        created: False when the key had been posted before.
        balances: the wallets and tenant accounts it touched: account id to balance after it, minor units.
        flips: wallets that were suspended or came back through it.
    """

    posting_id: int
    created: bool
    balances: Mapping[int, int] = field(default_factory=dict)
    flips: tuple[WalletFlip, ...] = ()


@dataclass(frozen=True, kw_only=True)
class WalletRef:
    """A wallet, by number and by meaning."""

    id: int
    tenant_id: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class PeriodView:
    """A billing period of a wallet, half-open, on full UTC hours."""

    id: int
    tenant_id: int
    wallet_id: int
    starts: datetime
    ends: datetime
    posted_minor: int
    state: str
    is_charged: bool
    is_free: bool


@dataclass(frozen=True, kw_only=True)
class WalletView:
    """A wallet with the three faces of its balance, in minor units.

    Attributes:
        settled: what the ledger says.
        reserved: what is spoken for.
        available: settled less reserved; alerts and suspension read only this.
        period_posted: charged in the running period so far.
    """

    id: int
    tenant_id: int
    currency: str
    settled: int
    reserved: int
    available: int
    period_id: int
    period_posted: int
    is_charged: bool
    suspend_on: bool
    suspend_limit: int
    grace: timedelta
    below_since: datetime | None
    suspended_at: datetime | None
