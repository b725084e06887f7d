"""Stripe's simulator with two accounts, and its gateways."""

from collections.abc import Callable

import pytest
import stripe as sdk

from billing_platform.kernel.money import Money
from gateway_simulators.common.faults import Fault
from gateway_simulators.common.server import SimulatorServer
from gateway_simulators.common.world import World
from gateway_simulators.stripe.simulator import StripeSimulator
from payments.gateways.kinds import WebhookSecrets
from payments.gateways.requests import ChargeRequest
from payments.gateways.stripe.gateway import StripeGateway
from tests.payments.browser import press_stripe as press
from tests.payments.gateways.contract import Act, Charge
from tests.payments.stand import Maker

CARDS = {
    "ok": "pm_card_visa",
    "insufficient_funds": "pm_card_visa_chargeDeclinedInsufficientFunds",
    "challenge": "pm_card_authenticationRequired",
    "bank": "pm_usBankAccount_success",
    "bank_fails": "pm_usBankAccount_noAccount",
    "disputed": "pm_card_createDispute",
}


@pytest.fixture
def maker() -> Maker:
    def make(world: World) -> StripeSimulator:
        stripe = StripeSimulator(world)
        stripe.open_account("acct_A", "sk_test_a")
        stripe.open_account("acct_B", "sk_test_b")
        return stripe

    return make


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
