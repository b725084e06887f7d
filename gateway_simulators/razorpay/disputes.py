"""Disputes: a bank's question or a chargeback, won, lost or closed; what is deducted stands in the entity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from gateway_simulators.razorpay.account import Account
    from gateway_simulators.razorpay.problems import Object

DAYS_S: Final = 7 * 86_400


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
    """Let a bank's question become a chargeback.

    Args:
        account: whose.
        name: the dispute's id.

    Raises:
        ValueError: it is no open question.
    """
    found = account.find("dispute", name)
    if found["phase"] != "retrieval" or found["status"] != "open":
        raise ValueError("Only an open question can become a chargeback.")
    found.update(phase="chargeback", amount_deducted=found["amount"])
    _tell(account, "action_required", found)
    return found


def close_dispute(account: Account, name: str, outcome: str) -> Object:
    """Let the bank decide: `won` returns the money, `lost` does not, `closed` ends a question.

    Args:
        account: whose.
        name: the dispute's id.
        outcome: the word.

    Raises:
        ValueError: decided already, or no such outcome.
    """
    found = account.find("dispute", name)
    allowed = {"closed"} if found["phase"] == "retrieval" else {"won", "lost"}
    if outcome not in allowed or found["status"] in {"won", "lost", "closed"}:
        raise ValueError(f"A dispute that is {found['status']} cannot be {outcome}.")
    found["status"] = outcome
    if outcome == "won":
        found["amount_deducted"] = 0
    _tell(account, outcome, found)
    return found


def _tell(account: Account, word: str, found: Object) -> None:
    payment = account.objects[found["payment_id"]]
    account.tell(f"payment.dispute.{word}", payment=payment, dispute=found)
