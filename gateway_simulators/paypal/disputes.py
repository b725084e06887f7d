"""Disputes: asked about first or claimed at once, won, lost or accepted; what moves stands in the books and in them.

Source: https://developer.paypal.com/api/customer-disputes/v1/definitions/fund_movement_list
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gateway_simulators.common.desk import ASK, DECISIONS, DISPUTE, ESCALATE, Row
from gateway_simulators.paypal.account import read_time, written
from gateway_simulators.paypal.problems import cents, figure

if TYPE_CHECKING:
    from gateway_simulators.paypal.account import Account
    from gateway_simulators.paypal.problems import Object

TERMS: Final = ("reason", "amount", "is_inquiry")
DAYS_S: Final = 10 * 86_400
FEE_CENTS: Final = 2000
PAID: Final = frozenset({"COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED"})
OUTCOMES: Final = {
    "won": "RESOLVED_SELLER_FAVOUR",
    "lost": "RESOLVED_BUYER_FAVOUR",
    "accepted": "ACCEPTED",
    "protected": "RESOLVED_WITH_PAYOUT",
    "canceled": "CANCELED_BY_BUYER",
}
# The seller gives the money back; in the other ends it comes back to the seller.
COSTLY: Final = ("lost", "accepted")


def act(account: Account, found: Object, action: str, details: dict[str, Any]) -> Object:
    """Do what a payer or PayPal's people do.

    Args:
        account: whose.
        found: the capture of a new dispute, else the dispute.
        action: `dispute_open`, `dispute_escalate` or `dispute_close`.
        details: what the action takes besides.
    """
    if action == "dispute_open":
        more = {name: details[name] for name in TERMS if name in details}
        return open_dispute(account, found, **more)
    if action == "dispute_escalate":
        return escalate(account, found)
    told = {name: details[name] for name in ("amount", "is_told") if name in details}
    return close_dispute(account, found, details["outcome"], **told)


def open_dispute(
    account: Account,
    capture: Object,
    *,
    reason: str = "UNAUTHORISED",
    amount: str = "",
    is_inquiry: bool = False,
) -> Object:
    """Let a payer dispute a capture; its money is held, unless the payer only asks.

    Args:
        account: whose.
        capture: one that is completed.
        reason: PayPal's word.
        amount: a decimal, all of the capture when "".
        is_inquiry: the payer only asks.

    Raises:
        ValueError: the capture has brought no money.
    """
    if capture["status"] not in PAID:
        raise ValueError("Only a capture that is completed can be disputed.")
    claimed = {**capture["amount"], "value": amount or capture["amount"]["value"]}
    made = account.add(
        "PP-D-",
        "dispute",
        status="WAITING_FOR_SELLER_RESPONSE" if is_inquiry else "OPEN",
        reason=reason,
        dispute_life_cycle_stage="INQUIRY" if is_inquiry else "CHARGEBACK",
        dispute_amount=claimed,
        fund_movements=[],
        disputed_transactions=[{"seller_transaction_id": capture["id"]}],
        seller_response_due_date=written(account.now + DAYS_S),
    )
    made["dispute_id"] = made["id"]
    if not is_inquiry:
        _claim(account, made)
    account.tell("CUSTOMER.DISPUTE.CREATED", made)
    return made


def escalate(account: Account, dispute: Object) -> Object:
    """Let a payer who asked claim the money.

    Args:
        account: whose.
        dispute: an inquiry.

    Raises:
        ValueError: it is none.
    """
    if dispute["dispute_life_cycle_stage"] != "INQUIRY" or dispute["status"] == "RESOLVED":
        raise ValueError("Only an inquiry can become a dispute.")
    dispute.update(status="OPEN", dispute_life_cycle_stage="CHARGEBACK")
    _claim(account, dispute)
    account.tell("CUSTOMER.DISPUTE.UPDATED", dispute)
    return dispute


def close_dispute(
    account: Account, dispute: Object, outcome: str, *, amount: str = "", is_told: bool = True
) -> Object:
    """Decide a dispute: `won` gives the money back to the seller; the fee of a chargeback stays with PayPal.

    Args:
        account: whose.
        dispute: one that is open.
        outcome: `won`, `lost`, `accepted` by the seller, who gives the money back, `canceled` by the payer, or
            `protected`: PayPal pays the payer out of its own pocket.
        amount: a decimal that the payer keeps although it is lost, all of it when "".
        is_told: PayPal says how much the payer got; it need not.

    Raises:
        ValueError: decided already, or no such outcome.
    """
    if outcome not in OUTCOMES or dispute["status"] == "RESOLVED":
        raise ValueError("A dispute is decided once, in a known way.")
    word = OUTCOMES[outcome]
    was_held = dispute["dispute_life_cycle_stage"] != "INQUIRY"
    dispute.update(status="RESOLVED", dispute_outcome={"outcome_code": word})
    claimed = dispute["dispute_amount"]
    if outcome not in COSTLY and was_held:
        _move(account, dispute, "T1202", claimed, is_out=False)
    kept = {**claimed, "value": amount or claimed["value"]}
    if outcome in COSTLY:
        _settle(account, dispute, kept, was_held=was_held)
    if outcome in {*COSTLY, "protected"} and is_told:
        dispute["dispute_outcome"]["amount_refunded"] = kept
    account.tell("CUSTOMER.DISPUTE.RESOLVED", dispute)
    return dispute


def _settle(account: Account, dispute: Object, kept: Object, *, was_held: bool) -> None:
    currency = kept["currency_code"]
    rest = cents(dispute["dispute_amount"]["value"]) - cents(kept["value"])
    if not was_held:
        _move(account, dispute, "T1201", kept, is_out=True)
    elif rest:
        back = {**kept, "value": figure(rest, currency)}
        _move(account, dispute, "T1202", back, is_out=False)


def _claim(account: Account, dispute: Object) -> None:
    """Hold the money of a chargeback, and take the fee for it."""
    claimed = dispute["dispute_amount"]
    _move(account, dispute, "T1201", claimed, is_out=True)
    fee = {**claimed, "value": figure(FEE_CENTS, claimed["currency_code"])}
    _move(account, dispute, "T0106", fee, is_out=True)


def _move(account: Account, dispute: Object, code: str, amount: Object, *, is_out: bool) -> None:
    """Write what moved into the dispute and into the books, there as a line of its own that names the payment."""
    is_fee = code == "T0106"
    about = dispute["disputed_transactions"][0]["seller_transaction_id"]
    dispute["fund_movements"].append(
        {
            "party": "SELLER",
            "amount": amount,
            "initiated_time": account.at,
            "type": "DEBIT" if is_out else "CREDIT",
            "reason": "CHARGEBACK_FEE" if is_fee else "DISPUTE_SETTLEMENT",
        }
    )
    account.book(account.name_line(), code, amount, is_out=is_out, about=about)


def rows(account: Account) -> list[Row]:
    """Return the captures that brought money, and their disputes, as the simulators' page shows them."""
    found = [
        Row(
            one["id"],
            read_time(one["create_time"]),
            f"{_words(one['amount'])}, paid to {account.name}",
            (DISPUTE, ASK),
        )
        for one in account.all("capture")
        if one["status"] in PAID
    ]
    return found + [
        Row(
            one["id"],
            read_time(one["create_time"]),
            f"Dispute of {_words(one['dispute_amount'])}: {_state(one)}",
            _buttons(one),
            about=one["disputed_transactions"][0]["seller_transaction_id"],
        )
        for one in account.all("dispute")
    ]


def _buttons(dispute: Object) -> tuple[tuple[str, str], ...]:
    if dispute["status"] == "RESOLVED":
        return ()
    is_inquiry = dispute["dispute_life_cycle_stage"] == "INQUIRY"
    return (ESCALATE, *DECISIONS) if is_inquiry else DECISIONS


def _state(dispute: Object) -> str:
    outcome = dispute.get("dispute_outcome", {}).get("outcome_code", "")
    return str(outcome or dispute["dispute_life_cycle_stage"]).replace("_", " ").lower()


def _words(amount: Object) -> str:
    return f"{amount['value']} {amount['currency_code']}"
