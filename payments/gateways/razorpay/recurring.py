"""Recurring payments at Razorpay: a customer's token is charged by an order of its own.

Razorpay switches them on merchant by merchant, takes rupees only, and has no idempotency key for them: an order is
found again by its receipt, our reference, and an order is paid once.

Source: https://razorpay.com/docs/api/payments/recurring-payments/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from billing_platform.kernel.clock import from_epoch
from payments.gateways.answers import read
from payments.gateways.errors import MISSING_CODES, GatewayRejected, GatewayUnavailable
from payments.gateways.methods import MethodKind, SavedMethod
from payments.gateways.razorpay import client
from payments.gateways.razorpay.amounts import to_razorpay
from payments.gateways.razorpay.reading import is_given_back, reference_of

if TYPE_CHECKING:
    import razorpay

    from payments.gateways.requests import ChargeRequest, CustomerRequest

NAME_MIN, NAME_MAX = 3, 50
# Tokens are charged in rupees only.
CURRENCY: Final = "INR"
CONFIRMED: Final = "confirmed"


class Recurring:
    """The calls of one connection."""

    def __init__(self, sdk: razorpay.Client) -> None:
        self._sdk = sdk

    def create_customer(self, request: CustomerRequest) -> str:
        """Make a payer; "" when the e-mail address is another tenant's at Razorpay, which has one payer per address."""
        body = {
            "name": request.name[:NAME_MAX].ljust(NAME_MIN, "."),
            "email": request.email,
            "fail_existing": "0",
            "notes": {"reference": request.reference},
        }
        made = client.again(lambda: client.call(self._sdk.customer.create, dict(body)))
        return str(made["id"]) if reference_of(made) == request.reference else ""

    def charge(self, request: ChargeRequest) -> dict[str, Any]:
        """Charge a token once per reference, and return the payment as it stands.

        Raises:
            GatewayRejected: declined, or the reference stands for another amount (`key_reused`).
            GatewayUnavailable: no answer that can be trusted.
        """
        order = self._order(request)
        found = self._payment(order["id"])
        if found is None:
            found = self._ask(request, order["id"])
        if found.get("status") == "failed":
            reason = str(found.get("error_reason") or "payment_failed")
            words = str(found.get("error_description") or "")
            raise GatewayRejected(reason, words, decline_code=reason, object_id=found["id"])
        return found

    def find(self, reference: str) -> dict[str, Any] | None:
        """Return the payment of a reference; None proves that there is none."""
        order = self._order_of(reference)
        return None if order is None else self._payment(order["id"])

    def tokens(self, customer_id: str) -> list[SavedMethod]:
        """Return the tokens of a payer that may be charged; a payer who is gone has none."""
        if not customer_id:
            return []
        try:
            found = list(client.listed(_of(self._sdk.token.all, customer_id), {}))
        except GatewayRejected as error:
            if error.code not in MISSING_CODES:
                raise
            return []
        confirmed = [one for one in found if status_of(one) == CONFIRMED]
        return [read(token_method, one, customer_id=customer_id) for one in confirmed]

    def forget(self, customer_id: str, token_id: str) -> None:
        """Delete a token; one that is gone is fine."""
        try:
            client.call(self._sdk.token.delete, customer_id, token_id, {})
        except GatewayRejected as error:
            if error.code not in MISSING_CODES:
                raise

    def _order(self, request: ChargeRequest) -> dict[str, Any]:
        body = {
            "amount": to_razorpay(request.amount),
            "currency": request.amount.currency,
            "receipt": request.reference,
            "notes": {"reference": request.reference},
        }
        order = self._order_of(request.reference)
        if order is None:
            try:
                order = client.call(self._sdk.order.create, body)
            except GatewayUnavailable:
                order = self._order_of(request.reference)
                if order is None:
                    raise
        if (order.get("amount"), order.get("currency")) != (body["amount"], body["currency"]):
            raise GatewayRejected("key_reused", "This reference stands for another amount.")
        return order

    def _ask(self, request: ChargeRequest, order_id: str) -> dict[str, Any]:
        payer = client.call(self._sdk.customer.fetch, request.customer_id, {})
        body = {
            "email": payer.get("email"),
            "contact": payer.get("contact"),
            "amount": to_razorpay(request.amount),
            "currency": request.amount.currency,
            "order_id": order_id,
            "customer_id": request.customer_id,
            "token": request.method_id,
            "recurring": "1",
            "description": request.description,
            "notes": {"reference": request.reference},
        }
        try:
            client.call(self._sdk.payment.createRecurring, body)
        except (GatewayUnavailable, GatewayRejected) as error:
            # What the order knows is the truth: taken, declined, or never heard of.
            found = self._payment(order_id)
            if found is None:
                raise error from None
            return found
        found = self._payment(order_id)
        if found is None:
            raise GatewayUnavailable("unknown_state", "Razorpay took an order without a payment.")
        return found

    def _order_of(self, reference: str) -> dict[str, Any] | None:
        found = client.listed(self._sdk.order.all, {"receipt": reference})
        return next((one for one in found if one.get("receipt") == reference), None)

    def _payment(self, order_id: str) -> dict[str, Any] | None:
        found = list(client.listed(_of(self._sdk.order.payments, order_id), {}))
        found.sort(key=lambda one: one.get("status") == "failed" or read(is_given_back, one))
        return next(iter(found), None)


def _of(work: Any, name: str) -> Any:
    """Return a list call of one object, which takes its filters alone."""

    def ask(params: dict[str, Any], **more: Any) -> Any:
        return work(name, params, **more)

    return ask


def status_of(token: dict[str, Any]) -> str:
    """Return where a token stands: `initiated`, `confirmed`, `rejected`, `paused` or `cancelled`; "" when it says none.

    Args:
        token: the entity.
    """
    return str((token.get("recurring_details") or {}).get("status") or "")


def token_method(found: dict[str, Any], *, customer_id: str) -> SavedMethod:
    """Read a token.

    Args:
        found: the entity.
        customer_id: whose it is.
    """
    name = found["id"]
    if found["method"] == "card":
        card = found["card"]
        return SavedMethod(
            name,
            customer_id,
            MethodKind.CARD,
            brand=str(card["network"]).lower(),
            last4=card["last4"],
            expires=(int(card["expiry_year"]), int(card["expiry_month"])),
        )
    ends = found.get("expired_at")
    until = from_epoch(ends) if ends else None
    vpa = found.get("vpa") or {}
    return SavedMethod(
        name,
        customer_id,
        MethodKind.UPI,
        expires=(until.year, until.month) if until else None,
        payer=f"{vpa['username']}@{vpa['handle']}" if vpa else "",
    )
