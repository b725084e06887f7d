"""What every gateway does; payments' services call it and each gateway's folder fulfils it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from payments.gateways import forms, requests, values
    from payments.gateways.methods import SavedMethod


@runtime_checkable
class OffersForms(Protocol):
    """What a gateway does besides, whose fields can be shown in a form of ours; its errors are as a gateway's."""

    @property
    def form_script(self) -> forms.FormScript | None:
        """Say what a browser loads; None where this connection offers no form."""

    def start_form(self, request: requests.SetupRequest) -> forms.CardForm:
        """Begin a form that saves a method once per key; `advance_checkout` and `expire_checkout` take its id."""


@runtime_checkable
class CancelsPayments(Protocol):
    """What a gateway does besides, that can end a payment which has brought no money; its errors are as a gateway's."""

    def cancel_payment(self, payment_id: str) -> values.GatewayPayment:
        """End a payment so that it never brings money, unless it has just done so, and return it as it stands."""


@runtime_checkable
class KeepsDefaults(Protocol):
    """What a gateway does besides, that knows a payer's default method; its errors are as a gateway's."""

    def set_default_method(self, customer_id: str, method_id: str) -> None:
        """Make a saved method the one that the gateway's own dashboard begins with; the last one counts."""


class Gateway(Protocol):
    """One connection of one provider. Holds its own credential and shares none; touches no models and no database.

    Every call but `parse_event` may raise `GatewayRejected` (final) and `GatewayUnavailable` (outcome unknown: ask
    again with the same key). No other error leaves it. A repeated key with the same request gives the first answer;
    with another request it is rejected. The answers are the gateway's present state, never what was asked for.
    """

    @property
    def capabilities(self) -> values.Capabilities:
        """Say what this connection can do."""

    def fetch_account(self) -> values.GatewayAccount:
        """Return the account of the credential: the test of a connection; a missing scope is named."""

    def create_webhook(self, url: str) -> values.Webhook:
        """Register an address for events; rejected where `sets_up_webhooks` is false."""

    def delete_webhook(self, webhook_id: str) -> None:
        """Take an address back; one that is gone is fine."""

    def create_customer(self, request: requests.CustomerRequest) -> str:
        """Make a payer once per key and return the gateway's id."""

    def start_checkout(self, request: requests.CheckoutRequest) -> values.Checkout:
        """Open a hosted page to pay once per key."""

    def start_setup(self, request: requests.SetupRequest) -> values.Checkout:
        """Open a hosted page to save a method once per key; rejected where `saves_methods` is false."""

    def advance_checkout(self, checkout_id: str) -> values.Checkout:
        """Finish what the customer agreed to (capture, exchange a token), once, and return the page as it stands."""

    def expire_checkout(self, checkout_id: str) -> values.Checkout:
        """Close a page so that it can no longer be paid, where the gateway can, and return it as it stands."""

    def charge(self, request: requests.ChargeRequest) -> values.GatewayPayment:
        """Charge a saved method once per key."""

    def fetch_payment(self, payment_id: str) -> values.GatewayPayment:
        """Return a payment as it stands now."""

    def find_payment(self, wanted: requests.LookUp) -> values.GatewayPayment | None:
        """Return the payment of a lost answer; None proves that there is none."""

    def list_methods(self, customer_id: str) -> list[SavedMethod]:
        """Return what the gateway keeps of a payer; a payer who is gone has nothing."""

    def delete_method(self, customer_id: str, method_id: str) -> None:
        """Forget a method for ever; one that is gone is fine."""

    def refund(self, request: requests.RefundRequest) -> values.GatewayRefund:
        """Give money back once per key, never more than was received."""

    def fetch_refund(self, refund_id: str) -> values.GatewayRefund:
        """Return a refund as it stands now."""

    def find_refund(self, wanted: requests.RefundRequest) -> values.GatewayRefund | None:
        """Return the refund of a lost answer; None proves that there is none."""

    def fetch_dispute(self, dispute_id: str) -> values.GatewayDispute:
        """Return a dispute as it stands now."""

    def list_events(self, *, since: datetime) -> Iterable[values.GatewayEvent]:
        """Return what changed since a time, oldest first: the catch-up after an outage of ours."""

    def list_movements(self, *, starts: datetime, ends: datetime) -> Iterable[values.Movement]:
        """Return the lines of the gateway's books of a half-open span."""

    def parse_event(
        self, body: bytes, headers: Mapping[str, str], *, now: datetime
    ) -> values.GatewayEvent:
        """Verify a webhook's raw body and read it; `WebhookRefused` whatever else it is."""
