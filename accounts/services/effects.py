"""What follows from a change of wallets, in the same transaction: grants, warnings, suspended tenants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from accounts.services.grant_waterfall import settle_grants
from accounts.services.warnings import send_warnings
from billing_platform.kernel.outbox import ring
from tenants.services.suspension import apply_wallet_flips
from tenants.types import WalletFlip

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime


@dataclass(frozen=True)
class StateOutcome:
    """What a statement that ran the suspension rule says about the wallets it touched.

    Attributes:
        flips: wallets that were suspended or came back.
        warned: ids of wallets that crossed a low-balance level, in either direction.
        with_grants: how many of the wallets hold grants.
    """

    flips: tuple[WalletFlip, ...]
    warned: tuple[int, ...]
    with_grants: int

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> StateOutcome:
        """Return the outcome that stands in a row of a statement built with `wallet_sql.OUTCOME`."""
        flips = tuple(
            WalletFlip(tenant_id=tenant_id, source=currency, suspended=suspended)
            for _, tenant_id, currency, suspended in row["flips"]
        )
        return cls(flips, tuple(sorted(row["warned"])), row["with_grants"])


def follow_up(
    *,
    provider_id: int,
    outcome: StateOutcome,
    posting_ids: Sequence[int],
    now: datetime,
    reverses_id: int | None = None,
    draws_on: int | None = None,
    spares_bonus: bool = False,
) -> tuple[WalletFlip, ...]:
    """Do what follows from a statement that changed wallets; each step only when it is needed.

    Args:
        provider_id: whose; its scope is open.
        outcome: what the statement said.
        posting_ids: postings whose debits draw on grants and whose give-backs return to them.
        now: the moment of the change.
        reverses_id: the posting that is taken back, when it is one.
        draws_on: the grant that a debit takes from before all others.
        spares_bonus: a debit takes promotional credit last.

    Returns:
        The flips, after the tenants followed them.
    """
    if outcome.with_grants and posting_ids:
        settle_grants(
            provider_id=provider_id,
            posting_ids=posting_ids,
            now=now,
            reverses_id=reverses_id,
            draws_on=draws_on,
            spares_bonus=spares_bonus,
        )
    if outcome.warned:
        send_warnings(provider_id=provider_id, wallet_ids=outcome.warned, now=now)
    if outcome.flips:
        apply_wallet_flips(provider_id=provider_id, flips=outcome.flips, now=now)
        ring()
    return outcome.flips
