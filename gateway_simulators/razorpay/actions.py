"""What happens to payments, refunds and disputes outside of the API: in the dashboard, at banks, by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gateway_simulators.razorpay import disputes, outcomes, payments

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway_simulators.razorpay.account import Account
    from gateway_simulators.razorpay.problems import Object

DISPUTED: Final = ("reason", "amount", "is_inquiry")
# What becomes of a payment that is undecided, failed, or not captured.
DECIDED: Final[dict[str, Callable[[Account, Object], object]]] = {
    "settle": outcomes.settle,
    "lapse": payments.lapse,
    "authorize": payments.authorize,
    "auto_refund": payments.auto_refund,
}


def happen(account: Account, action: str, details: dict[str, Any]) -> Object:
    """Do something to a payment, a refund or a dispute, and return it.

    Args:
        account: whose.
        action: what happens.
        details: `id` of what it happens to, and what the action takes besides.

    Raises:
        ValueError: no such action, or not now.
        Problem: there is no such object.
    """
    name = details["id"]
    if action in DECIDED:
        payment = account.find("payment", name)
        DECIDED[action](account, payment)
        return payment
    match action:
        case "dashboard_refund":
            payment = account.find("payment", name)
            return payments.give_back(account, payment, details["amount"], {}, None)
        case "refund_fail":
            return payments.fail_refund(account, name)
        case "dispute_open":
            more = {word: details[word] for word in DISPUTED if word in details}
            return disputes.open_dispute(account, name, **more)
        case "dispute_escalate":
            return disputes.escalate(account, name)
        case "dispute_close":
            return disputes.close_dispute(account, name, details["outcome"])
    raise ValueError(f"{action!r} is no action of Razorpay's.")
