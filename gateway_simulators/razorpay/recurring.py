"""Customers, tokens and recurring payments: a feature that Razorpay switches on merchant by merchant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway_simulators.razorpay.account import collection, shown
from gateway_simulators.razorpay.payments import fail, hold, take
from gateway_simulators.razorpay.problems import Body, Object, Problem, check, notes_of

if TYPE_CHECKING:
    from gateway_simulators.razorpay.account import Account

NAME_CHARS: Final = range(3, 51)
CONTACT: Final = "+919000090000"
# What a token may be charged at once, in paise.
MAX_AMOUNT: Final = 9_999_900


def create_customer(account: Account, body: Body) -> Object:
    """Make a customer, or return the one of this e-mail address: `POST /v1/customers`."""
    check(body, required=("name",), optional=("email", "contact", "fail_existing", "notes"))
    if len(body["name"]) not in NAME_CHARS:
        raise Problem(400, "The name must be between 3 and 50 characters.", field="name")
    email, contact = body.get("email") or None, body.get("contact") or None
    known = account.all("customer", email=email) if email else []
    if known and body.get("fail_existing", "1") != "0":
        raise Problem(400, "Customer already exists for the merchant", reason="")
    if known:
        return shown(known[0])
    made = account.add(
        "cust",
        "customer",
        name=body["name"],
        email=email,
        contact=contact,
        notes=notes_of(body),
    )
    return shown(made)


def confirm_token(account: Account, customer: Object, fate: str, method: str) -> Object:
    """Let a customer agree in Razorpay's checkout that the method is charged later.

    Args:
        account: whose.
        customer: who agrees.
        fate: the bank's reason to decline later charges, or "".
        method: `card` or `upi`.
    """
    customer["contact"] = customer["contact"] or CONTACT
    is_card = method == "card"
    made = account.add(
        "token",
        "token",
        method=method,
        card={"last4": "1111", "network": "Visa", "expiry_month": 12, "expiry_year": 2039}
        if is_card
        else None,
        vpa=None if is_card else {"username": "alice", "handle": "razorpay"},
        recurring=True,
        recurring_details={"status": "confirmed", "failure_reason": None},
        max_amount=MAX_AMOUNT,
        expired_at=account.now + 10 * 365 * 86_400,
        customer_id=customer["id"],
        _fate=fate,
    )
    account.tell("token.confirmed", token=made)
    return made


def must_be_enabled(account: Account) -> None:
    """Refuse an account without the feature."""
    if not account.is_recurring:
        raise Problem(400, "Recurring payments are not enabled for this merchant.", reason="")


def list_tokens(account: Account, customer_id: str, query: dict[str, str]) -> Object:
    """List a customer's tokens: `GET /v1/customers/{id}/tokens`."""
    account.find("customer", customer_id)
    return collection(account.all("token", customer_id=customer_id), query)


def token_of(account: Account, customer_id: str, token_id: str) -> Object:
    """Return a token of a customer, nobody else's."""
    found = account.find("token", token_id)
    if found["customer_id"] != customer_id:
        raise Problem(400, "The id provided does not exist", reason="")
    return found


def delete_token(account: Account, customer_id: str, token_id: str) -> None:
    """Forget a token: `DELETE /v1/customers/{id}/tokens/{id}`."""
    found = token_of(account, customer_id, token_id)
    account.tell("token.cancelled", token=found)
    del account.objects[found["id"]]


def cancel_token(account: Account, body: Body, customer_id: str, token_id: str) -> Object:
    """Let a token be charged no more: `PUT /v1/customers/{id}/tokens/{id}/cancel`."""
    check(body)
    found = token_of(account, customer_id, token_id)
    if found["recurring_details"]["status"] == "cancelled":
        raise Problem(400, "The token is already cancelled.", reason="")
    found["recurring_details"] = {"status": "cancelled", "failure_reason": None}
    account.tell("token.cancelled", token=found)
    return {"status": "cancelled"}


def charge(account: Account, body: Body) -> Object:
    """Take money by a token: `POST /v1/payments/create/recurring`."""
    check(
        body,
        required=(
            *("email", "contact", "amount", "currency", "order_id", "customer_id"),
            *("token", "recurring"),
        ),
        optional=("description", "notes"),
    )
    must_be_enabled(account)
    order = account.find("order", body["order_id"])
    token = token_of(account, body["customer_id"], body["token"])
    _check(body, order, token)
    source = {"notes": notes_of(body)}
    if token["_fate"]:
        payment = fail(account, source, order, method=token["method"])
        payment["error_reason"] = token["_fate"]
        raise Problem(400, str(payment["error_description"]), reason=token["_fate"])
    begin = hold if token["method"] == "upi" else take
    payment = begin(account, source, order, method=token["method"])
    return {
        "razorpay_payment_id": payment["id"],
        "razorpay_order_id": order["id"],
        "razorpay_signature": "0" * 64,
    }


def _check(body: Body, order: Object, token: Object) -> None:
    if str(body["recurring"]) != "1":
        raise Problem(400, "The recurring field must be 1.", field="recurring")
    if body["currency"] != "INR":
        raise Problem(400, "Currency is not supported", field="currency")
    if (body["amount"], body["currency"]) != (order["amount"], order["currency"]):
        words = "Your payment amount is different from your order amount."
        raise Problem(400, words, field="amount")
    if order["status"] == "paid":
        raise Problem(400, "Payment already done for this order.", reason="")
    if token["recurring_details"]["status"] != "confirmed":
        raise Problem(400, "The token is not confirmed for recurring payments.", field="token")
    if body["amount"] > token["max_amount"]:
        raise Problem(400, "The amount exceeds the maximum amount of the token.", field="amount")
