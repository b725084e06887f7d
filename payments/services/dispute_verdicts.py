"""What a dispute fetched from a gateway means for our ledger; pure, called under the payment's lock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from payments.enums import DISPUTE_MOVES, DisputeProblem, DisputeState

if TYPE_CHECKING:
    from payments.gateways.values import GatewayDispute


@dataclass(frozen=True, slots=True)
class Held:
    """What the ledger holds for a dispute, minor units.

    Attributes:
        taken: from the client.
        borne: by the provider.
        fee: of the gateway, by the provider as well.
    """

    taken: int = 0
    borne: int = 0
    fee: int = 0

    @property
    def total(self) -> int:
        """Return what the ledger says has left the gateway, without the fee."""
        return self.taken + self.borne


@dataclass(frozen=True, slots=True)
class Disputed:
    """What is known of a dispute and its payment before a view of it is applied.

    Attributes:
        state: where it stood, None when it is new.
        held: what the ledger holds.
        currency: that the payment came in.
        left: what came, less what went back and what other disputes took; the client answers for no more.
        is_credited: the payment stands in the ledger.
        is_accepted: somebody decided that the provider bears the rest.
    """

    state: DisputeState | None
    held: Held
    currency: str
    left: int
    is_credited: bool
    is_accepted: bool


@dataclass(frozen=True, slots=True)
class DisputeVerdict:
    """Where a dispute goes, and what the ledger has to hold then."""

    state: DisputeState
    holds: Held
    problem: DisputeProblem


def is_older(before: DisputeState | None, found: GatewayDispute) -> bool:
    """Return whether a view of a dispute is behind what is known already.

    Args:
        before: where it stands, None when it is new.
        found: the view.
    """
    after = DisputeState(found.state.value)
    return before not in {None, after} and after not in DISPUTE_MOVES[DisputeState(before)]


def judge_dispute(known: Disputed, found: GatewayDispute) -> DisputeVerdict:
    """Decide what a view of a dispute, which is not older than what is known, does to the ledger.

    Args:
        known: what is known of it.
        found: the dispute as the gateway has it now, fetched with the provider's key.

    Returns:
        What has left the gateway is taken from the client as far as it was left of the payment; more than that, or
        another currency, waits for somebody's decision, and the provider bears it after that.
    """
    state, held = DisputeState(found.state.value), known.held
    gone = _gone(known.state, state, held.total, found.withdrawn.amount_minor)
    fee = _fee(known, state, found)
    is_same = found.withdrawn.currency == known.currency
    cap = max(known.left, held.taken) if is_same else 0
    problem = DisputeProblem.NONE
    if gone and not known.is_credited:
        problem = DisputeProblem.PAYMENT
    elif gone and not is_same:
        problem = DisputeProblem.CURRENCY
    elif gone > cap:
        problem = DisputeProblem.AMOUNT
    waits = problem is DisputeProblem.PAYMENT or (problem and not known.is_accepted)
    if waits or gone == held.total:
        return DisputeVerdict(state, Held(held.taken, held.borne, fee), problem)
    taken = min(gone, cap)
    return DisputeVerdict(state, Held(taken, gone - taken, fee), problem)


def _fee(known: Disputed, state: DisputeState, found: GatewayDispute) -> int:
    if found.fee is None:
        return known.held.fee
    if found.is_fee_final:
        # It may be told only after the dispute was won, and is no older view then.
        return max(known.held.fee, found.fee.amount_minor)
    return _gone(known.state, state, known.held.fee, found.fee.amount_minor)


def _gone(before: DisputeState | None, after: DisputeState, held: int, found: int) -> int:
    """Return what counts as gone: two views of one state may come in either order, and money moves one way in it."""
    if after is not before and after not in {DisputeState.INQUIRY, DisputeState.OPEN}:
        return found
    return min(held, found) if after is DisputeState.WON else max(held, found)
