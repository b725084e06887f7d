"""Razorpay's gateway: one provider's key on its own client; payments' services make it from a connection.

A page is a payment link: its reference, ours, is used once at Razorpay, which has no idempotency header for it. Tokens
(recurring payments) are a feature that Razorpay grants merchant by merchant: where a connection has it, customers agree
to one on a registration link's page, and tokens are listed, charged and deleted.
"""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from payments.gateways.answers import read
from payments.gateways.errors import KEY_CODES, GatewayRejected, GatewayUnavailable
from payments.gateways.razorpay import client
from payments.gateways.razorpay.amounts import MINIMUMS, STEPS, to_razorpay
from payments.gateways.razorpay.books import dispute, events, is_of_nothing, movements
from payments.gateways.razorpay.reading import (
    AUTO_REFUNDED,
    LINK_STATES,
    checkout_of,
    is_ours,
    payment_of,
    refund_of,
)
from payments.gateways.razorpay.recurring import CURRENCY, Recurring
from payments.gateways.razorpay.registering import PREFIX, Registrations
from payments.gateways.razorpay.webhooks import read_event
from payments.gateways.values import (
    Capabilities,
    CheckoutState,
    GatewayAccount,
    PaymentState,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from payments.gateways import requests, values
    from payments.gateways.kinds import WebhookSecrets
    from payments.gateways.methods import SavedMethod

# Of several payments of one page: who took the money, then who still may.
RANKS: Final = {PaymentState.SUCCEEDED: 0, PaymentState.PENDING: 1}
REFUND_KEY: Final = re.compile(r"[A-Za-z0-9_-]{10,100}")
# A payment's card is told on demand only: https://razorpay.com/docs/api/payments/fetch-payment-expanded-card/
WITH_CARD: Final = {"expand[]": "card"}


class RazorpayGateway:
    """Fulfils `payments.gateways.protocol.Gateway`."""

    def __init__(
        self,
        *,
        key_id: str,
        key_secret: str,
        account_id: str,
        secrets: WebhookSecrets,
        api_url: str = client.API_URL,
        is_recurring: bool = False,
    ) -> None:
        self._client = client.connect(key_id, key_secret, api_url)
        self._account_id = account_id
        self._is_live = key_id.startswith("rzp_live_")
        self._recurring = Recurring(self._client) if is_recurring else None
        self._registrations = Registrations(self._client, self._fetched, is_live=self._is_live)
        self._secrets = secrets

    @property
    def capabilities(self) -> Capabilities:
        """Say what Razorpay can do; which currencies it takes is the account's."""
        return Capabilities(
            saves_methods=self._recurring is not None,
            refunds_partly=True,
            sets_up_webhooks=False,
            currencies=frozenset(),
            makes_customers=self._recurring is not None,
            saves_in=frozenset({CURRENCY}),
            minimums=MINIMUMS,
            steps=STEPS,
            # Deliveries are tried again for a day, signed with the secret of before:
            # https://razorpay.com/docs/webhooks/faqs
            secret_overlap=timedelta(hours=48),
        )

    def fetch_account(self) -> GatewayAccount:
        """Prove the key by a call that it may always make; Razorpay tells nobody whose key it is."""
        try:
            client.call(self._client.order.all, {"count": 1})
        except GatewayUnavailable as error:
            if error.reason != "denied":
                raise
            raise GatewayRejected("permission", error.message) from error
        return GatewayAccount(self._account_id, self._is_live)

    def create_webhook(self, url: str) -> values.Webhook:
        """Refuse: the address is entered in Razorpay's dashboard."""
        raise GatewayRejected("not_offered", "Enter the address in Razorpay's dashboard.")

    def delete_webhook(self, webhook_id: str) -> None:
        """Do nothing: none was made."""

    def create_customer(self, request: requests.CustomerRequest) -> str:
        """Make no payer where none is needed: links have none, tokens have."""
        return self._recurring.create_customer(request) if self._recurring else ""

    def start_checkout(self, request: requests.CheckoutRequest) -> values.Checkout:
        """Open a payment link once per reference."""
        body = {
            "amount": to_razorpay(request.amount),
            "currency": request.amount.currency,
            "description": request.description,
            "reference_id": request.reference,
            "notes": {"reference": request.reference},
            "callback_url": request.return_url,
            "callback_method": "get",
            "notify": {"sms": False, "email": False},
            "reminder_enable": False,
        }
        try:
            made = client.call(self._client.payment_link.create, body)
        except (GatewayUnavailable, GatewayRejected) as error:
            # The answer was lost, or the reference is used: the link is there, or nothing was made.
            known = self._link_of(request.reference)
            if known is None:
                raise error from None
            made = known
        if (made.get("amount"), made.get("currency")) != (body["amount"], body["currency"]):
            raise GatewayRejected("key_reused", "This reference stands for another amount.")
        return self._checkout(made)

    def start_setup(self, request: requests.SetupRequest) -> values.Checkout:
        """Open a registration link once per reference, where recurring payments are switched on."""
        if self._recurring is None:
            raise GatewayRejected("not_offered", "Recurring payments are not switched on.")
        return self._registrations.start(request)

    def advance_checkout(self, checkout_id: str) -> values.Checkout:
        """Return a link as it stands, with its token, or its payment, captured where Razorpay has not done so."""
        if checkout_id.startswith(PREFIX):
            return self._registrations.advance(checkout_id)
        return self._checkout(client.call(self._client.payment_link.fetch, checkout_id, {}))

    def expire_checkout(self, checkout_id: str) -> values.Checkout:
        """Cancel a link that is still open, and return it."""
        if checkout_id.startswith(PREFIX):
            return self._registrations.expire(checkout_id)
        found = self.advance_checkout(checkout_id)
        if found.state is not CheckoutState.OPEN:
            return found
        try:
            client.call(self._client.payment_link.cancel, checkout_id)
        except GatewayRejected:
            # Paid in this very moment: what stands there now tells.
            return self.advance_checkout(checkout_id)
        return self.advance_checkout(checkout_id)

    def charge(self, request: requests.ChargeRequest) -> values.GatewayPayment:
        """Charge a token once per reference, where recurring payments are switched on."""
        if self._recurring is None:
            raise GatewayRejected("not_offered", "Recurring payments are not switched on.")
        return self._payment(self._recurring.charge(request)["id"])

    def fetch_payment(self, payment_id: str) -> values.GatewayPayment:
        """Return a payment as it stands now; one of ours that waits for its capture is captured before."""
        found = client.call(self._client.payment.fetch, payment_id, dict(WITH_CARD))
        if is_ours(found):
            found = self._captured(found)
        return read(payment_of, found, is_live=self._is_live)

    def _payment(self, payment_id: str) -> values.GatewayPayment:
        return read(payment_of, self._fetched(payment_id), is_live=self._is_live)

    def _fetched(self, payment_id: str) -> dict[str, Any]:
        found = client.call(self._client.payment.fetch, payment_id, dict(WITH_CARD))
        return self._captured(found)

    def find_payment(self, wanted: requests.LookUp) -> values.GatewayPayment | None:
        """Return the payment of a reference; None proves that there is none."""
        link = self._link_of(wanted.reference)
        if link is not None:
            return self._checkout(link).payment
        found = self._recurring.find(wanted.reference) if self._recurring else None
        return None if found is None else self._payment(found["id"])

    def list_methods(self, customer_id: str) -> list[SavedMethod]:
        """Return the tokens of a payer, where recurring payments are switched on."""
        return self._recurring.tokens(customer_id) if self._recurring else []

    def delete_method(self, customer_id: str, method_id: str) -> None:
        """Forget a token, where recurring payments are switched on."""
        if self._recurring:
            self._recurring.forget(customer_id, method_id)

    def refund(self, request: requests.RefundRequest) -> values.GatewayRefund:
        """Give money back once per key."""
        key = request.key
        if not REFUND_KEY.fullmatch(key):
            key = hashlib.sha256(key.encode()).hexdigest()

        def ask() -> dict[str, Any]:
            body = {
                "amount": to_razorpay(request.amount),
                "speed": "normal",
                "notes": {"reference": request.reference},
            }
            headers = {"X-Refund-Idempotency": key}
            return client.call(
                self._client.payment.refund, request.payment_id, body, headers=headers
            )

        return read(refund_of, client.again(ask))

    def fetch_refund(self, refund_id: str) -> values.GatewayRefund:
        """Return a refund as it stands now; one of a payment that was never captured is refused (`auto_refunded`)."""
        found = client.call(self._client.refund.fetch, refund_id, {})
        if is_of_nothing(self._client, found):
            raise GatewayRejected(AUTO_REFUNDED, "Razorpay gave back what it had not captured.")
        return read(refund_of, found)

    def find_refund(self, wanted: requests.RefundRequest) -> values.GatewayRefund | None:
        """Return the refund of a payment that carries a reference; None proves that there is none."""
        work = partial(self._client.payment.fetch_multiple_refund, wanted.payment_id)
        given = (read(refund_of, one) for one in client.listed(work, {}))
        return next((one for one in given if one.reference == wanted.reference), None)

    def fetch_dispute(self, dispute_id: str) -> values.GatewayDispute:
        """Return a dispute as it stands now."""
        return dispute(self._client, client.call(self._client.dispute.fetch, dispute_id, {}))

    def list_events(self, *, since: datetime) -> Iterator[values.GatewayEvent]:
        """Yield payments, refunds and disputes that may have changed, oldest first; Razorpay lists no events."""
        yield from events(self._client, since, account_id=self._account_id, is_live=self._is_live)

    def list_movements(self, *, starts: datetime, ends: datetime) -> Iterator[values.Movement]:
        """Yield what was captured, given back and disputed in a half-open span, and the fees."""
        yield from movements(self._client, starts, ends, is_live=self._is_live)

    def parse_event(
        self, body: bytes, headers: Mapping[str, str], *, now: datetime
    ) -> values.GatewayEvent:
        """Verify a webhook's raw body and read it."""
        return read_event(
            body,
            headers.get("X-Razorpay-Signature", ""),
            secrets=self._secrets,
            account_id=self._account_id,
            is_live=self._is_live,
            now=now,
        )

    def _link_of(self, reference: str) -> dict[str, Any] | None:
        page = client.call(self._client.payment_link.all, {"reference_id": reference})
        found = page.get("payment_links")
        if not isinstance(found, list):
            raise GatewayUnavailable("unknown_state", "Razorpay's list cannot be read.")
        ours = [one for one in found if one.get("reference_id") == reference]
        return ours[0] if ours else None

    def _checkout(self, link: dict[str, Any]) -> values.Checkout:
        if link.get("status") not in LINK_STATES:
            raise GatewayUnavailable("unknown_state", "Razorpay's link cannot be read.")
        payments = [
            self._payment(one["payment_id"])
            for one in link.get("payments") or []
            if one.get("status") != "failed"
        ]
        # Several are possible; Razorpay gives all but one back, and those have brought nothing. One that a bank still
        # thinks about may bring it yet.
        payments.sort(key=lambda one: RANKS.get(one.state, len(RANKS)))
        return read(
            checkout_of, link, is_live=self._is_live, payment=payments[0] if payments else None
        )

    def _captured(self, found: dict[str, Any]) -> dict[str, Any]:
        if found.get("status") != "authorized":
            return found
        body = {"currency": found.get("currency")}
        work = self._client.payment.capture
        try:
            captured = client.call(work, found["id"], found.get("amount"), body)
        except GatewayRejected as error:
            if error.code in KEY_CODES:
                raise
            # Captured by itself in this very moment.
            return client.call(self._client.payment.fetch, found["id"], dict(WITH_CARD))
        return {**captured, "card": found.get("card")}
