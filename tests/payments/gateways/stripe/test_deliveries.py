"""Webhooks on their whole way: registered by the gateway, sent by the simulator in every mode, read by the gateway."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from gateway_simulators.common.server import SimulatorServer
from gateway_simulators.common.webhooks import Mode
from gateway_simulators.stripe.simulator import StripeSimulator
from payments.gateways.errors import WebhookRefused
from payments.gateways.kinds import WebhookSecrets
from payments.gateways.requests import CustomerRequest
from payments.gateways.stripe.gateway import StripeGateway
from payments.gateways.stripe.webhooks import SUBSCRIBED
from payments.gateways.values import GatewayEvent, Topic, Webhook
from tests.payments.browser import press_stripe as press
from tests.payments.gateways.contract import Charge, pay_request

Inbox = list[tuple[str, bytes, dict[str, str]]]


@pytest.fixture
def inbox() -> Iterator[tuple[str, Inbox]]:
    seen: Inbox = []

    class Receiver(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            """Quiet."""

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            seen.append((self.path, body, dict(self.headers.items())))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

    server = HTTPServer(("127.0.0.1", 0), Receiver)
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://acme.localhost:{server.server_address[1]}", seen
    server.shutdown()
    server.server_close()


@pytest.fixture
def hook(gateway: StripeGateway, inbox: tuple[str, Inbox]) -> Webhook:
    return gateway.create_webhook(f"{inbox[0]}/hooks/a")


def reader(server: SimulatorServer, current: str, previous: str = "") -> StripeGateway:
    kept = WebhookSecrets(current, previous, datetime.now(UTC) + timedelta(hours=1))
    return StripeGateway(api_key="sk_test_a", secrets=kept, api_url=server.url_of("stripe"))


def read(gateway: StripeGateway, found: tuple[str, bytes, dict[str, str]]) -> GatewayEvent:
    return gateway.parse_event(found[1], found[2], now=datetime.now(UTC))


class TestDeliveries:
    def test_each_points_at_what_is_fetched(
        self,
        server: SimulatorServer,
        gateway: StripeGateway,
        payer: str,
        hook: Webhook,
        inbox: tuple[str, Inbox],
    ) -> None:
        page = gateway.start_checkout(pay_request("c-1", customer=payer))
        press(page.url, "pay")
        server.world.sender.deliver()

        events = [read(reader(server, hook.secret), one) for one in inbox[1]]

        done = gateway.advance_checkout(page.checkout_id)
        assert done.payment is not None
        assert [(one.topic, one.object_id) for one in events] == [
            (Topic.PAYMENT, done.payment.payment_id),
            (Topic.CHECKOUT, page.checkout_id),
        ]
        listed = gateway.list_events(since=datetime(2000, 1, 1, tzinfo=UTC))
        assert listed == events

    def test_a_refunded_charge_points_at_its_payment(  # noqa: PLR0917 - fixtures
        self,
        server: SimulatorServer,
        simulator: StripeSimulator,
        gateway: StripeGateway,
        ask: Charge,
        hook: Webhook,
        inbox: tuple[str, Inbox],
    ) -> None:
        paid = gateway.charge(ask("a-1", 1000))
        simulator.act("dashboard_refund", {"id": paid.payment_id})
        server.world.sender.deliver()

        last = read(reader(server, hook.secret), inbox[1][-1])

        assert (last.kind, last.topic, last.object_id) == (
            "charge.refunded",
            Topic.PAYMENT,
            paid.payment_id,
        )

    @pytest.mark.parametrize("kind", ["tamper", "stale", "wrong_secret", "other_url"])
    def test_a_forgery_is_refused(  # noqa: PLR0917 - fixtures
        self,
        server: SimulatorServer,
        gateway: StripeGateway,
        ask: Charge,
        hook: Webhook,
        inbox: tuple[str, Inbox],
        kind: str,
    ) -> None:
        request = ask("a-1", 1000)
        server.world.sender.deliver()
        inbox[1].clear()
        server.world.sender.modes.append(Mode(kind, url=f"{inbox[0]}/hooks/b"))
        gateway.charge(request)
        server.world.sender.deliver()
        foreign = kind == "other_url"

        assert inbox[1][0][0] == ("/hooks/b" if foreign else "/hooks/a")
        with pytest.raises(WebhookRefused):
            read(reader(server, "whsec_of_b" if foreign else hook.secret), inbox[1][0])

    def test_a_rolled_secret_overlaps_for_a_day(  # noqa: PLR0917 - fixtures
        self,
        server: SimulatorServer,
        simulator: StripeSimulator,
        gateway: StripeGateway,
        ask: Charge,
        hook: Webhook,
        inbox: tuple[str, Inbox],
    ) -> None:
        fresh = simulator.act("roll_secret", {"id": hook.webhook_id})["secret"]
        gateway.charge(ask("a-1", 1000))
        server.world.sender.deliver()

        for secrets in [(fresh,), (hook.secret,), ("whsec_other", hook.secret)]:
            assert read(reader(server, *secrets), inbox[1][0]).kind in SUBSCRIBED
        inbox[1].clear()
        server.advance(86_400)
        gateway.charge(ask("a-2", 1000))
        server.world.sender.deliver()
        with pytest.raises(WebhookRefused):
            read(reader(server, hook.secret), inbox[1][0])

    def test_nothing_comes_after_it_was_taken_back(
        self,
        server: SimulatorServer,
        gateway: StripeGateway,
        hook: Webhook,
        ask: Charge,
        inbox: tuple[str, Inbox],
    ) -> None:
        gateway.delete_webhook(hook.webhook_id)
        gateway.delete_webhook(hook.webhook_id)

        gateway.create_customer(CustomerRequest("k", "Acme", "", "tnt_1"))
        gateway.charge(ask("a-1", 1000))
        server.world.sender.deliver()

        assert inbox[1] == []
