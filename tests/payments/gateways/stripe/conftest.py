"""Stripe's simulator with two accounts, its gateways, and a browser for the hosted pages."""

import http.client
from collections.abc import Callable, Iterator
from urllib.parse import urlencode, urlsplit

import pytest
import stripe as sdk

from billing_platform.kernel.money import Money
from gateway_simulators.common.faults import Fault
from gateway_simulators.common.server import SimulatorServer
from gateway_simulators.common.world import Clock, World
from gateway_simulators.stripe.simulator import StripeSimulator
from payments.gateways.kinds import WebhookSecrets
from payments.gateways.requests import ChargeRequest
from payments.gateways.stripe.gateway import StripeGateway
from tests.payments.gateways.contract import Act, Charge

NOW = 1_795_000_000
CARDS = {
    "ok": "pm_card_visa",
    "insufficient_funds": "pm_card_visa_chargeDeclinedInsufficientFunds",
    "challenge": "pm_card_authenticationRequired",
    "bank": "pm_usBankAccount_success",
    "bank_fails": "pm_usBankAccount_noAccount",
    "disputed": "pm_card_createDispute",
}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimulatorServer]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    # The SDK tries again after as little as it takes to see that it does.
    monkeypatch.setattr(sdk.HTTPClient, "INITIAL_DELAY", 0.01)
    monkeypatch.setattr(sdk.HTTPClient, "MAX_DELAY", 0.01)
    world = World(clock=Clock(fixed=NOW))
    stripe = StripeSimulator(world)
    stripe.open_account("acct_A", "sk_test_a")
    stripe.open_account("acct_B", "sk_test_b")
    with SimulatorServer(world, [stripe], delivers=False) as running:
        yield running


@pytest.fixture
def simulator(server: SimulatorServer) -> StripeSimulator:
    found = server.gateways["stripe"]
    assert isinstance(found, StripeSimulator)
    return found


def connect(server: SimulatorServer, key: str) -> StripeGateway:
    secrets = WebhookSecrets("whsec_a")
    return StripeGateway(api_key=key, secrets=secrets, api_url=server.url_of("stripe"))


@pytest.fixture
def gateway(server: SimulatorServer) -> StripeGateway:
    return connect(server, "sk_test_a")


@pytest.fixture
def foreign(server: SimulatorServer) -> StripeGateway:
    return connect(server, "sk_test_b")


@pytest.fixture
def client(server: SimulatorServer) -> sdk.StripeClient:
    return sdk.StripeClient("sk_test_a", base_addresses={"api": server.url_of("stripe")})


@pytest.fixture
def payer(client: sdk.StripeClient) -> str:
    return str(client.v1.customers.create({"email": "alice@acme.test", "name": "Acme"}).id)


@pytest.fixture
def ask(client: sdk.StripeClient, payer: str) -> Charge:
    def build(key: str, minor: int, card: str = "ok") -> ChargeRequest:
        method = client.v1.payment_methods.attach(CARDS[card], {"customer": payer}).id
        saved[key] = saved.get(key, method)
        return ChargeRequest(
            key, Money(minor, "USD"), payer, saved[key], "Top-up", f"attempt-{key}"
        )

    saved: dict[str, str] = {}
    return build


@pytest.fixture
def lose(server: SimulatorServer) -> Callable[[], None]:
    return lambda: server.faults.append(Fault(".*", "lost", method="POST"))


@pytest.fixture
def deny(server: SimulatorServer) -> Callable[[], None]:
    return lambda: server.faults.append(Fault(".*", "429", 9))


@pytest.fixture
def count(simulator: StripeSimulator) -> Callable[[], int]:
    return lambda: len(simulator.accounts["acct_A"].all("payment_intent"))


@pytest.fixture
def visit() -> Act:
    return press


def press(url: str, choice: str, **fields: str) -> str:
    """Press a button of a hosted page, go on through the bank's page, and return where the browser ends."""
    status, target = post(url, {"choice": choice, "number": "4242 4242 4242 4242", **fields})
    if "/stripe/challenge/" in target:
        status, target = post(target, {"choice": fields.get("answer", "complete")})
    return target if status == 303 else url


def post(url: str, form: dict[str, str]) -> tuple[int, str]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", parts.port or 80, timeout=5)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    try:
        connection.request("POST", parts.path, urlencode(form), headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.getheader("Location") or ""
    finally:
        connection.close()


@pytest.fixture
def dispute(simulator: StripeSimulator) -> Act:
    return lambda payment_id: str(simulator.act("dispute_open", {"id": payment_id})["id"])


@pytest.fixture
def decide(simulator: StripeSimulator) -> Act:
    def close(dispute_id: str, outcome: str) -> str:
        return str(simulator.act("dispute_close", {"id": dispute_id, "outcome": outcome})["id"])

    return close


@pytest.fixture
def ask_about(simulator: StripeSimulator) -> Act:
    return lambda name: str(simulator.act("dispute_open", {"id": name, "is_inquiry": True})["id"])


@pytest.fixture
def escalate(simulator: StripeSimulator) -> Act:
    return lambda name: str(simulator.act("dispute_escalate", {"id": name})["id"])
