"""PayPal's simulator with two accounts, and its gateways."""

from collections.abc import Callable

import pytest

from gateway_simulators.common.faults import Fault
from gateway_simulators.common.server import SimulatorServer
from gateway_simulators.common.world import World
from gateway_simulators.paypal.simulator import PayPalSimulator
from payments.gateways.kinds import Endpoint, WebhookSecrets
from payments.gateways.paypal.gateway import PayPalGateway
from payments.gateways.paypal.kind import connect
from payments.gateways.values import GatewayPayment
from tests.payments.browser import press_paypal as press
from tests.payments.gateways.contract import Act, Pay, paid_by, pay_request
from tests.payments.stand import Maker

APPS = {
    "a": ("client-id-of-app-a", "secret-of-the-app-a"),
    "b": ("client-id-of-app-b", "secret-of-the-app-b"),
}


@pytest.fixture
def maker() -> Maker:
    def make(world: World) -> PayPalSimulator:
        paypal = PayPalSimulator(world)
        for name, (client_id, secret) in APPS.items():
            paypal.open_account(name, client_id, secret)
        return paypal

    return make


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
def lose(server: SimulatorServer) -> Callable[[], None]:
    return lambda: server.faults.append(Fault("/v[23]/.*", "lost", method="POST"))


@pytest.fixture
def visit() -> Act:
    return press


@pytest.fixture
def pay(gateway: PayPalGateway) -> Pay:
    def do(key: str, minor: int, choice: str = "pay") -> GatewayPayment:
        page = gateway.start_checkout(pay_request(key, minor))
        press(page.url, choice)
        return paid_by(gateway.advance_checkout(page.checkout_id))

    return do
