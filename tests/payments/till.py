"""A provider with a gateway that answers over HTTP, and a customer's browser in front of its pages."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from stripe import StripeClient

from accounts.selectors.balances import wallets_of
from accounts.services.credits import adjust
from billing_platform.kernel.clock import now
from billing_platform.kernel.money import Money
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from gateway_simulators.stripe.events import sign
from gateway_simulators.stripe.simulator import StripeSimulator
from payments.models import Attempt, Connection, Credential, WebhookEvent
from payments.services.charges import charge_method
from payments.services.checkout import start_checkout
from payments.services.connections import create_connection
from payments.services.gateways import load_gateway
from payments.services.payers import ensure_payer
from payments.services.webhook_secrets import set_up_webhook
from payments.services.webhooks import process_event, receive_webhook
from payments.types import PayerDetails, PaymentTerms
from tests.payments.browser import send

if TYPE_CHECKING:
    from datetime import datetime

    from gateway_simulators.common.server import SimulatorServer
    from gateway_simulators.common.webhooks import Delivery
    from tests.payments.opened import Opened

PAYER = PayerDetails(name="Acme", email="alice@example.com", reference="ten_acme")
KEYS = {"nimbus": "sk_test_nimbus", "sonora": "sk_test_sonora"}


@dataclass
class Till:
    """One provider's connection to Stripe, with its webhooks registered."""

    provider_id: int
    tenant_id: int
    server: SimulatorServer
    slug: str = "nimbus"
    public_id: str = ""
    token: str = field(init=False, default="")

    @classmethod
    def open(cls, provider_id: int, tenant_id: int, server: SimulatorServer, slug: str) -> Till:
        """Connect a provider's account and register its webhooks' address."""
        till = cls(provider_id, tenant_id, server, slug)
        till.public_id = create_connection(
            provider_id=provider_id,
            gateway="stripe",
            label="Card",
            credentials={"secret_key": KEYS[slug], "publishable_key": ""},
            now=now(),
        )
        with provider_scope(provider_id):
            till.token = Credential.objects.get().webhook_token
        set_up_webhook(
            provider_id=provider_id, public_id=till.public_id, url=till.hook_url(), now=now()
        )
        return till

    @classmethod
    def again(cls, ids: tuple[int, int], server: SimulatorServer, kept: Opened) -> Till:
        """Return Nimbus's till as it was opened before."""
        kept.put_up(ids[0], server)
        till = cls(*ids, server, public_id=kept.public_id)
        till.token = kept.token
        return till

    def hook_url(self) -> str:
        """Return the address that the gateway is told."""
        return f"http://{self.slug}.localhost/hooks/stripe/{self.token}/"

    @property
    def connection(self) -> Connection:
        """Return the connection's row."""
        with provider_scope(self.provider_id):
            return Connection.objects.get(public_id=self.public_id)

    def terms(self, minor: int = 1050, key: str = "form-1", currency: str = "USD") -> PaymentTerms:
        """Return what a customer asks for."""
        return PaymentTerms(
            connection=self.public_id,
            amount=Money(minor, currency),
            description="Top-up",
            request_key=key,
            return_url="http://nimbus.localhost/billing/payments/{payment}/return",
            reference="inv_1",
        )

    def start(self, minor: int = 1050, key: str = "form-1", currency: str = "USD") -> str:
        """Open a payment on the gateway's page."""
        return start_checkout(
            provider_id=self.provider_id,
            tenant_id=self.tenant_id,
            terms=self.terms(minor, key, currency),
            payer=PAYER,
            now=now(),
        )

    def save_card(self, card: str = "pm_card_visa") -> str:
        """Save a method of the customer at the gateway and return its id."""
        connection = self.connection
        with provider_scope(self.provider_id):
            gateway = load_gateway(provider_id=self.provider_id, connection_id=connection.pk)
        customer = ensure_payer(
            provider_id=self.provider_id,
            tenant_id=self.tenant_id,
            connection_id=connection.pk,
            gateway=gateway,
            details=PAYER,
            now=now(),
        )
        client = StripeClient(KEYS[self.slug], base_addresses={"api": self.server.url_of("stripe")})
        return str(client.v1.payment_methods.attach(card, {"customer": customer}).id)

    def use(self, minor: int) -> None:
        """Let the customer use some credit."""
        with provider_scope(self.provider_id):
            adjust(
                provider_id=self.provider_id,
                tenant_id=self.tenant_id,
                amount=Money(-minor, "USD"),
                reason="used",
                key=f"use-{minor}",
                now=now(),
            )

    def charge(self, method_id: str, key: str = "job-1") -> str:
        """Charge a saved method."""
        return charge_method(
            provider_id=self.provider_id,
            tenant_id=self.tenant_id,
            terms=self.terms(key=key),
            payer=PAYER,
            method_id=method_id,
            now=now(),
        )

    def row(self, payment: str) -> Attempt:
        """Return a payment's row."""
        with provider_scope(self.provider_id):
            return Attempt.objects.get(public_id=payment)

    def only(self) -> str:
        """Return the one payment that there is."""
        with provider_scope(self.provider_id):
            return Attempt.objects.get().public_id

    def press(self, payment: str, choice: str = "pay") -> None:
        """Press a button of the gateway's page; a 3-D Secure question is answered with yes."""
        target = post(self.row(payment).checkout_url, {"choice": choice, "number": "4242" * 4})
        if "/challenge/" in target:
            post(target, {"choice": "complete"})

    def deliveries(self) -> list[Delivery]:
        """Take what the gateway has on its way."""
        sender = self.server.world.sender
        found, sender.queue = sender.queue, []
        return sorted(found, key=lambda one: one.rank)

    def receive(self, delivery: Delivery, *, token: str = "", secret: str = "") -> int:
        """Take a delivery in, signed at this moment, and return the stored event's number."""
        headers = sign(
            delivery.body, secret or delivery.secret, int(time.time()), delivery.event_id
        )
        return receive_webhook(
            gateway="stripe",
            token=token or self.token,
            body=delivery.body.encode(),
            headers=headers,
            now=now(),
        )

    def hear(self, deliveries: list[Delivery] | None = None) -> list[str]:
        """Take in and work off what the gateway tells; returns what became of each event."""
        return [
            process_event(provider_id=self.provider_id, event_id=self.receive(one), now=now())
            for one in (self.deliveries() if deliveries is None else deliveries)
        ]

    def balance(self, tenant_id: int | None = None) -> int:
        """Return what the customer's wallet holds, minor units of its first currency."""
        with provider_scope(self.provider_id):
            wallets = wallets_of(self.provider_id, [tenant_id or self.tenant_id])
        return wallets[0].settled if wallets else 0

    def postings(self) -> list[tuple[str, int]]:
        """Return the entries of clearing: what the ledger says that the gateway has."""
        with provider_scope(self.provider_id):
            return fetch_all(
                "SELECT p.source_id, e.amount_minor FROM accounts_entry e"
                " JOIN accounts_posting p ON p.id = e.posting_id"
                " JOIN accounts_account a ON a.id = e.account_id"
                " WHERE a.kind = 'gateway_clearing' ORDER BY e.id"
            )

    def taken(self) -> int:
        """Return how many payments of the account have succeeded at the gateway."""
        simulator = self.server.gateways["stripe"]
        assert isinstance(simulator, StripeSimulator)
        payments = simulator.accounts[f"acct_{self.slug}"].all("payment_intent")
        return sum(one["status"] == "succeeded" for one in payments)

    def events(self) -> list[WebhookEvent]:
        """Return the stored events."""
        with provider_scope(self.provider_id):
            return list(WebhookEvent.objects.order_by("pk"))


def later(**span: int) -> datetime:
    """Return a moment from now on."""
    return now() + timedelta(**span)


def post(url: str, form: dict[str, str]) -> str:
    """Send a form like a browser and return where it is sent on to."""
    return send(url, form)[1]
