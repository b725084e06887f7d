"""A provider with one gateway of any kind, and a customer who pays there; the same words for all of them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.test import Client

from billing_platform.kernel.clock import now
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from payments.enums import EventState
from payments.models import Credential, Method, MethodSetup
from payments.services.charges import charge_method
from payments.services.checkout import start_checkout
from payments.services.connections import create_connection, replace_credentials
from payments.services.method_setup import start_method_setup, take_up_setup
from payments.services.polling import catch_up, poll_due
from payments.services.refunds import give_back
from payments.services.sync import sync_payment
from payments.services.webhook_secrets import save_secret, set_up_webhook
from payments.services.webhooks import process_event
from payments.types import PayerDetails, PaymentTerms, SetupTerms
from tests.payments.standing import Standing
from tests.payments.till import later

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway_simulators.common.server import SimulatorServer
    from tests.payments.opened import Opened

PAYER = PayerDetails(name="Acme", email="alice@example.com", reference="ten_acme")
SECRET = "a-secret-of-the-provider"
BACK = "http://nimbus.localhost/billing/payments/{payment}/return"


@dataclass(frozen=True)
class Sent:
    """One delivery as it comes in."""

    body: bytes
    headers: dict[str, str]


@dataclass
class Shop(Standing):
    """One provider's connection to a gateway, with its webhooks."""

    token: str = field(default="", repr=False)

    @classmethod
    def open(
        cls, ids: tuple[int, int], server: SimulatorServer, gateway: str, slug: str = "nimbus"
    ) -> Shop:
        """Connect an account of a provider, for which a tenant pays, and set its webhooks up."""
        shop = cls(*ids, server, gateway, slug)
        credentials = shop.desk.open(slug)
        shop.public_id = create_connection(
            provider_id=shop.provider_id,
            gateway=gateway,
            label="Pay",
            credentials=credentials,
            now=now(),
        )
        with provider_scope(shop.provider_id):
            shop.token = Credential.objects.get(connection_id=shop.connection.pk).webhook_token
        shop.hook_up()
        return shop

    @classmethod
    def again(cls, ids: tuple[int, int], server: SimulatorServer, kept: Opened) -> Shop:
        """Return Nimbus's shop as it was opened before."""
        kept.put_up(ids[0], server)
        return cls(*ids, server, kept.gateway, public_id=kept.public_id, token=kept.token)

    @property
    def hook_path(self) -> str:
        """Return where its deliveries come in."""
        return f"/hooks/{self.gateway}/{self.token}/"

    def hook_up(self, secret: str = SECRET, host: str = "") -> None:
        """Register the webhooks' address, in the dashboard where there is no API for it."""
        url = f"http://{host or self.slug}.localhost{self.hook_path}"
        named: dict[str, Any] = {"provider_id": self.provider_id, "public_id": self.public_id}
        if self.gateway == "razorpay":
            save_secret(**named, secret=secret, now=now())
            told = {"account": f"acc_{self.slug}", "url": url, "secret": secret}
            self.server.gateways["razorpay"].act("set_webhook", told)
        else:
            set_up_webhook(**named, url=url, now=now())

    def renew(self, **more: str) -> None:
        """Give the connection a key that counts, of the same account; more credentials besides."""
        replace_credentials(
            provider_id=self.provider_id,
            public_id=self.public_id,
            credentials={**self.desk.open(self.slug), **more},
            now=now(),
        )

    def keep_tokens(self) -> None:
        """Let Razorpay charge tokens of the account, which is paid in rupees from now on."""
        opened = self.desk.open(self.slug)
        told = {"account": opened["account_id"], "is_recurring": True}
        keys = {"key": opened["key_id"], "secret": opened["key_secret"]}
        self.server.gateways["razorpay"].act("open_account", {**told, **keys})
        self.renew(recurring="on")
        self.currency = "INR"

    # What the customer does.

    def terms(self, key: str, minor: int = 1050, currency: str = "") -> PaymentTerms:
        """Return what a customer asks for."""
        return PaymentTerms(
            connection=self.public_id,
            amount=Money(minor, currency or self.currency),
            description="Top-up",
            request_key=key,
            return_url=BACK,
            reference="inv_1",
        )

    def start(self, key: str = "form-1", minor: int = 1050, currency: str = "") -> str:
        """Open a payment on the gateway's page."""
        return start_checkout(
            provider_id=self.provider_id,
            tenant_id=self.tenant_id,
            terms=self.terms(key, minor, currency),
            payer=PAYER,
            now=now(),
        )

    def press(self, payment: str, choice: str = "pay") -> str:
        """Press a button of the payment's page, and return where the browser ends."""
        button = self.desk.pending if choice == "pending" else choice
        return self.desk.press(self.row(payment).checkout_url, button)

    def capture(self, payment: str) -> None:
        """Let the gateway take what the customer agreed to; nobody here writes down that it did."""
        self.speaker().advance_checkout(self.row(payment).checkout_id)

    def sync(self, payment: str) -> str:
        """Ask the gateway as the return page does."""
        number = self.row(payment).pk
        return sync_payment(provider_id=self.provider_id, attempt_id=number, now=now())

    def paid(self, key: str = "form-1", minor: int = 1050, currency: str = "") -> str:
        """Return a payment that is credited; its webhooks are still on their way."""
        payment = self.start(key, minor, currency)
        self.press(payment)
        assert self.sync(payment) == "succeeded"
        return payment

    def back(self, payment: str, minor: int = 1050, key: str = "back-1") -> str:
        """Give money of a payment back."""
        return give_back(
            provider_id=self.provider_id,
            public_id=payment,
            amount=Money(minor, self.currency),
            reason="x",
            request_key=key,
            destination="original",
            user_id=7,
            now=now(),
        )

    def fail(self, refund: str) -> None:
        """Let a refund come back to the gateway's balance."""
        self.server.gateways[self.gateway].act("refund_fail", {"id": refund})

    def set_up(self, key: str = "setup-1", currency: str = "") -> MethodSetup:
        """Open a page that saves a method."""
        made = start_method_setup(
            provider_id=self.provider_id,
            tenant_id=self.tenant_id,
            terms=SetupTerms(
                connection=self.public_id,
                currency=currency or self.currency,
                request_key=key,
                return_url="http://nimbus.localhost/billing/methods/setups/{setup}/return",
            ),
            payer=PAYER,
            now=now(),
        )
        with provider_scope(self.provider_id):
            return MethodSetup.objects.get(public_id=made)

    def agree(self, setup: MethodSetup) -> str:
        """Press the button of a setup's page that saves a method, and return where the browser ends."""
        return self.desk.press(setup.checkout_url, self.desk.agrees)

    def take_up(self, setup: MethodSetup) -> str:
        """Ask the gateway what a page saved."""
        return take_up_setup(provider_id=self.provider_id, setup_id=setup.pk, now=now())

    def saved(self, key: str = "setup-1") -> Method:
        """Return a method that was saved on the gateway's page."""
        setup = self.set_up(key)
        self.agree(setup)
        assert self.take_up(setup) == "done"
        return self.methods()[-1]

    def charge(self, method_id: str, key: str = "job-1") -> str:
        """Charge a saved method."""
        return charge_method(
            provider_id=self.provider_id,
            tenant_id=self.tenant_id,
            terms=self.terms(key),
            payer=PAYER,
            method_id=method_id,
            now=now(),
        )

    # What the gateway tells.

    def told(self, *, at: int | None = None) -> list[Sent]:
        """Take what is on its way, signed now or at a time."""
        sender = self.server.world.sender
        found, sender.queue = sender.queue, []
        sign = sender.signers[self.gateway]
        when = int(time.time()) if at is None else at
        return [
            Sent(one.body.encode(), sign(one.body, one.secret, when, one.event_id))
            for one in sorted(found, key=lambda one: one.rank)
        ]

    def sign(self, body: bytes) -> Sent:
        """Sign a body as the gateway would sign it for this connection."""
        return self.signer()(body)

    def signer(self) -> Callable[[bytes], Sent]:
        """Return what signs bodies as the gateway would sign them for this connection."""
        with provider_scope(self.provider_id):
            webhook_id = Credential.objects.get(connection_id=self.connection.pk).webhook_id
        secret = {"paypal": webhook_id, "razorpay": SECRET}.get(self.gateway, "")
        if self.gateway == "stripe":
            account = self.server.gateways["stripe"].dump()["accounts"][f"acct_{self.slug}"]
            secret = next(one["_secret"] for one in account["objects"] if one["id"] == webhook_id)
        sign = self.server.world.sender.signers[self.gateway]
        return lambda body: Sent(body, sign(body.decode(), secret, int(time.time()), "evt"))

    def deliver(self, sent: Sent, path: str = "") -> int:
        """Post a delivery to the webhooks' address, or another one, and return the status."""
        answer = Client(enforce_csrf_checks=True).post(
            path or self.hook_path,
            sent.body,
            content_type="application/json",
            headers=dict(sent.headers),
        )
        return answer.status_code

    def work_off(self) -> list[str]:
        """Let the worker go through what waits; returns what became of each."""
        waiting = [event.pk for event in self.events() if event.state == EventState.RECEIVED]
        return [
            process_event(provider_id=self.provider_id, event_id=number, now=now())
            for number in waiting
        ]

    def hear(self, told: list[Sent] | None = None) -> list[str]:
        """Take deliveries in and work them off, and what they cause too; returns what became of each."""
        found: list[str] = []
        while said := self.told() if told is None else told:
            assert {self.deliver(one) for one in said} == {200}
            found += self.work_off()
            told = None
        return found

    def poll(self, **span: int) -> None:
        """Let the poller come by later."""
        poll_due(provider_id=self.provider_id, now=later(**(span or {"minutes": 2})))

    def catch_up(self) -> int:
        """List what changed; returns how much of it was news."""
        return catch_up(provider_id=self.provider_id, now=now()).events

    def follow_up(self) -> None:
        """Let the poller come by until nothing is open, and list what changed."""
        for hours in (1, 2, 12, 36):
            self.poll(hours=hours)
        self.catch_up()
