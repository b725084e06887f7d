"""Razorpay's simulator with two accounts, its gateways, and a browser for the links' pages."""

from collections.abc import Callable, Iterator

import pytest

from gateway_simulators.common.faults import Fault
from gateway_simulators.common.server import SimulatorServer
from gateway_simulators.common.world import Clock, World
from gateway_simulators.razorpay.simulator import RazorpaySimulator
from payments.gateways.kinds import Endpoint, WebhookSecrets
from payments.gateways.razorpay.gateway import RazorpayGateway
from payments.gateways.razorpay.kind import connect
from tests.payments.gateways.contract import Act
from tests.payments.gateways.stripe.conftest import post

NOW = 1_795_000_000
KEYS = {"acc_A": ("rzp_test_a", "secret-of-a"), "acc_B": ("rzp_test_b", "secret-of-b")}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimulatorServer]:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    world = World(clock=Clock(fixed=NOW))
    razorpay = RazorpaySimulator(world)
    for account_id, (key_id, secret) in KEYS.items():
        razorpay.open_account(account_id, key_id, secret)
    with SimulatorServer(world, [razorpay], delivers=False) as running:
        yield running


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
def payer() -> str:
    return ""


@pytest.fixture
def lose(server: SimulatorServer) -> Callable[[], None]:
    return lambda: server.faults.append(Fault(".*", "lost", method="POST"))


@pytest.fixture
def visit() -> Act:
    return press


def press(url: str, choice: str, upi: str = "") -> str:
    """Press a button of a link's page, and return where the browser ends."""
    status, target = post(url, {"choice": choice, "upi": upi})
    return target if status == 303 else url


@pytest.fixture
def dispute(simulator: RazorpaySimulator) -> Act:
    return lambda payment_id: str(simulator.act("dispute_open", {"id": payment_id})["id"])


@pytest.fixture
def decide(simulator: RazorpaySimulator) -> Act:
    def close(dispute_id: str, outcome: str) -> str:
        return str(simulator.act("dispute_close", {"id": dispute_id, "outcome": outcome})["id"])

    return close


@pytest.fixture
def ask_about(simulator: RazorpaySimulator) -> Act:
    return lambda name: str(simulator.act("dispute_open", {"id": name, "is_inquiry": True})["id"])


@pytest.fixture
def escalate(simulator: RazorpaySimulator) -> Act:
    return lambda name: str(simulator.act("dispute_escalate", {"id": name})["id"])
