"""The same payment by each gateway through the same services: paid, heard of twice, credited once."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from django.http.request import HttpHeaders
from django.test import override_settings

from accounts.selectors.balances import wallets_of
from accounts.services.audit import verify
from billing_platform.kernel.clock import now
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from gateway_simulators.common.server import SimulatorServer
from gateway_simulators.common.world import World
from gateway_simulators.paypal.simulator import PayPalSimulator
from gateway_simulators.razorpay.simulator import RazorpaySimulator
from gateway_simulators.stripe.simulator import StripeSimulator
from payments.enums import AttemptState
from payments.errors import WebhookRejected
from payments.models import Attempt, Credential
from payments.services.checkout import start_checkout
from payments.services.connections import create_connection
from payments.services.reconciliation import reconcile
from payments.services.sync import sync_payment
from payments.services.webhook_secrets import save_secret, set_up_webhook
from payments.services.webhooks import process_event, receive_webhook
from payments.types import PaymentTerms
from tests.payments.gateways.paypal.conftest import press as press_paypal
from tests.payments.gateways.razorpay.conftest import press as press_razorpay
from tests.payments.gateways.stripe.conftest import press as press_stripe
from tests.payments.till import PAYER
from tests.roles import as_role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gateway_simulators.common.world import SimulatedGateway
    from tests.cast import Cast

PRESS: dict[str, Callable[..., str]] = {
    "stripe": press_stripe,
    "paypal": press_paypal,
    "razorpay": press_razorpay,
}
PAID_WITH = {
    "stripe": ("card", "visa", "4242", ""),
    "paypal": ("agreement", "", "", "ok@payer.example"),
    "razorpay": ("card", "visa", "1111", ""),
}
SECRET = "a-secret-of-the-provider"
GATEWAYS = sorted(PRESS)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimulatorServer]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    world = World()
    all_three: list[SimulatedGateway] = [
        StripeSimulator(world),
        PayPalSimulator(world),
        RazorpaySimulator(world),
    ]
    with SimulatorServer(world, all_three, delivers=False) as running:
        endpoints = {code: {"url": running.url_of(code)} for code in GATEWAYS}
        with override_settings(GATEWAY_SIMULATORS=True, GATEWAY_ENDPOINTS=endpoints):
            yield running


@dataclass
class Shop:
    """Nimbus with one gateway, where Acme pays."""

    cast: Cast
    server: SimulatorServer
    gateway: str
    public_id: str = ""
    token: str = ""

    def open(self) -> Shop:
        self.public_id = create_connection(
            provider_id=self.cast.nimbus,
            gateway=self.gateway,
            label="Pay",
            credentials=self.server.gateways[self.gateway].credentials(),
            now=now(),
        )
        with provider_scope(self.cast.nimbus):
            self.token = Credential.objects.get().webhook_token
        url = f"http://nimbus.localhost/hooks/{self.gateway}/{self.token}/"
        named: dict[str, Any] = {"provider_id": self.cast.nimbus, "public_id": self.public_id}
        if self.gateway == "razorpay":
            # There the address and the secret are entered by hand.
            save_secret(**named, secret=SECRET, now=now())
            told = {"account": "acc_demo", "url": url, "secret": SECRET}
            self.server.gateways["razorpay"].act("set_webhook", told)
        else:
            set_up_webhook(**named, url=url, now=now())
        return self

    def start(self, key: str = "form-1") -> Attempt:
        terms = PaymentTerms(
            connection=self.public_id,
            amount=Money(1050, "USD"),
            description="Top-up",
            request_key=key,
            return_url="http://nimbus.localhost/billing/payments/{payment}/return",
            reference="",
        )
        ids = {"provider_id": self.cast.nimbus, "tenant_id": self.cast.acme}
        payment = start_checkout(**ids, terms=terms, payer=PAYER, now=now())
        with provider_scope(self.cast.nimbus):
            return Attempt.objects.get(public_id=payment)

    def deliveries(self) -> list[tuple[bytes, HttpHeaders]]:
        sender = self.server.world.sender
        found, sender.queue = sender.queue, []
        sign = sender.signers[self.gateway]
        return [
            (one.body.encode(), headers(sign(one.body, one.secret, int(time.time()), one.event_id)))
            for one in sorted(found, key=lambda one: one.rank)
        ]

    def hear(self, body: bytes, sent: HttpHeaders) -> None:
        number = receive_webhook(
            gateway=self.gateway, token=self.token, body=body, headers=sent, now=now()
        )
        process_event(provider_id=self.cast.nimbus, event_id=number, now=now())

    def sync(self, row: Attempt) -> str:
        return sync_payment(provider_id=self.cast.nimbus, attempt_id=row.pk, now=now())

    def balance(self) -> int:
        with provider_scope(self.cast.nimbus):
            wallets = wallets_of(self.cast.nimbus, [self.cast.acme])
        return wallets[0].settled if wallets else 0


def headers(sent: dict[str, str]) -> HttpHeaders:
    return HttpHeaders({f"HTTP_{k.upper().replace('-', '_')}": v for k, v in sent.items()})


@pytest.fixture(params=GATEWAYS)
def shop(request: pytest.FixtureRequest, cast: Cast, server: SimulatorServer) -> Shop:
    return Shop(cast, server, request.param).open()


class TestEachGateway:
    def test_a_payment_is_credited_once_whoever_tells_of_it(self, shop: Shop) -> None:
        before = shop.balance()
        row = shop.start()
        PRESS[shop.gateway](row.checkout_url, "pay")

        # PayPal's order is captured by whoever comes first: the return page here, a webhook below.
        assert shop.sync(row) == AttemptState.SUCCEEDED
        told = shop.deliveries()
        for body, sent in (*told, *reversed(told)):
            shop.hear(body, sent)
        shop.sync(row)

        assert told
        assert shop.balance() - before == 1050
        with provider_scope(shop.cast.nimbus):
            row.refresh_from_db()
        used = (row.paid_kind, row.paid_brand, row.paid_last4, row.paid_name)
        assert used == PAID_WITH[shop.gateway]
        with as_role("worker"), provider_scope(shop.cast.nimbus):
            assert verify(provider_id=shop.cast.nimbus).findings == ()

    def test_webhooks_alone_credit_it(self, shop: Shop) -> None:
        before = shop.balance()
        row = shop.start()
        PRESS[shop.gateway](row.checkout_url, "pay")

        for _ in range(2):
            for body, sent in shop.deliveries():
                shop.hear(body, sent)

        assert shop.balance() - before == 1050

    def test_a_decline_credits_nothing(self, shop: Shop) -> None:
        before = shop.balance()
        row = shop.start()
        PRESS[shop.gateway](row.checkout_url, "decline")

        assert shop.sync(row) != AttemptState.SUCCEEDED
        assert shop.balance() == before

    def test_a_forged_delivery_changes_nothing(self, shop: Shop) -> None:
        before = shop.balance()
        row = shop.start()
        PRESS[shop.gateway](row.checkout_url, "pay")

        for body, sent in shop.deliveries():
            with pytest.raises(WebhookRejected):
                shop.hear(body + b" ", sent)

        assert shop.balance() == before

    @pytest.mark.parametrize(("outcome", "left"), [("won", 1050), ("lost", 0)])
    def test_the_ledger_follows_a_dispute(self, shop: Shop, outcome: str, left: int) -> None:
        before = shop.balance()
        row = shop.start()
        PRESS[shop.gateway](row.checkout_url, "pay")
        shop.sync(row)
        with provider_scope(shop.cast.nimbus):
            row.refresh_from_db()
        shop.deliveries()
        gateway = shop.server.gateways[shop.gateway]

        name = gateway.act("dispute_open", {"id": row.external_id})["id"]
        told = shop.deliveries()
        for body, sent in (*told, *told):
            shop.hear(body, sent)
        assert shop.balance() - before == 0
        gateway.act("dispute_close", {"id": name, "outcome": outcome})
        for body, sent in (*shop.deliveries(), *told):
            shop.hear(body, sent)

        assert shop.balance() - before == left
        with as_role("worker"):
            with provider_scope(shop.cast.nimbus):
                assert verify(provider_id=shop.cast.nimbus).findings == ()
            found = reconcile(provider_id=shop.cast.nimbus, now=now())
        assert (found.differences, found.failed) == ((), {})
