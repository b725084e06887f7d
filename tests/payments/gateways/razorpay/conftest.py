"""Razorpay's simulator with two accounts, and its gateways."""

from collections.abc import Callable

import pytest

from gateway_simulators.common.faults import Fault
from gateway_simulators.common.server import SimulatorServer
from gateway_simulators.common.world import World
from gateway_simulators.razorpay.simulator import RazorpaySimulator
from payments.gateways.kinds import Endpoint, WebhookSecrets
from payments.gateways.razorpay.gateway import RazorpayGateway
from payments.gateways.razorpay.kind import connect
from tests.payments.browser import press_razorpay as press
from tests.payments.gateways.contract import Act
from tests.payments.stand import Maker

KEYS = {"acc_A": ("rzp_test_a", "secret-of-a"), "acc_B": ("rzp_test_b", "secret-of-b")}


@pytest.fixture
def maker() -> Maker:
    def make(world: World) -> RazorpaySimulator:
        razorpay = RazorpaySimulator(world)
        for account_id, (key_id, secret) in KEYS.items():
            razorpay.open_account(account_id, key_id, secret)
        return razorpay

    return make


@pytest.fixture
def simulator(server: SimulatorServer) -> RazorpaySimulator:
    found = server.gateways["razorpay"]
    assert isinstance(found, RazorpaySimulator)
    return found


def connected(server: SimulatorServer, account_id: str, *, secret: str = "") -> RazorpayGateway:
    key_id, known = KEYS[account_id]
    credentials = {"key_id": key_id, "key_secret": secret or known, "account_id": account_id}
    endpoint = Endpoint(server.url_of("razorpay"), is_simulated=True)
    return connect(credentials, WebhookSecrets("whs"), endpoint)


@pytest.fixture
def gateway(server: SimulatorServer) -> RazorpayGateway:
    return connected(server, "acc_A")


@pytest.fixture
def foreign(server: SimulatorServer) -> RazorpayGateway:
    return connected(server, "acc_B")


@pytest.fixture
def lose(server: SimulatorServer) -> Callable[[], None]:
    return lambda: server.faults.append(Fault(".*", "lost", method="POST"))


@pytest.fixture
def visit() -> Act:
    return press
