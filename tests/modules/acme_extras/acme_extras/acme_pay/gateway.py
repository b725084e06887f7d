"""Acme Pay as the platform knows gateways."""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from datetime import datetime

from acme_extras.acme_pay.client import AcmeClient
from acme_extras.acme_pay.reading import (
    checkout_of,
    event_of,
    movement_of,
    payment_of,
    refund_of,
)
from payments.gateways import requests, values
from payments.gateways.answers import read
from payments.gateways.errors import GatewayRejected, GatewayUnavailable, WebhookRefused
from payments.gateways.kinds import WebhookSecrets
from payments.gateways.methods import SavedMethod

TOLERANCE_S = 300


class AcmePay:
    """Fulfils `payments.gateways.protocol.Gateway`."""

    def __init__(self, client: AcmeClient, secrets: WebhookSecrets) -> None:
        self._client = client
        self._secrets = secrets

    @property
    def capabilities(self) -> values.Capabilities:
        """No saved methods; webhooks by hand."""
        return values.Capabilities(
            saves_methods=False,
            refunds_partly=True,
            sets_up_webhooks=False,
            currencies=frozenset({"EUR", "USD"}),
        )

    def fetch_account(self) -> values.GatewayAccount:
        """Return the account of the key."""
        found = self._client.call("GET", "/account")
        return read(lambda it: values.GatewayAccount(it["id"], it["live"]), found)

    def create_webhook(self, url: str) -> values.Webhook:
        """Refuse: the address is entered in Acme Pay's dashboard."""
        raise GatewayRejected("not_offered", "Enter the address in the dashboard.")

    def delete_webhook(self, webhook_id: str) -> None:
        """Do nothing: there is none of ours."""

    def create_customer(self, request: requests.CustomerRequest) -> str:
        """Acme Pay keeps no payers."""
        return ""

    def start_checkout(self, request: requests.CheckoutRequest) -> values.Checkout:
        """Open a hosted page once per key."""
        body = {
            "amount": request.amount.amount_minor,
            "currency": request.amount.currency,
            "description": request.description,
            "reference": request.reference,
            "return_url": request.return_url,
            "cancel_url": request.cancel_url,
        }
        return read(checkout_of, self._client.call("POST", "/checkouts", body, key=request.key))

    def start_setup(self, request: requests.SetupRequest) -> values.Checkout:
        """Refuse: nothing is saved."""
        raise GatewayRejected("not_offered", "Acme Pay saves no methods.")

    def advance_checkout(self, checkout_id: str) -> values.Checkout:
        """Return a page as it stands; Acme Pay needs nothing done."""
        return read(checkout_of, self._client.call("GET", f"/checkouts/{checkout_id}"))

    def expire_checkout(self, checkout_id: str) -> values.Checkout:
        """Close a page that is still open, and return it."""
        return read(checkout_of, self._client.call("POST", f"/checkouts/{checkout_id}/expire", {}))

    def charge(self, request: requests.ChargeRequest) -> values.GatewayPayment:
        """Refuse: there are no saved methods."""
        raise GatewayRejected("not_offered", "Acme Pay saves no methods.")

    def fetch_payment(self, payment_id: str) -> values.GatewayPayment:
        """Return a payment."""
        return read(payment_of, self._client.call("GET", f"/payments/{payment_id}"))

    def find_payment(self, wanted: requests.LookUp) -> values.GatewayPayment | None:
        """Return the payment of a reference, or None."""
        found = self._client.call("POST", "/payments/search", {"reference": wanted.reference})
        payments = [read(payment_of, one) for one in _items(found)]
        return payments[0] if payments else None

    def list_methods(self, customer_id: str) -> list[SavedMethod]:
        """Return nothing."""
        return []

    def delete_method(self, customer_id: str, method_id: str) -> None:
        """Do nothing."""

    def refund(self, request: requests.RefundRequest) -> values.GatewayRefund:
        """Give money back once per key."""
        body = {
            "payment": request.payment_id,
            "amount": request.amount.amount_minor,
            "currency": request.amount.currency,
            "reference": request.reference,
        }
        return read(refund_of, self._client.call("POST", "/refunds", body, key=request.key))

    def fetch_refund(self, refund_id: str) -> values.GatewayRefund:
        """Return a refund."""
        return read(refund_of, self._client.call("GET", f"/refunds/{refund_id}"))

    def find_refund(self, wanted: requests.RefundRequest) -> values.GatewayRefund | None:
        """Return the refund of a reference, or None."""
        found = self._client.call("POST", "/refunds/search", {"reference": wanted.reference})
        refunds = [read(refund_of, one) for one in _items(found)]
        return refunds[0] if refunds else None

    def fetch_dispute(self, dispute_id: str) -> values.GatewayDispute:
        """Refuse: Acme Pay knows no disputes."""
        raise GatewayRejected("not_offered", "Acme Pay knows no disputes.")

    def list_events(self, *, since: datetime) -> Iterator[values.GatewayEvent]:
        """Yield what changed, oldest first."""
        found = self._client.call("POST", "/events/search", {"since": int(since.timestamp())})
        yield from (read(event_of, one) for one in _items(found))

    def list_movements(self, *, starts: datetime, ends: datetime) -> Iterator[values.Movement]:
        """Yield the books' lines of a span."""
        span = {"starts": int(starts.timestamp()), "ends": int(ends.timestamp())}
        found = self._client.call("POST", "/books/search", span)
        yield from (read(movement_of, one) for one in _items(found))

    def parse_event(
        self, body: bytes, headers: Mapping[str, str], *, now: datetime
    ) -> values.GatewayEvent:
        """Verify `Acme-Signature: <time>.<hex of HMAC-SHA256>` over the time and the raw body, then read it."""
        at, _, digest = headers.get("Acme-Signature", "").partition(".")
        if not (at.isascii() and at.isdecimal() and len(at) <= 12 and digest.isascii()):
            raise WebhookRefused("no signature")
        if not any(
            hmac.compare_digest(sign(body, int(at), secret), f"{at}.{digest}")
            for secret in self._secrets.valid_at(now)
        ):
            raise WebhookRefused("signature does not fit")
        if abs(now.timestamp() - int(at)) > TOLERANCE_S:
            raise WebhookRefused("too far from our time")
        try:
            return read(event_of, json.loads(body))
        except (ValueError, GatewayUnavailable):
            raise WebhookRefused("not an event") from None


def sign(body: bytes, at: int, secret: str) -> str:
    """Return what `Acme-Signature` says of a body."""
    digest = hmac.new(secret.encode(), b"%d." % at + body, hashlib.sha256).hexdigest()
    return f"{at}.{digest}"


def _items(found: dict[str, object]) -> list[dict[str, object]]:
    items = found.get("items")
    if not isinstance(items, list):
        raise GatewayUnavailable("unknown_state", "Acme Pay's list does not read.")
    return items
