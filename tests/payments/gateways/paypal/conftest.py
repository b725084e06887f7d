"""PayPal's simulator with two accounts, its gateways, and a browser for the payer's pages."""

import http.client
from collections.abc import Callable, Iterator
from urllib.parse import urlencode, urlsplit

import pytest

from gateway_simulators.common.faults import Fault
from gateway_simulators.common.server import SimulatorServer
from gateway_simulators.common.world import Clock, World
from gateway_simulators.paypal.simulator import PayPalSimulator
from payments.gateways.kinds import Endpoint, WebhookSecrets
from payments.gateways.paypal.gateway import PayPalGateway
from payments.gateways.paypal.kind import connect
from payments.gateways.values import GatewayPayment
from tests.payments.gateways.contract import Act, Pay, paid_by, pay_request

NOW = 1_795_000_000
APPS = {
    "a": ("client-id-of-app-a", "secret-of-the-app-a"),
    "b": ("client-id-of-app-b", "secret-of-the-app-b"),
}
CHOICES = {"pay": "agree", "decline": "decline", "pending": "pending", "cancel": "cancel"}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimulatorServer]:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    world = World(clock=Clock(fixed=NOW))
    paypal = PayPalSimulator(world)
    for name, (client_id, secret) in APPS.items():
        paypal.open_account(name, client_id, secret)
    with SimulatorServer(world, [paypal], delivers=False) as running:
        yield running


@pytest.fixture
def simulator(server: SimulatorServer) -> PayPalSimulator:
    found = server.gateways["paypal"]
    assert isinstance(found, PayPalSimulator)
    return found


def connected(
    server: SimulatorServer, name: str, *, secret: str = "", hook: str = "HOOK"
) -> PayPalGateway:
    client_id, known = APPS[name]
    credentials = {
        "client_id": client_id,
        "client_secret": secret or known,
        "environment": "sandbox",
    }
    endpoint = Endpoint(server.url_of("paypal"), is_simulated=True)
    return connect(credentials, WebhookSecrets(hook), endpoint)


@pytest.fixture
def gateway(server: SimulatorServer) -> PayPalGateway:
    return connected(server, "a")


@pytest.fixture
def foreign(server: SimulatorServer) -> PayPalGateway:
    return connected(server, "b")


@pytest.fixture
def payer() -> str:
    return ""


@pytest.fixture
def lose(server: SimulatorServer) -> Callable[[], None]:
    return lambda: server.faults.append(Fault("/v[23]/.*", "lost", method="POST"))


@pytest.fixture
def visit() -> Act:
    return press


def press(url: str, choice: str, email: str = "ok@payer.example") -> str:
    """Press a button of the payer's page, and return where the browser ends."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", parts.port or 80, timeout=5)
    form = urlencode({"choice": CHOICES[choice], "email": email})
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    try:
        connection.request("POST", f"{parts.path}?{parts.query}", form, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.getheader("Location") or url
    finally:
        connection.close()


@pytest.fixture
def pay(gateway: PayPalGateway) -> Pay:
    def do(key: str, minor: int, choice: str = "pay") -> GatewayPayment:
        page = gateway.start_checkout(pay_request(key, minor))
        press(page.url, choice)
        return paid_by(gateway.advance_checkout(page.checkout_id))

    return do


@pytest.fixture
def dispute(simulator: PayPalSimulator) -> Act:
    return lambda payment_id: str(simulator.act("dispute_open", {"id": payment_id})["id"])


@pytest.fixture
def decide(simulator: PayPalSimulator) -> Act:
    def close(dispute_id: str, outcome: str) -> str:
        return str(simulator.act("dispute_close", {"id": dispute_id, "outcome": outcome})["id"])

    return close


@pytest.fixture
def ask_about(simulator: PayPalSimulator) -> Act:
    return lambda name: str(simulator.act("dispute_open", {"id": name, "is_inquiry": True})["id"])


@pytest.fixture
def escalate(simulator: PayPalSimulator) -> Act:
    return lambda name: str(simulator.act("dispute_escalate", {"id": name})["id"])
