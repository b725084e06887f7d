"""Disputes: a bank's question or a chargeback, won, lost or closed; what is deducted stands in the entity.

A chargeback that goes on costs a fee of the card's network at each later stage, however it ends. The entity does not
say it: it is deducted as an adjustment, which the settlements' report lists.

Source: https://razorpay.com/docs/payments/disputes/chargeback-fees-and-penalties
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from gateway_simulators.common.desk import ASK, DECISIONS, DISPUTE, ESCALATE, Row
from gateway_simulators.razorpay.account import collection
from gateway_simulators.razorpay.problems import Problem, amount_words, check

if TYPE_CHECKING:
    from gateway_simulators.razorpay.account import Account
    from gateway_simulators.razorpay.problems import Body, Object

DAYS_S: Final = 7 * 86_400
# Each stage and what the network takes when it begins, in the payment's subunits; figures of the simulator's own.
STAGES: Final = {"retrieval": 0, "chargeback": 0, "pre_arbitration": 1500, "arbitration": 60_000}


def open_dispute(
    account: Account,
    name: str,
    *,
    reason: str = "fraud",
    amount: int | None = None,
    is_inquiry: bool = False,
) -> Object:
    """Let the payer's bank ask for the money of a payment; it is deducted at once, of a question nothing.

    Args:
        account: whose.
        name: the payment's id.
        reason: Razorpay's word.
        amount: in the payment's units, all of it when None.
        is_inquiry: the bank only asks.

    Raises:
        ValueError: the payment has brought no money.
    """
    payment = account.find("payment", name)
    if payment["status"] not in {"captured", "refunded"}:
        raise ValueError("Only a payment that is captured can be disputed.")
    claimed = payment["amount"] if amount is None else amount
    made = account.add(
        "disp",
        "dispute",
        payment_id=name,
        amount=claimed,
        amount_deducted=0 if is_inquiry else claimed,
        currency=payment["currency"],
        reason_code=reason,
        respond_by=account.now + DAYS_S,
        status="open",
        phase="retrieval" if is_inquiry else "chargeback",
    )
    account.tell("payment.dispute.created", payment=payment, dispute=made)
    return made


def escalate(account: Account, name: str) -> Object:
    """Let a bank go on: from its question to a chargeback, and from there before the network.

    Args:
        account: whose.
        name: the dispute's id.

    Raises:
        ValueError: it is decided, or there is no later stage.
    """
    found = account.find("dispute", name)
    stages = list(STAGES)
    later = stages[stages.index(found["phase"]) + 1 :]
    if not later or found["status"] != "open":
        raise ValueError("Only an open dispute can go on, as far as the network's arbitration.")
    found.update(phase=later[0], amount_deducted=found["amount"])
    if STAGES[later[0]]:
        _charge(account, found, STAGES[later[0]])
    _tell(account, "action_required", found)
    return found


def close_dispute(account: Account, name: str, outcome: str) -> Object:
    """Let the bank decide: `won` returns the money, `lost` and `accepted` do not, `closed` ends a question.

    Args:
        account: whose.
        name: the dispute's id.
        outcome: the word.

    Raises:
        ValueError: decided already, or no such outcome.
    """
    found = account.find("dispute", name)
    # A dispute that is accepted is lost: POST /v1/disputes/{id}/accept.
    outcome = "lost" if outcome == "accepted" else outcome
    allowed = {"closed"} if found["phase"] == "retrieval" else {"won", "lost"}
    if outcome not in allowed or found["status"] in {"won", "lost", "closed"}:
        raise ValueError(f"A dispute that is {found['status']} cannot be {outcome}.")
    found["status"] = outcome
    if outcome == "won":
        found["amount_deducted"] = 0
    _tell(account, outcome, found)
    return found


def report(account: Account, query: Body) -> Object:
    """List a month's adjustments: `GET /v1/settlements/recon/combined`; of the report this is what disputes cost."""
    check(query, required=("year", "month"), optional=("day", "count", "skip"))
    if not (query["year"].isdecimal() and query["month"].isdecimal()):
        raise Problem(400, "The year and the month must be integers.", field="year")
    wanted = (int(query["year"]), int(query["month"]))
    # Razorpay names no answer for a month that is still to come; the simulator is strict about it.
    if wanted > _month(account.now):
        raise Problem(400, "The month is still to come.", field="month")
    found = [one for one in account.all("adjustment") if _month(one["created_at"]) == wanted]
    page: dict[str, str] = {name: query[name] for name in ("count", "skip") if name in query}
    return collection(found, page)


def _charge(account: Account, dispute: Object, fee: int) -> None:
    account.add(
        "adj",
        "adjustment",
        entity_id=f"adj_{dispute['id'][5:]}_{dispute['phase']}",
        type="adjustment",
        debit=fee,
        credit=0,
        amount=0,
        fee=fee,
        tax=0,
        currency=dispute["currency"],
        payment_id=dispute["payment_id"],
        dispute_id=dispute["id"],
        description=f"Network fee: {dispute['phase']}",
    )


def _month(at: int) -> tuple[int, int]:
    day = datetime.fromtimestamp(at, UTC)
    return day.year, day.month


def _tell(account: Account, word: str, found: Object) -> None:
    payment = account.objects[found["payment_id"]]
    account.tell(f"payment.dispute.{word}", payment=payment, dispute=found)


def rows(account: Account) -> list[Row]:
    """Return the payments that were captured, and their disputes, as the simulators' page shows them."""
    found = [
        Row(
            one["id"],
            one["created_at"],
            f"{amount_words(one)}, paid to {account.account_id}",
            (DISPUTE, ASK),
        )
        for one in account.all("payment")
        if one["captured"]
    ]
    return found + [
        Row(
            one["id"],
            one["created_at"],
            f"Dispute of {amount_words(one)}: {one['phase'].replace('_', ' ')}, {one['status']}",
            _buttons(one),
            about=one["payment_id"],
        )
        for one in account.all("dispute")
    ]


def _buttons(dispute: Object) -> tuple[tuple[str, str], ...]:
    if dispute["status"] != "open":
        return ()
    if dispute["phase"] == "retrieval":
        return (ESCALATE, ("Close", "dispute_close:closed"))
    return DECISIONS if dispute["phase"] == "arbitration" else (*DECISIONS, ESCALATE)
