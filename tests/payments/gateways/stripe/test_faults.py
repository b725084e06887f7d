"""Whatever is lost, broken or odd on the way: one effect, and only the two errors leave the gateway."""

import http.client
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from billing_platform.kernel.money import Money
from gateway_simulators.common.faults import Fault
from gateway_simulators.common.server import SimulatorServer
from gateway_simulators.stripe.simulator import StripeSimulator
from payments.gateways.errors import GatewayRejected, GatewayUnavailable
from payments.gateways.kinds import WebhookSecrets
from payments.gateways.requests import ChargeRequest, CustomerRequest, LookUp, RefundRequest
from payments.gateways.stripe.gateway import StripeGateway
from payments.gateways.values import PaymentState
from tests.payments.gateways.contract import LONG_AGO, Charge, pay_request, setup_request

HOOK = "http://acme.localhost:8000/hooks/stripe/1"
Call = Callable[[StripeGateway], object]
MONEY = Money(1000, "USD")
CUSTOMER = CustomerRequest("k-1", "Acme", "alice@acme.test", "tnt_1")
WRITES: dict[str, tuple[str, Callable[[StripeGateway, str, str, str], object]]] = {
    "create_customer": ("customer", lambda g, *_: g.create_customer(CUSTOMER)),
    "start_checkout": (
        "checkout.session",
        lambda g, payer, *_: g.start_checkout(pay_request("c-1", customer=payer)),
    ),
    "start_setup": (
        "checkout.session",
        lambda g, payer, *_: g.start_setup(setup_request("s-1", payer)),
    ),
    "start_form": (
        "setup_intent",
        lambda g, payer, *_: g.start_form(setup_request("f-1", payer)),
    ),
    "charge": (
        "payment_intent",
        lambda g, payer, method, _: g.charge(
            ChargeRequest("a-2", MONEY, payer, method, "Usage", "attempt-a-2")
        ),
    ),
    "refund": (
        "refund",
        lambda g, _payer, _method, paid: g.refund(RefundRequest("r-1", paid, MONEY, "refund-1")),
    ),
}


class TestLostAnswers:
    @pytest.mark.parametrize("name", WRITES)
    def test_each_write_happens_once(
        self,
        server: SimulatorServer,
        simulator: StripeSimulator,
        gateway: StripeGateway,
        ask: Charge,
        name: str,
    ) -> None:
        noun, write = WRITES[name]
        request = ask("a-1", 1000)
        arguments = (
            request.customer_id,
            request.method_id,
            gateway.charge(request).payment_id,
        )
        before = len(simulator.accounts["acct_A"].all(noun))
        server.faults.append(Fault(".*", "lost", left=3, method="POST"))

        with pytest.raises(GatewayUnavailable) as caught:
            write(gateway, *arguments)
        first = write(gateway, *arguments)

        assert caught.value.reason == "connection"
        assert first == write(gateway, *arguments)
        assert len(simulator.accounts["acct_A"].all(noun)) == before + 1

    def test_writes_without_a_key_may_be_repeated(
        self, server: SimulatorServer, gateway: StripeGateway, ask: Charge
    ) -> None:
        request = ask("a-1", 1000)
        page = gateway.start_checkout(pay_request("c-1", customer=request.customer_id))
        hook = gateway.create_webhook(HOOK)
        calls: list[Call] = [
            lambda g: g.delete_method(request.customer_id, request.method_id),
            lambda g: g.expire_checkout(page.checkout_id),
            lambda g: g.delete_webhook(hook.webhook_id),
        ]

        for call in calls:
            server.faults.append(Fault(".*", "lost", left=3))
            with pytest.raises(GatewayUnavailable):
                call(gateway)
            call(gateway)

    def test_a_webhook_is_registered_once(
        self, server: SimulatorServer, simulator: StripeSimulator, gateway: StripeGateway
    ) -> None:
        server.faults.append(Fault(".*", "lost", method="POST"))

        made = gateway.create_webhook(HOOK)

        assert len(simulator.accounts["acct_A"].all("webhook_endpoint")) == 1
        gateway.delete_webhook(made.webhook_id)
        assert simulator.accounts["acct_A"].all("webhook_endpoint") == []

    def test_a_registration_that_nobody_knows_of_is_taken_back_with_the_next(
        self, server: SimulatorServer, simulator: StripeSimulator, gateway: StripeGateway
    ) -> None:
        before = gateway.create_webhook(HOOK)
        other = gateway.create_webhook(f"{HOOK}2")
        server.faults.append(Fault(".*", "lost", left=3, method="POST"))
        with pytest.raises(GatewayUnavailable):
            gateway.create_webhook(HOOK)
        made = gateway.create_webhook(HOOK)

        gateway.delete_webhook(before.webhook_id)

        left = simulator.accounts["acct_A"].all("webhook_endpoint")
        assert [one["id"] for one in left] == [made.webhook_id, other.webhook_id]

    def test_a_kept_server_error_is_cleared_up_by_looking(
        self, server: SimulatorServer, gateway: StripeGateway, ask: Charge
    ) -> None:
        request = ask("a-1", 1000)
        server.faults.append(Fault("/v1/payment_intents", "500_done"))

        with pytest.raises(GatewayUnavailable):
            gateway.charge(request)
        with pytest.raises(GatewayUnavailable):
            gateway.charge(request)

        since = datetime.fromtimestamp(server.world.clock.now(), tz=UTC)
        wanted = LookUp(request.reference, request.customer_id, since)
        found = gateway.find_payment(wanted)
        assert found is not None
        assert (found.state, found.received) == (PaymentState.SUCCEEDED, MONEY)
        assert gateway.find_payment(LookUp("other", request.customer_id, since)) is None


