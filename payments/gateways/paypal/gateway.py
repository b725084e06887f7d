"""PayPal's gateway: one provider's app on its own client; payments' services make it from a connection.

A page is an order that the payer approves and we capture; an agreement is a token of the vault, charged by an order
that names it. Orders are never canceled at PayPal: one that nobody captures takes no money.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from payments.gateways.answers import read
from payments.gateways.errors import (
    KEY_CODES,
    NOT_SEARCHABLE,
    GatewayRejected,
    GatewayUnavailable,
)
from payments.gateways.paypal import reading
from payments.gateways.paypal.amounts import CURRENCIES, STEPS, to_paypal
from payments.gateways.paypal.books import captured, events, movements
from payments.gateways.paypal.certificates import Certificates
from payments.gateways.paypal.keeping import (
    AGREEMENT,
    NUMBER,
    Agreements,
    Vault,
    is_setup,
    page_context,
    source_of,
    unless_gone,
)
from payments.gateways.paypal.rights import check_rights
from payments.gateways.paypal.webhooks import WANTED, read_event
from payments.gateways.values import Capabilities, Checkout, GatewayAccount, PaymentState, Webhook

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from payments.gateways import requests, values
    from payments.gateways.kinds import Endpoint, WebhookSecrets
    from payments.gateways.methods import SavedMethod
    from payments.gateways.paypal.api import Api

# What a connection keeps of payers: tokens of the vault, billing agreements where PayPal lets it make them, or nothing.
VAULT: Final = "vault"
REFERENCE: Final = "reference"
OFF: Final = "off"
WEBHOOKS: Final = "/v1/notifications/webhooks"
ORDERS: Final = "/v2/checkout/orders"
CAPTURES: Final = "/v2/payments/captures"
# PayPal keeps the keys of refunds for 45 days: https://developer.paypal.com/api/rest/reference/idempotency/
REFUND_KEY_HOLDS: Final = timedelta(days=44)


class PayPalGateway:
    """Fulfils `payments.gateways.protocol.Gateway`."""

    def __init__(
        self,
        api: Api,
        *,
        is_live: bool,
        secrets: WebhookSecrets,
        endpoint: Endpoint,
        keeps: str = VAULT,
    ) -> None:
        self._api = api
        self._keeps = keeps
        self._vault = Vault(api, is_live=is_live)
        self._agreements = Agreements(api, is_live=is_live)
        self._is_live = is_live
        self._secrets = secrets
        self._certificates = Certificates(endpoint, is_live=is_live)

    @property
    def capabilities(self) -> Capabilities:
        """Say what PayPal can do."""
        return Capabilities(
            saves_methods=self._keeps != OFF,
            refunds_partly=True,
            sets_up_webhooks=True,
            currencies=CURRENCIES,
            refund_days=180,
            makes_customers=False,
            steps=STEPS,
            refund_key_holds=REFUND_KEY_HOLDS,
        )

    def fetch_account(self) -> GatewayAccount:
        """Return the app of the credentials; its secret may be replaced, the app stays."""
        lacks = check_rights(self._api, keeps_in_vault=self._keeps == VAULT)
        if self._keeps == REFERENCE:
            self._agreements.check()
        found = self._api.token()
        return read(lambda it: GatewayAccount(it["app_id"], self._is_live, lacks), found)

    def create_webhook(self, url: str) -> Webhook:
        """Register an address; what deliveries are signed with is the webhook's id."""
        body = {"url": url, "event_types": [{"name": name} for name in WANTED]}
        try:
            made = self._api.call("POST", WEBHOOKS, body)
        except (GatewayRejected, GatewayUnavailable) as error:
            # Registered before, or the answer to it was lost: PayPal takes an address once, and knows its id.
            known = self._webhook_of(url, error)
            if known is None:
                raise
            made = known
        return read(lambda it: Webhook(it["id"], it["id"]), made)

    def _webhook_of(self, url: str, error: GatewayRejected | GatewayUnavailable) -> Any:
        known = isinstance(error, GatewayRejected) and error.code == "webhook_url_already_exists"
        lost = isinstance(error, GatewayUnavailable) and error.reason == "connection"
        if not known and not lost:
            return None
        found = read(lambda it: list(it["webhooks"]), self._api.call("GET", WEBHOOKS))
        return next((one for one in found if read(lambda it: it["url"], one) == url), None)

    def delete_webhook(self, webhook_id: str) -> None:
        """Take an address back."""
        unless_gone(self._api, "DELETE", f"{WEBHOOKS}/{quote(webhook_id, safe='')}")

    def create_customer(self, request: requests.CustomerRequest) -> str:
        """Make no payer: PayPal makes one when a payer agrees, and the method carries its id."""
        return ""

    def start_checkout(self, request: requests.CheckoutRequest) -> Checkout:
        """Open an order once per key."""
        source: dict[str, Any] = {
            "experience_context": {
                **page_context(request),
                "user_action": "PAY_NOW",
                "shipping_preference": "NO_SHIPPING",
            }
        }
        if request.saves_method:
            vault = {"store_in_vault": "ON_SUCCESS", "usage_type": "MERCHANT"}
            source["attributes"] = {"vault": vault}
            if request.customer_id:
                source["attributes"]["customer"] = {"id": request.customer_id}
        body = _order(request.amount, request.reference, request.description, {"paypal": source})
        body["purchase_units"][0]["reference_id"] = request.reference
        made = self._api.call("POST", ORDERS, body, key=request.key)
        return read(reading.checkout_of, made, is_live=self._is_live)

    def start_setup(self, request: requests.SetupRequest) -> Checkout:
        """Ask a payer for an agreement once per key."""
        if self._keeps == OFF:
            raise GatewayRejected("not_offered", "This connection saves no methods.")
        keeper = self._agreements if self._keeps == REFERENCE else self._vault
        return keeper.start(request)

    def advance_checkout(self, checkout_id: str) -> Checkout:
        """Capture an order, or exchange a setup token, that the payer approved; return it as it stands."""
        if is_setup(checkout_id):
            kind, _, name = checkout_id.partition(":")
            keeper = self._agreements if f"{kind}:" == AGREEMENT else self._vault
            return keeper.advance(name)
        address = f"{ORDERS}/{quote(checkout_id, safe='')}"
        found = self._api.call("GET", address)
        if found.get("status") == "APPROVED":
            found = self._captured(address, checkout_id)
        return read(reading.checkout_of, found, is_live=self._is_live)

    def _captured(self, address: str, order_id: str) -> dict[str, Any]:
        try:
            return self._api.call("POST", f"{address}/capture", {}, key=f"capture-{order_id}")
        except GatewayRejected as error:
            if error.code in KEY_CODES:
                raise
            # Declined: the payer goes back to the same page. Captured by another call: it shows.
            return self._api.call("GET", address)

    def expire_checkout(self, checkout_id: str) -> Checkout:
        """Return a page as it stands: PayPal closes none, and what is not captured takes no money."""
        if is_setup(checkout_id):
            return self.advance_checkout(checkout_id)
        address = f"{ORDERS}/{quote(checkout_id, safe='')}"
        return read(reading.checkout_of, self._api.call("GET", address), is_live=self._is_live)

    def charge(self, request: requests.ChargeRequest) -> values.GatewayPayment:
        """Charge an agreement once per key."""
        source = source_of(request.method_id)
        body = _order(request.amount, request.reference, request.description, source)
        made = self._api.call("POST", ORDERS, body, key=request.key)
        payment = read(reading.checkout_of, made, is_live=self._is_live).payment
        if payment is None:
            raise GatewayUnavailable("unknown_state", "PayPal took an order without a capture.")
        if payment.state is PaymentState.FAILED:
            raise GatewayRejected(
                "declined",
                "PayPal declined the payment.",
                decline_code=payment.failure_code,
                object_id=payment.payment_id,
            )
        return payment

    def fetch_payment(self, payment_id: str) -> values.GatewayPayment:
        """Return a capture as it stands now."""
        found = self._api.call("GET", f"{CAPTURES}/{quote(payment_id, safe='')}")
        return read(reading.payment_of, found, is_live=self._is_live)

    def find_payment(self, wanted: requests.LookUp) -> values.GatewayPayment | None:
        """Look through PayPal's books; they are hours behind, and prove absence once they are past the request."""
        name = captured(self._api, wanted)
        return None if name is None else self.fetch_payment(name)

    def list_methods(self, customer_id: str) -> list[SavedMethod]:
        """Return the agreements of a payer."""
        keeper = self._agreements if customer_id.startswith(NUMBER) else self._vault
        return keeper.list(customer_id)

    def delete_method(self, customer_id: str, method_id: str) -> None:
        """Forget an agreement for ever."""
        keeper = self._agreements if method_id.startswith(NUMBER) else self._vault
        keeper.forget(method_id)

    def refund(self, request: requests.RefundRequest) -> values.GatewayRefund:
        """Give money back once per key."""
        body = {"amount": to_paypal(request.amount), "custom_id": request.reference}
        address = f"{CAPTURES}/{quote(request.payment_id, safe='')}/refund"
        return read(reading.refund_of, self._api.call("POST", address, body, key=request.key))

    def fetch_refund(self, refund_id: str) -> values.GatewayRefund:
        """Return a refund as it stands now."""
        found = self._api.call("GET", f"/v2/payments/refunds/{quote(refund_id, safe='')}")
        return read(reading.refund_of, found)

    def find_refund(self, wanted: requests.RefundRequest) -> values.GatewayRefund | None:
        """Return None for a payment of which nothing was given back; PayPal lists no refunds, but keeps their keys."""
        found = self._api.call("GET", f"{CAPTURES}/{quote(wanted.payment_id, safe='')}")
        if found.get("status") == "COMPLETED":
            return None
        raise GatewayUnavailable(
            NOT_SEARCHABLE, "Something of it was given back; PayPal lists not what."
        )

    def fetch_dispute(self, dispute_id: str) -> values.GatewayDispute:
        """Return a dispute as it stands now."""
        found = self._api.call("GET", f"/v1/customer/disputes/{quote(dispute_id, safe='')}")
        return read(reading.dispute_of, found)

    def list_events(self, *, since: datetime) -> Iterator[values.GatewayEvent]:
        """Yield what changed, oldest first; PayPal lists thirty days."""
        yield from events(self._api, since, is_live=self._is_live)

    def list_movements(self, *, starts: datetime, ends: datetime) -> Iterator[values.Movement]:
        """Yield the books' lines of a half-open span; PayPal's books are up to three hours behind."""
        yield from movements(self._api, starts, ends)

    def parse_event(
        self, body: bytes, headers: Mapping[str, str], *, now: datetime
    ) -> values.GatewayEvent:
        """Verify a webhook's raw body and read it."""
        return read_event(
            body,
            headers,
            secrets=self._secrets,
            certificates=self._certificates,
            is_live=self._is_live,
            now=now,
        )


def _order(amount: Any, reference: str, words: str, source: Mapping[str, Any]) -> dict[str, Any]:
    unit = {
        "amount": to_paypal(amount),
        "custom_id": reference,
        # PayPal refuses a second payment of one number, whatever its key.
        "invoice_id": reference,
        "description": words[:127],
    }
    return {
        "intent": "CAPTURE",
        "purchase_units": [unit],
        "payment_source": source,
    }
