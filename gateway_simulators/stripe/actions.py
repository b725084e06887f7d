"""What a person does in Stripe's dashboard, and what banks do: by the control endpoints, one object id each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gateway_simulators.stripe.account import shown
from gateway_simulators.stripe.customers import delete_customer
from gateway_simulators.stripe.disputes import (
    close_dispute,
    escalate,
    open_dispute,
    return_debit,
)
from gateway_simulators.stripe.dues import finish_debit
from gateway_simulators.stripe.events import emit, roll_secret
from gateway_simulators.stripe.problems import Problem
from gateway_simulators.stripe.refunds import fail_refund, give_back

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway_simulators.stripe.account import Account

Details = dict[str, Any]


def act(account: Account, action: str, details: Details) -> Details:
    """Do one action.

    Args:
        account: whose.
        action: a name of `ACTIONS`.
        details: `id` of the object and what the action takes besides.

    Returns:
        The object afterwards, or the new secret.

    Raises:
        ValueError: no such action or object, or not now.
    """
    if action not in ACTIONS:
        raise ValueError(f"{action!r} is no action.")
    try:
        return dict(shown(ACTIONS[action](account, details)))
    except Problem as problem:
        raise ValueError(str(problem)) from problem


def _charge(account: Account, payment: str) -> Details:
    found = account.find("payment_intent", payment)
    return account.find("charge", found["latest_charge"])


def _dashboard_refund(account: Account, details: Details) -> Details:
    charge = _charge(account, details["id"])
    left = charge["amount"] - charge["amount_refunded"]
    amount = details.get("amount", left)
    if not 0 < amount <= left or charge["status"] != "succeeded":
        raise ValueError(f"{left} is left to refund.")
    return give_back(account, charge, amount, reason="requested_by_customer", notes={})


def _refund_fail(account: Account, details: Details) -> Details:
    return fail_refund(account, details["id"], details.get("reason", "unknown"))


def _dispute_open(account: Account, details: Details) -> Details:
    return open_dispute(
        account,
        _charge(account, details["id"]),
        reason=details.get("reason", "fraudulent"),
        amount=details.get("amount"),
        is_inquiry=details.get("is_inquiry", False),
    )


def _dispute_escalate(account: Account, details: Details) -> Details:
    return escalate(account, account.find("dispute", details["id"]))


def _fraud_warning(account: Account, details: Details) -> Details:
    charge = _charge(account, details["id"])
    made = account.add(
        "issfr",
        "radar.early_fraud_warning",
        charge=charge["id"],
        payment_intent=charge["payment_intent"],
        actionable=not charge["refunded"],
        fraud_type=details.get("type", "misc"),
    )
    emit(account, "radar.early_fraud_warning.created", made)
    return made


def _dispute_close(account: Account, details: Details) -> Details:
    dispute = account.find("dispute", details["id"])
    return close_dispute(account, dispute, details["outcome"], amount=details.get("amount"))


def _ach_settle(account: Account, details: Details) -> Details:
    finish_debit(account, details["id"])
    return account.find("payment_intent", details["id"])


def _ach_return(account: Account, details: Details) -> Details:
    reason = details.get("reason", "insufficient_funds")
    return return_debit(account, _charge(account, details["id"]), reason=reason)


def _delete_customer(account: Account, details: Details) -> Details:
    return delete_customer(account, {}, details["id"])


def _roll_secret(account: Account, details: Details) -> Details:
    return {"secret": roll_secret(account, details["id"])}


ACTIONS: Final[dict[str, Callable[[Account, Details], Details]]] = {
    "dashboard_refund": _dashboard_refund,
    "refund_fail": _refund_fail,
    "dispute_open": _dispute_open,
    "dispute_escalate": _dispute_escalate,
    "dispute_close": _dispute_close,
    "fraud_warning": _fraud_warning,
    "ach_settle": _ach_settle,
    "ach_return": _ach_return,
    "delete_customer": _delete_customer,
    "roll_secret": _roll_secret,
}