class TestFaults:
    @pytest.mark.parametrize(
        ("mode", "reason"),
        [
            ("500", "server"),
            ("html502", "server"),
            ("429", "rate_limit"),
            ("409", "in_progress"),
            ("timeout_before", "connection"),
            ("reset", "connection"),
        ],
    )
    def test_each_is_unavailable_for_its_reason(
        self, server: SimulatorServer, gateway: StripeGateway, mode: str, reason: str
    ) -> None:
        server.faults.append(Fault("/v1/customers", mode, left=3))

        with pytest.raises(GatewayUnavailable) as caught:
            gateway.create_customer(CUSTOMER)

        assert caught.value.reason == reason

    def test_a_late_answer_is_an_answer(
        self, server: SimulatorServer, gateway: StripeGateway
    ) -> None:
        server.faults.append(Fault("/v1/customers", "slow", seconds=1))

        assert gateway.create_customer(CUSTOMER).startswith("cus_")

    def test_a_wrong_key_for_new_parameters_is_rejected(self, gateway: StripeGateway) -> None:
        gateway.create_customer(CUSTOMER)

        with pytest.raises(GatewayRejected) as caught:
            gateway.create_customer(CustomerRequest("k-1", "Globex", "c@globex.test", "tnt_2"))

        assert caught.value.code == "idempotency_error"
        # By it Stripe's support finds the call.
        assert caught.value.request_id.startswith("req_")
        assert str(caught.value).endswith(f"({caught.value.request_id})")


class Odd(BaseHTTPRequestHandler):
    """Answers everything with one text."""

    text = ""
    status = 200

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Quiet."""

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(self.text)))
        self.send_header("Stripe-Should-Retry", "false")
        self.end_headers()
        self.wfile.write(self.text.encode())

    do_POST = do_GET  # noqa: N815 - the library's name


@pytest.fixture
def odd(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[StripeGateway, type[Odd]]]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    kind = type("Bound", (Odd,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    yield StripeGateway(api_key="sk_test_a", secrets=WebhookSecrets(""), api_url=url), kind
    server.shutdown()
    server.server_close()


CALLS: dict[str, Call] = {
    "fetch_account": lambda g: g.fetch_account(),
    "create_webhook": lambda g: g.create_webhook(HOOK),
    "create_customer": lambda g: g.create_customer(CUSTOMER),
    "start_checkout": lambda g: g.start_checkout(pay_request("c-1")),
    "start_setup": lambda g: g.start_setup(setup_request("s-1", "cus_1")),
    "advance_checkout": lambda g: g.advance_checkout("cs_1"),
    "expire_checkout": lambda g: g.expire_checkout("cs_1"),
    "charge": lambda g: g.charge(ChargeRequest("a", MONEY, "cus_1", "pm_1", "Usage", "r")),
    "fetch_payment": lambda g: g.fetch_payment("pi_1"),
    "find_payment": lambda g: g.find_payment(LookUp("r", "cus_1", LONG_AGO)),
    "list_methods": lambda g: g.list_methods("cus_1"),
    "refund": lambda g: g.refund(RefundRequest("r", "pi_1", MONEY, "r")),
    "fetch_refund": lambda g: g.fetch_refund("re_1"),
    "find_refund": lambda g: g.find_refund(RefundRequest("r", "pi_1", MONEY, "r")),
    "fetch_dispute": lambda g: g.fetch_dispute("dp_1"),
    "list_events": lambda g: list(g.list_events(since=LONG_AGO)),
    "list_movements": lambda g: list(
        g.list_movements(starts=LONG_AGO, ends=datetime(2100, 1, 1, tzinfo=UTC))
    ),
}
ODD_TEXTS = [
    "[]",
    "null",
    "{}",
    '"text"',
    "1",
    "<html>",
    "",
    '{"data": [1]}',
    '{"data": [{}], "has_more": true}',
    '{"data": []}',
    '{"data": [], "has_more": true}',
]


class TestOddAnswers:
    @pytest.mark.parametrize("name", CALLS)
    def test_none_is_trusted(self, odd: tuple[StripeGateway, type[Odd]], name: str) -> None:
        gateway, kind = odd

        for kind.text in ODD_TEXTS:
            with pytest.raises(GatewayUnavailable):
                CALLS[name](gateway)

    @pytest.mark.parametrize("text", ["<html>", "[]", "{}", '{"error": "no"}', '{"error": [1]}'])
    def test_a_refusal_that_is_not_stripes_is_no_refusal(
        self, odd: tuple[StripeGateway, type[Odd]], text: str
    ) -> None:
        gateway, kind = odd
        kind.text, kind.status = text, 403

        with pytest.raises(GatewayUnavailable):
            gateway.fetch_payment("pi_1")

    def test_an_empty_id_is_rejected(self, gateway: StripeGateway) -> None:
        for call in (gateway.fetch_payment, gateway.fetch_refund, gateway.fetch_dispute):
            with pytest.raises((GatewayRejected, GatewayUnavailable)):
                call("")


def test_the_simulator_refuses_json(server: SimulatorServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", int(server.url.rpartition(":")[2]))
    headers = {"Authorization": "Bearer sk_test_a", "Content-Type": "application/json"}

    connection.request("POST", "/stripe/v1/customers", "{}", headers)

    assert connection.getresponse().status == 400
    connection.close()
