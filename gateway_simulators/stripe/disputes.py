"""Disputes: opened by the payer's bank, won or lost; the money leaves and comes back as lines of the books."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway_simulators.common.desk import ASK, DECISIONS, DISPUTE, ESCALATE, Row
from gateway_simulators.stripe.account import listing, shown
from gateway_simulators.stripe.books import amount_words, move
from gateway_simulators.stripe.cards import DAY_S
from gateway_simulators.stripe.events import emit

if TYPE_CHECKING:
    from gateway_simulators.stripe.account import Account
    from gateway_simulators.stripe.problems import Form, Object

FEE: Final = 1500
EVIDENCE_DAYS: Final = 9


def open_dispute(
    account: Account,
    charge: Object,
    *,
    reason: str,
    amount: int | None = None,
    is_inquiry: bool = False,
) -> Object:
    """Let a payer's bank ask for the money; an inquiry moves none.

    Args:
        account: whose.
        charge: one that succeeded.
        reason: Stripe's word.
        amount: in the charge's units, all of it when None.
        is_inquiry: the bank only asks.

    Raises:
        ValueError: there is no money to dispute, or it is disputed already.
    """
    if charge["status"] != "succeeded" or charge["disputed"]:
        raise ValueError("Only a charge that succeeded and is not disputed can be.")
    due = {"due_by": account.now + EVIDENCE_DAYS * DAY_S, "has_evidence": False, "past_due": False}
    made = account.add(
        "dp",
        "dispute",
        amount=charge["amount"] if amount is None else amount,
        currency=charge["currency"],
        charge=charge["id"],
        payment_intent=charge["payment_intent"],
        reason=reason,
        status="warning_needs_response" if is_inquiry else "needs_response",
        is_charge_refundable=is_inquiry,
        balance_transactions=[],
        evidence_details=due,
        metadata={},
    )
    charge.update(disputed=True, _is_refundable=is_inquiry)
    emit(account, "charge.dispute.created", made)
    if not is_inquiry:
        withdraw(account, made)
    return made


def return_debit(account: Account, charge: Object, *, reason: str) -> Object:
    """Let a bank send a debit back that had succeeded: a dispute that is lost from the beginning.

    Args:
        account: whose.
        charge: one that succeeded.
        reason: Stripe's word.

    Raises:
        ValueError: there is no money to take back, or it is disputed already.
    """
    made = open_dispute(account, charge, reason=reason)
    made.update(status="lost", evidence_details={"due_by": None, "has_evidence": False})
    emit(account, "charge.dispute.closed", made)
    return made


def withdraw(account: Account, dispute: Object) -> None:
    """Let the money of a dispute leave the balance, with Stripe's fee.

    Args:
        account: whose.
        dispute: one whose money is still there.
    """
    line = move(
        account,
        kind="adjustment",
        category="dispute",
        amount=-dispute["amount"],
        fee=FEE,
        source=dispute,
    )
    dispute["balance_transactions"].append(shown(line))
    emit(account, "charge.dispute.funds_withdrawn", dispute)


def reinstate(account: Account, dispute: Object, amount: int) -> None:
    """Let money of a dispute come back.

    Args:
        account: whose.
        dispute: one whose money has left.
        amount: what comes back.
    """
    line = move(
        account,
        kind="adjustment",
        category="dispute_reversal",
        amount=amount,
        fee=0,
        source=dispute,
    )
    dispute["balance_transactions"].append(shown(line))
    emit(account, "charge.dispute.funds_reinstated", dispute)


def escalate(account: Account, dispute: Object) -> Object:
    """Let an inquiry become a dispute.

    Args:
        account: whose.
        dispute: an inquiry.

    Raises:
        ValueError: it is none.
    """
    if not dispute["status"].startswith("warning_"):
        raise ValueError("Only an inquiry can become a dispute.")
    dispute.update(status="needs_response", is_charge_refundable=False)
    account.find("charge", dispute["charge"])["_is_refundable"] = False
    emit(account, "charge.dispute.updated", dispute)
    withdraw(account, dispute)
    return dispute


def close_dispute(
    account: Account, dispute: Object, outcome: str, *, amount: int | None = None
) -> Object:
    """Let the bank decide.

    Args:
        account: whose.
        dispute: one that is open.
        outcome: `won`, `lost`, `accepted` by the seller, or `warning_closed` of an inquiry.
        amount: what comes back when it is won, all of it when None.

    Raises:
        ValueError: closed already, or no such outcome.
    """
    # A dispute that is accepted is closed as lost: POST /v1/disputes/{id}/close.
    outcome = "lost" if outcome == "accepted" else outcome
    is_inquiry = dispute["status"].startswith("warning_")
    allowed = {"warning_closed"} if is_inquiry else {"won", "lost"}
    if outcome not in allowed or dispute["status"] in {"won", "lost", "warning_closed"}:
        raise ValueError(f"A dispute that is {dispute['status']} cannot be {outcome}.")
    dispute["status"] = outcome
    if outcome == "won":
        reinstate(account, dispute, dispute["amount"] if amount is None else amount)
    emit(account, "charge.dispute.closed", dispute)
    return dispute


def list_disputes(account: Account, form: Form) -> Object:
    """List disputes: `GET /v1/disputes`."""
    filters = ("payment_intent", "charge")
    return listing("/v1/disputes", form, account.all("dispute"), filters=filters)


def rows(account: Account) -> list[Row]:
    """Return the charges that succeeded, and their disputes, as the simulators' page shows them."""
    charges = [one for one in account.all("charge") if one["status"] == "succeeded"]
    found = [
        Row(
            one["payment_intent"],
            one["created"],
            f"{_figure(one)}, paid to {account.account_id}",
            () if one["disputed"] else (DISPUTE, ASK),
        )
        for one in charges
    ]
    return found + [
        Row(
            one["id"],
            one["created"],
            f"Dispute of {_figure(one)}: {one['status'].replace('_', ' ')}",
            _buttons(one["status"]),
            about=one["payment_intent"],
        )
        for one in account.all("dispute")
    ]


def _buttons(status: str) -> tuple[tuple[str, str], ...]:
    if status.startswith("warning_") and status != "warning_closed":
        return (ESCALATE, ("Close", "dispute_close:warning_closed"))
    return () if status in {"won", "lost", "warning_closed"} else DECISIONS


def _figure(found: Object) -> str:
    return amount_words(found["amount"], found["currency"])
