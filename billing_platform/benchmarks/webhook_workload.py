"""What the webhook benchmark works on: a connection to the simulated Stripe, payments made there, signed deliveries."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings

from billing_platform.benchmarks.errors import BenchmarkError
from billing_platform.kernel.clock import now
from billing_platform.kernel.loopback import spare_loopback
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from payments.selectors.connections import connection_by_public_id
from payments.selectors.payments import payment_by_public_id
from payments.services.checkout import start_checkout
from payments.services.connections import create_connection
from payments.services.gateways import load_gateway
from payments.services.webhook_secrets import save_secret
from payments.types import PayerDetails, PaymentTerms
from tenants.services.providers import create_provider
from tenants.services.tenants import create_tenant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from payments.gateways.values import GatewayEvent
    from payments.types import ConnectionView

AMOUNT = Money(1050, "USD")
SECRET = "whsec_benchmark"  # noqa: S105 (of a simulator that lives as long as the benchmark)
STOP_SECONDS = 30
# The fields that a gateway sends besides: a real delivery of Stripe's has 3 to 5 KiB.
FILLER = "x" * 3000


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event as it is sent."""

    event_id: str
    body: bytes

    def headers(self) -> dict[str, str]:
        """Return the headers of a delivery that is sent now."""
        at = int(time.time())
        signed = hmac.new(SECRET.encode(), f"{at}.".encode() + self.body, hashlib.sha256)
        return {
            "Content-Type": "application/json",
            "Stripe-Signature": f"t={at},v1={signed.hexdigest()}",
        }


@dataclass(frozen=True, slots=True)
class Shop:
    """A provider with a connection, and the tenant that pays."""

    provider_id: int
    tenant_id: int
    connection: ConnectionView

    @property
    def path(self) -> str:
        """Return the address of the connection's webhooks."""
        return f"/hooks/stripe/{self.connection.webhook_token}/"

    def pay(self, number: int) -> None:
        """Open a payment and press the button of the gateway's page; nobody hears of it."""
        terms = PaymentTerms(
            connection=self.connection.public_id,
            amount=AMOUNT,
            description="Bench",
            request_key=f"bench-{number}",
            return_url="http://127.0.0.1/billing/payments/{payment}/return",
            reference="",
        )
        payment = start_checkout(
            provider_id=self.provider_id,
            tenant_id=self.tenant_id,
            terms=terms,
            payer=PayerDetails(name="Bench", email="bench@example.com", reference="bench"),
            now=now(),
        )
        with provider_scope(self.provider_id):
            url = payment_by_public_id(self.provider_id, payment).checkout_url
        _press(url)

    def told(self) -> list[Delivery]:
        """Return a delivery of each event that the gateway has made."""
        with provider_scope(self.provider_id):
            gateway = load_gateway(provider_id=self.provider_id, connection_id=self.connection.id)
        listed = gateway.list_events(since=now().replace(year=2020))
        return [_delivery(event) for event in listed]


@contextmanager
def simulators() -> Iterator[dict[str, Any]]:
    """Run the simulators in a process of their own, and let the gateways be reached there.

    Yields:
        What they say of themselves: `url`, `credentials` by gateway.

    Raises:
        BenchmarkError: they did not start.
    """
    spare_loopback(os.environ)
    before = settings.GATEWAY_SIMULATORS, settings.GATEWAY_ENDPOINTS
    process = subprocess.Popen(
        [sys.executable, "-m", "gateway_simulators"],
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        line = process.stdout.readline() if process.stdout else b""
        if not line:
            raise BenchmarkError("The simulators did not start.")
        about: dict[str, Any] = json.loads(line)
        settings.GATEWAY_SIMULATORS = True
        settings.GATEWAY_ENDPOINTS = {"stripe": {"url": f"{about['url']}/stripe"}}
        yield about
    finally:
        settings.GATEWAY_SIMULATORS, settings.GATEWAY_ENDPOINTS = before
        process.terminate()
        process.wait(timeout=STOP_SECONDS)


def open_shop(credentials: dict[str, str]) -> Shop:
    """Make a provider with one connection and one tenant, by the services.

    Args:
        credentials: of the simulated account.
    """
    at = now()
    provider_id = create_provider(
        slug="bench",
        name="Bench",
        currency=AMOUNT.currency,
        time_zone="UTC",
        suspension_enabled=False,
        now=at,
    )
    with provider_scope(provider_id):
        tenant = create_tenant(provider_id=provider_id, external_id="bench", name="Bench", now=at)
    name = create_connection(
        provider_id=provider_id,
        gateway="stripe",
        label="Card",
        credentials=credentials,
        now=at,
    )
    save_secret(provider_id=provider_id, public_id=name, secret=SECRET, now=at)
    with provider_scope(provider_id):
        return Shop(provider_id, tenant.id, connection_by_public_id(provider_id, name))


def strangers(start: int, count: int) -> list[Delivery]:
    """Return deliveries about payments that are not ours, each with an id of its own.

    Args:
        start: the number of the first.
        count: how many.
    """
    return [
        _written(
            f"evt_bench{number:08}", "payment_intent.succeeded", "payment_intent", f"pi_{number}"
        )
        for number in range(start, start + count)
    ]


def _delivery(event: GatewayEvent) -> Delivery:
    noun = "checkout.session" if event.kind.startswith("checkout.") else event.kind.split(".")[0]
    return _written(event.event_id, event.kind, noun, event.object_id)


def _written(event_id: str, kind: str, noun: str, object_id: str) -> Delivery:
    event = {
        "id": event_id,
        "object": "event",
        "type": kind,
        "livemode": False,
        "created": int(time.time()),
        "data": {"object": {"id": object_id, "object": noun, "description": FILLER}},
    }
    return Delivery(event_id, json.dumps(event).encode())


def _press(url: str) -> None:
    parts = urlsplit(url)
    browser = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    form = urlencode({"choice": "pay", "number": "4242424242424242"})
    try:
        browser.request(
            "POST", parts.path, form, {"Content-Type": "application/x-www-form-urlencoded"}
        )
        browser.getresponse().read()
    finally:
        browser.close()
