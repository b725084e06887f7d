"""What happens by itself as time goes by: debits arrive or come back, disputes are opened, pages and refunds end."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, Final

from gateway_simulators.stripe.cards import card_of
from gateway_simulators.stripe.checkouts import after_debit, close
from gateway_simulators.stripe.disputes import open_dispute
from gateway_simulators.stripe.payments import refuse, settle
from gateway_simulators.stripe.refunds import finish_refund

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway_simulators.stripe.account import Account


def run_due(account: Account) -> None:
    """Do what has fallen due, in order of time.

    Args:
        account: whose.
    """
    while account.due and account.due[0][0] <= account.now:
        _, what, name = heapq.heappop(account.due)
        DUES[what](account, name)


def finish_debit(account: Account, name: str) -> None:
    """Let the bank answer to a debit; one that was answered already stays as it is.

    Args:
        account: whose.
        name: the PaymentIntent's id.
    """
    payment = account.find("payment_intent", name)
    if payment["status"] != "processing":
        return
    card = card_of(account.find("payment_method", payment["payment_method"]))
    if card.code:
        refuse(account, payment, card.code, card.decline_code)
    else:
        settle(account, payment)
    after_debit(account, payment)


def _close_page(account: Account, name: str) -> None:
    session = account.find("checkout.session", name)
    if session["status"] == "open":
        close(account, session)


def _dispute(account: Account, name: str) -> None:
    charge = account.find("charge", name)
    if not charge["disputed"]:
        open_dispute(account, charge, reason="fraudulent")


def _forget_answer(account: Account, name: str) -> None:
    account.kept.pop(name, None)


DUES: Final[dict[str, Callable[[Account, str], object]]] = {
    "bank": finish_debit,
    "session": _close_page,
    "dispute": _dispute,
    "refund": finish_refund,
    "key": _forget_answer,
}
