"""What becomes of a payment that was asked for: declined, late, paid, given back; links and orders follow it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway_simulators.common.later import take_due
from gateway_simulators.razorpay.payments import authorize, auto_refund, collect, fail

if TYPE_CHECKING:
    from gateway_simulators.razorpay.account import Account
    from gateway_simulators.razorpay.problems import Object

# So long after a payment of `late@razorpay` failed, the bank authorises it all the same.
LATE: Final = "late@razorpay"
LATE_S: Final = 3600


def decline(account: Account, source: Object, order: Object, upi: str) -> Object:
    """Let a payment fail; one of `late@razorpay` is authorised an hour later.

    Args:
        account: whose.
        source: what asked for it; its notes are the payment's.
        order: what is paid.
        upi: the address that was typed, or "" for a card.
    """
    payment = fail(account, source, order, method="upi" if upi else "card")
    if upi == LATE:
        account.late.append([account.now + LATE_S, payment["id"]])
    return payment


def run_due(account: Account) -> None:
    """Let banks authorise what they had declined, and what was settled otherwise stay as it is.

    Args:
        account: whose.
    """
    for name in take_due(account.late, account.now):
        if account.objects[name]["status"] == "failed":
            settle(account, account.objects[name])


def paid(account: Account, link: Object, payment: Object) -> None:
    """Mark a link as paid by a captured payment."""
    others = [one for one in link["payments"] if one["payment_id"] != payment["id"]]
    link.update(status="paid", amount_paid=link["amount"], payments=[*others, line(payment)])
    account.tell(
        "payment_link.paid",
        payment_link=link,
        order=account.objects[link["order_id"]],
        payment=payment,
    )


def settle(account: Account, payment: Object) -> None:
    """Let a bank say yes to a payment in the end: it is captured, or given back when its order is paid already."""
    order = account.objects[payment["order_id"]]
    authorize(account, payment)
    if order["status"] == "paid":
        auto_refund(account, payment)
        return
    collect(account, payment)
    pay_links(account, payment)


def pay_links(account: Account, payment: Object) -> None:
    """Mark the link of a captured payment as paid."""
    for link in account.all("payment_link", order_id=payment["order_id"]):
        paid(account, link, payment)


def line(payment: Object) -> Object:
    """Return a payment as its link lists it."""
    return {
        "payment_id": payment["id"],
        "amount": payment["amount"],
        "status": payment["status"],
        "method": payment["method"],
        "created_at": payment["created_at"],
    }
