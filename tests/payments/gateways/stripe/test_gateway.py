"""Stripe's gateway, by the real SDK over HTTP, against the simulator."""

from collections.abc import Callable, Iterator

import pytest
import stripe

from billing_platform.kernel.money import Money
from gateway_simulators.stripe.account import Account
from gateway_simulators.stripe.server import Fault, StripeSimulator
from payments.gateways.errors import GatewayRejected
from payments.gateways.kinds import WebhookSecrets
from payments.gateways.requests import ChargeRequest
from payments.gateways.stripe.gateway import API_VERSION, StripeGateway
from tests.payments.gateways.contract import Charge, GatewayContract

CARDS = {"ok": "pm_card_visa", "insufficient_funds": "pm_card_chargeDeclinedInsufficientFunds"}
PATH = "/v1/payment_intents"


@pytest.fixture
def simulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[StripeSimulator]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    accounts = {"sk_test_a": Account("acct_A"), "sk_test_b": Account("acct_B")}
    with StripeSimulator(accounts) as running:
        yield running


def connect(simulator: StripeSimulator, key: str) -> StripeGateway:
    return StripeGateway(api_key=key, secrets=WebhookSecrets("whsec_a"), api_url=simulator.url)


@pytest.fixture
def gateway(simulator: StripeSimulator) -> StripeGateway:
    return connect(simulator, "sk_test_a")


@pytest.fixture
def foreign(simulator: StripeSimulator) -> StripeGateway:
    return connect(simulator, "sk_test_b")


@pytest.fixture
def ask(simulator: StripeSimulator) -> Charge:
    client = stripe.StripeClient("sk_test_a", base_addresses={"api": simulator.url})
    customer = client.v1.customers.create({"email": "alice@acme.test"}).id
    saved = {
        word: client.v1.payment_methods.attach(card, {"customer": customer}).id
        for word, card in CARDS.items()
    }

    def build(key: str, minor: int, card: str = "ok") -> ChargeRequest:
        amount = Money(minor, "USD")
        return ChargeRequest(key, amount, customer, saved[card], "Top-up", f"attempt-{key}")

    return build


@pytest.fixture
def lose(simulator: StripeSimulator) -> Callable[[], None]:
    return lambda: simulator.faults.append(Fault(PATH, "lost"))


@pytest.fixture
def deny(simulator: StripeSimulator) -> Callable[[], None]:
    return lambda: simulator.faults.append(Fault(PATH, "429", 9))


@pytest.fixture
def count(simulator: StripeSimulator) -> Callable[[], int]:
    objects = simulator.accounts["sk_test_a"].objects
    return lambda: sum(found["object"] == "payment_intent" for found in objects.values())


class TestStripeGateway(GatewayContract):
    def test_pins_the_version_of_the_sdk(self) -> None:
        assert stripe.api_version == API_VERSION
        assert stripe.enable_telemetry is False

    def test_a_wrong_key_is_rejected(self, simulator: StripeSimulator) -> None:
        with pytest.raises(GatewayRejected) as caught:
            connect(simulator, "sk_test_wrong").fetch_account()

        assert caught.value.code == "authentication"
        assert "sk_test_wrong" not in str(caught.value)
