"""What a payment fetched from a gateway means for our attempt; pure, called by the settlement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from payments.enums import MOVES, AttemptState, Problem
from payments.gateways.values import PaymentState

if TYPE_CHECKING:
    from billing_platform.kernel.money import Money
    from payments.gateways.values import GatewayPayment

_STATES = {
    PaymentState.PENDING: AttemptState.PENDING,
    PaymentState.REQUIRES_ACTION: AttemptState.REQUIRES_ACTION,
    PaymentState.FAILED: AttemptState.FAILED,
    PaymentState.CANCELED: AttemptState.CANCELED,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What an attempt asked for."""

    public_id: str
    amount: Money
    is_live: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where the attempt goes.

    Attributes:
        problem: why money that was taken is not credited by itself.
    """

    state: AttemptState
    problem: Problem = Problem.NONE


def judge(asked: Asked, found: GatewayPayment) -> Verdict:
    """Compare a payment with what was asked for.

    Args:
        asked: the attempt.
        found: the payment as the gateway has it now, fetched with the provider's key.

    Returns:
        `succeeded` only if the payment is ours, moved the right kind of money, in the right currency and amount;
        `quarantined` when the gateway has taken money and one of them differs.
    """
    if found.state is not PaymentState.SUCCEEDED:
        return Verdict(_STATES[found.state])
    problem = _problem(asked, found)
    return Verdict(AttemptState.QUARANTINED if problem else AttemptState.SUCCEEDED, problem)


def may_move(before: AttemptState, after: AttemptState) -> bool:
    """Return whether an attempt may go from one state to another."""
    return after in MOVES[before]


def _problem(asked: Asked, found: GatewayPayment) -> Problem:
    if found.reference != asked.public_id:
        return Problem.REFERENCE
    if found.is_live is not asked.is_live:
        return Problem.MODE
    if found.received.currency != asked.amount.currency:
        return Problem.CURRENCY
    if found.received != asked.amount:
        return Problem.AMOUNT
    return Problem.NONE
