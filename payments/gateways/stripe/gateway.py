"""Stripe's gateway: one provider's key on its own client; payments' services make it from a connection."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from payments.gateways.errors import GatewayRejected
from payments.gateways.forms import CardForm, FormScript
from payments.gateways.stripe import finding
from payments.gateways.stripe.amounts import MINIMUMS, STEPS, to_stripe
from payments.gateways.stripe.books import WITH_PAYMENT, to_dispute, to_movements
from payments.gateways.stripe.client import (
    API_URL,
    API_VERSION,
    call,
    connect,
    filled,
    listed,
    once,
    unless_gone,
)
from payments.gateways.stripe.fields import id_of, text
from payments.gateways.stripe.reading import (
    FEE,
    PAGE,
    WHOLE_PAGE,
    is_declined_on_page,
    to_checkout,
    to_form,
    to_method,
    to_payment,
    to_refund,
)
from payments.gateways.stripe.scopes import refuse_missing_scopes
from payments.gateways.stripe.webhooks import SUBSCRIBED, listed_event, read_event
from payments.gateways.values import (
    Capabilities,
    CheckoutState,
    GatewayAccount,
    PaymentState,
    Webhook,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from payments.gateways import requests, values
    from payments.gateways.kinds import WebhookSecrets
    from payments.gateways.methods import SavedMethod

# A form is told from a page by its id.
FORM_PREFIX: Final = "seti_"


class StripeGateway:
    """Fulfils `payments.gateways.protocol.Gateway`."""

    def __init__(
        self,
        *,
        api_key: str,
        secrets: WebhookSecrets,
        api_url: str = API_URL,
        form_script: FormScript | None = None,
    ) -> None:
        self.form_script = form_script
        self._secrets = secrets
        self._is_live = api_key[2:8] == "_live_"
        self._is_restricted = api_key.startswith("rk_")
        self._v1 = connect(api_key, api_url).v1

    @property
    def capabilities(self) -> Capabilities:
        """Say what Stripe can do."""
        return Capabilities(
            saves_methods=True,
            refunds_partly=True,
            sets_up_webhooks=True,
            currencies=frozenset(),
            minimums=MINIMUMS,
            steps=STEPS,
        )

    def fetch_account(self) -> GatewayAccount:
        """Return the account of the key; a restricted key that may not do something we need is rejected."""
        found = call(self._v1.accounts.retrieve_current)
        if self._is_restricted:
            refuse_missing_scopes(self._v1)
        return GatewayAccount(text(found, "id"), self._is_live)

    def create_webhook(self, url: str) -> Webhook:
        """Register an address for the events that we read."""
        params = {"url": url, "enabled_events": list(SUBSCRIBED), "api_version": API_VERSION}
        found = call(self._v1.webhook_endpoints.create, params)
        return Webhook(text(found, "id"), text(found, "secret"))

    def delete_webhook(self, webhook_id: str) -> None:
        """Take an address back, and older registrations of it whose answer was lost; one that is gone is fine."""
        hooks = self._v1.webhook_endpoints
        found = unless_gone(call, hooks.retrieve, webhook_id)
        if found is None:
            return
        address = text(found, "url")
        same = [text(one, "id") for one in listed(hooks.list, {}) if one.get("url") == address]
        # The newest, which comes first, may be the one that has just taken this one's place.
        for name in {webhook_id, *same[1:]}:
            unless_gone(call, hooks.delete, name)

    def create_customer(self, request: requests.CustomerRequest) -> str:
        """Make a payer once per key."""
        params = {
            "name": request.name,
            "email": request.email,
            "metadata": {"reference": request.reference},
        }
        return text(call(self._v1.customers.create, filled(params), once(request.key)), "id")

    def start_checkout(self, request: requests.CheckoutRequest) -> values.Checkout:
        """Open a page to pay once per key."""
        intent: dict[str, Any] = {
            "description": request.description,
            "metadata": {"reference": request.reference, "flow": PAGE},
        }
        if request.saves_method:
            intent["setup_future_usage"] = "off_session"
        line = {
            "currency": request.amount.currency.lower(),
            "unit_amount": to_stripe(request.amount),
            "product_data": {"name": request.description},
        }
        more = {
            "line_items": [{"quantity": 1, "price_data": line}],
            "payment_intent_data": intent,
        }
        return self._page("payment", request, more)

    def start_setup(self, request: requests.SetupRequest) -> values.Checkout:
        """Open a page to save a method once per key."""
        more = {
            "currency": request.currency.lower(),
            "setup_intent_data": {"metadata": {"reference": request.reference}},
        }
        return self._page("setup", request, more)

    def _page(
        self,
        mode: str,
        request: requests.CheckoutRequest | requests.SetupRequest,
        more: dict[str, Any],
    ) -> values.Checkout:
        params = {
            "mode": mode,
            "customer": request.customer_id,
            "client_reference_id": request.reference,
            "success_url": request.return_url,
            "cancel_url": request.cancel_url,
            "metadata": {"reference": request.reference},
            **more,
        }
        sessions = self._v1.checkout.sessions
        return to_checkout(call(sessions.create, filled(params), once(request.key)))

    def start_form(self, request: requests.SetupRequest) -> CardForm:
        """Begin a form of ours with Stripe's fields, to save a method, once per key; it uses no address."""
        params = {
            "customer": request.customer_id,
            "usage": "off_session",
            "automatic_payment_methods": {"enabled": True},
            "metadata": {"reference": request.reference},
        }
        found = call(self._v1.setup_intents.create, filled(params), once(request.key))
        return CardForm(to_form(found), text(found, "client_secret"))

    def advance_checkout(self, checkout_id: str) -> values.Checkout:
        """Return the page or the form as it stands; Stripe takes the money by itself."""
        if checkout_id.startswith(FORM_PREFIX):
            params = {"expand": ["payment_method"]}
            return to_form(call(self._v1.setup_intents.retrieve, checkout_id, params))
        whole = {"expand": WHOLE_PAGE}
        return to_checkout(call(self._v1.checkout.sessions.retrieve, checkout_id, whole))

    def expire_checkout(self, checkout_id: str) -> values.Checkout:
        """Close a page that is still open and return it as it stands."""
        found = self.advance_checkout(checkout_id)
        if found.state is CheckoutState.OPEN:
            is_form = checkout_id.startswith(FORM_PREFIX)
            pages = self._v1.checkout.sessions
            # The customer may be faster: what became of the page is told below.
            with suppress(GatewayRejected):
                call(self._v1.setup_intents.cancel if is_form else pages.expire, checkout_id)
            found = self.advance_checkout(checkout_id)
        return found

    def charge(self, request: requests.ChargeRequest) -> values.GatewayPayment:
        """Charge a saved method once per key."""
        params = {
            "amount": to_stripe(request.amount),
            "currency": request.amount.currency.lower(),
            "customer": request.customer_id,
            "payment_method": request.method_id,
            "off_session": True,
            "confirm": True,
            "description": request.description,
            "metadata": {"reference": request.reference},
            "expand": [FEE],
        }
        return to_payment(call(self._v1.payment_intents.create, params, once(request.key)))

    def fetch_payment(self, payment_id: str) -> values.GatewayPayment:
        """Return a payment as it stands now."""
        found = call(self._v1.payment_intents.retrieve, payment_id, {"expand": [FEE]})
        may_try_again = is_declined_on_page(found) and self._is_page_open(payment_id)
        return to_payment(found, may_try_again=may_try_again)

    def _is_page_open(self, payment_id: str) -> bool:
        params = {"payment_intent": payment_id}
        pages = listed(self._v1.checkout.sessions.list, params)
        return any(text(page, "status") == "open" for page in pages)

    def cancel_payment(self, payment_id: str) -> values.GatewayPayment:
        """End a payment that has brought no money, and return it as it stands."""
        # Taken in this very moment, or over already: what stands there now tells.
        reason, over = {"cancellation_reason": "abandoned"}, "payment_intent_unexpected_state"
        unless_gone(call, self._v1.payment_intents.cancel, payment_id, reason, also=over)
        return self.fetch_payment(payment_id)

    def find_payment(self, wanted: requests.LookUp) -> values.GatewayPayment | None:
        """Return the payment that carries a reference."""
        found = [self.fetch_payment(name) for name in finding.payments_of(self._v1, wanted)]
        took = [one for one in found if one.state is PaymentState.SUCCEEDED]
        return next(iter(took or found), None)

    def list_methods(self, customer_id: str) -> list[SavedMethod]:
        """Return the cards and bank accounts that Stripe keeps of a payer; a payer who is gone has none."""
        found = unless_gone(_all, self._v1.customers.payment_methods.list, {}, customer_id)
        return [method for one in found or [] if (method := to_method(one)) is not None]

    def set_default_method(self, customer_id: str, method_id: str) -> None:
        """Make a saved method the one that invoices made in the dashboard are charged to."""
        params: Any = {"invoice_settings": {"default_payment_method": method_id}}
        call(self._v1.customers.update, customer_id, params)

    def delete_method(self, customer_id: str, method_id: str) -> None:
        """Forget a method for ever; one that is gone is fine, another payer's is rejected."""
        found = unless_gone(call, self._v1.payment_methods.retrieve, method_id)
        holder = id_of(found, "customer") if found else ""
        if holder and holder != customer_id:
            raise GatewayRejected("method_foreign", "The method belongs to another payer.")
        if holder:
            unless_gone(call, self._v1.payment_methods.detach, method_id)

    def refund(self, request: requests.RefundRequest) -> values.GatewayRefund:
        """Give money back once per key."""
        params = {
            "payment_intent": request.payment_id,
            "amount": to_stripe(request.amount),
            "metadata": {"reference": request.reference},
        }
        return to_refund(call(self._v1.refunds.create, params, once(request.key)))

    def fetch_refund(self, refund_id: str) -> values.GatewayRefund:
        """Return a refund as it stands now."""
        return to_refund(call(self._v1.refunds.retrieve, refund_id))

    def find_refund(self, wanted: requests.RefundRequest) -> values.GatewayRefund | None:
        """Return the refund of a payment that carries a reference; None proves that there is none."""
        return finding.refund_of(self._v1, wanted)

    def fetch_dispute(self, dispute_id: str) -> values.GatewayDispute:
        """Return a dispute as it stands now."""
        return to_dispute(call(self._v1.disputes.retrieve, dispute_id, WITH_PAYMENT))

    def list_events(self, *, since: datetime) -> list[values.GatewayEvent]:
        """Return the events since a time, oldest first; Stripe keeps them for 30 days."""
        params = {"created": {"gte": int(since.timestamp())}}
        found = [listed_event(one) for one in listed(self._v1.events.list, params)]
        return [one for one in reversed(found) if one.kind in SUBSCRIBED]

    def list_movements(self, *, starts: datetime, ends: datetime) -> Iterator[values.Movement]:
        """Return the balance transactions of a half-open span, each fee as a line of its own."""
        span = {"gte": int(starts.timestamp()), "lt": int(ends.timestamp())}
        params = {"created": span, "expand": ["data.source"]}
        for one in listed(self._v1.balance_transactions.list, params):
            yield from to_movements(one)

    def parse_event(
        self, body: bytes, headers: Mapping[str, str], *, now: datetime
    ) -> values.GatewayEvent:
        """Verify a webhook's raw body and read it."""
        signature = headers.get("Stripe-Signature", "")
        return read_event(body, signature, secrets=self._secrets, now=now)


def _all(work: Any, params: dict[str, Any], *before: str) -> list[Any]:
    return list(listed(work, params, *before))
