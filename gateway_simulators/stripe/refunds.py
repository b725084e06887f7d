"""Refunds: asked for by the API or made in the dashboard, pending for bank debits, and failing later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway_simulators.stripe.account import listing
from gateway_simulators.stripe.books import move
from gateway_simulators.stripe.cards import BANK_DAYS, DAY_S, card_of
from gateway_simulators.stripe.events import emit
from gateway_simulators.stripe.problems import Form, Object, Problem, check, metadata, positive

if TYPE_CHECKING:
    from gateway_simulators.stripe.account import Account


def create_refund(account: Account, form: Form) -> Object:
    """Give money back: `POST /v1/refunds`."""
    check(form, optional=("payment_intent", "charge", "amount", "reason", "metadata"))
    charge = _charge_of(account, form)
    left = charge["amount"] - charge["amount_refunded"]
    if charge["disputed"] and not charge["_is_refundable"]:
        raise Problem(400, "Charge has been charged back.", code="charge_disputed")
    if left == 0:
        words = f"Charge {charge['id']} has already been refunded."
        raise Problem(400, words, code="charge_already_refunded")
    amount = positive(form, "amount") if "amount" in form else left
    if amount > left:
        words = f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
        raise Problem(400, words, param="amount")
    return give_back(account, charge, amount, reason=form.get("reason"), notes=metadata(form))


def _charge_of(account: Account, form: Form) -> Object:
    if ("payment_intent" in form) == ("charge" in form):
        words = "One of the following params should be provided: charge, payment_intent."
        raise Problem(400, words, code="parameter_missing", param="payment_intent")
    if "charge" in form:
        return account.find("charge", form["charge"], "charge")
    payment = account.find("payment_intent", form["payment_intent"], "payment_intent")
    if payment["status"] != "succeeded":
        words = "This PaymentIntent does not have a successful charge to refund."
        raise Problem(400, words, code="payment_intent_unexpected_state")
    return account.find("charge", payment["latest_charge"])


def give_back(
    account: Account, charge: Object, amount: int, *, reason: str | None, notes: dict[str, str]
) -> Object:
    """Make a refund of a charge; to a bank account it takes days.

    Args:
        account: whose.
        charge: one that succeeded.
        amount: what is left of it at most.
        reason: Stripe's word, or None.
        notes: metadata.
    """
    is_bank = bool(card_of(account.find("payment_method", charge["payment_method"])).bank)
    made = account.add(
        "re",
        "refund",
        amount=amount,
        currency=charge["currency"],
        charge=charge["id"],
        payment_intent=charge["payment_intent"],
        status="pending" if is_bank else "succeeded",
        pending_reason="processing" if is_bank else None,
        failure_reason=None,
        failure_balance_transaction=None,
        reason=reason,
        metadata=notes,
    )
    line = move(account, kind="refund", category="refund", amount=-amount, fee=0, source=made)
    made["balance_transaction"] = line["id"]
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    if is_bank:
        account.later(BANK_DAYS * DAY_S, "refund", made["id"])
    emit(account, "refund.created", made)
    emit(account, "charge.refunded", charge)
    return made


def finish_refund(account: Account, name: str) -> None:
    """Let a pending refund arrive.

    Args:
        account: whose.
        name: the refund's id.
    """
    found = account.find("refund", name)
    if found["status"] == "pending":
        found.update(status="succeeded", pending_reason=None)
        emit(account, "refund.updated", found)


def fail_refund(account: Account, name: str, reason: str) -> Object:
    """Let a refund come back to the balance, days after it seemed to succeed.

    Args:
        account: whose.
        name: the refund's id.
        reason: Stripe's `failure_reason`.

    Raises:
        ValueError: it failed already.
    """
    found = account.find("refund", name)
    if found["status"] not in {"pending", "succeeded"}:
        raise ValueError(f"A refund that is {found['status']} cannot fail.")
    line = move(
        account,
        kind="refund_failure",
        category="refund_failure",
        amount=found["amount"],
        fee=0,
        source=found,
    )
    found.update(
        status="failed",
        pending_reason=None,
        failure_reason=reason,
        failure_balance_transaction=line["id"],
    )
    charge = account.find("charge", found["charge"])
    charge["amount_refunded"] -= found["amount"]
    charge["refunded"] = False
    emit(account, "refund.failed", found)
    return found


def list_refunds(account: Account, form: Form) -> Object:
    """List refunds: `GET /v1/refunds`."""
    filters = ("payment_intent", "charge")
    return listing("/v1/refunds", form, account.all("refund"), filters=filters)
