"""The contract against Stripe's own sandboxes, when the keys of two are in the environment; else there is nothing here.

`STRIPE_SANDBOX_KEY` and `STRIPE_SANDBOX_KEY_2` are secret test keys of two accounts; `STRIPE_SANDBOX_URL` is for trying
this file against a simulator."""

import os
import uuid

import pytest
import stripe as sdk

from billing_platform.kernel.money import Money
from payments.gateways.kinds import Endpoint, WebhookSecrets
from payments.gateways.protocol import Gateway
from payments.gateways.requests import ChargeRequest, CustomerRequest
from payments.gateways.stripe.client import API_URL
from payments.gateways.stripe.kind import KIND
from payments.gateways.values import CheckoutState
from tests.payments.gateways.contract import (
    Charge,
    ChargeContract,
    Pay,
    RefundContract,
    pay_request,
)

KEYS = [os.environ.get(name, "") for name in ("STRIPE_SANDBOX_KEY", "STRIPE_SANDBOX_KEY_2")]
URL = os.environ.get("STRIPE_SANDBOX_URL", API_URL)
# The real ones refuse other declining cards already when they are saved.
CARDS = {"ok": "pm_card_visa", "generic_decline": "pm_card_chargeCustomerFail"}


def connect(key: str) -> Gateway:
    endpoint = Endpoint(URL, is_simulated=URL != API_URL)
    if KIND.is_live({"secret_key": key}):
        raise ValueError("A sandbox has a test key.")
    return KIND.connect({"secret_key": key}, WebhookSecrets(""), endpoint)


if all(KEYS):

    @pytest.fixture
    def gateway() -> Gateway:
        return connect(KEYS[0])

    @pytest.fixture
    def foreign() -> Gateway:
        return connect(KEYS[1])

    @pytest.fixture
    def ask(gateway: Gateway) -> Charge:
        run = uuid.uuid4().hex
        customer = gateway.create_customer(CustomerRequest(run, "Acme", "alice@acme.test", run))
        client = sdk.StripeClient(KEYS[0], base_addresses={"api": URL})
        saved: dict[str, str] = {}

        def build(key: str, minor: int, card: str = "ok") -> ChargeRequest:
            if card not in saved:
                attached = client.v1.payment_methods.attach(CARDS[card], {"customer": customer})
                saved[card] = attached.id
            amount = Money(minor, "USD")
            reference = f"attempt-{key}"
            return ChargeRequest(
                f"{run}-{key}", amount, customer, saved[card], "Contract", reference
            )

        return build

    @pytest.mark.live_sandbox
    class TestStripeSandbox(ChargeContract, RefundContract):
        declined = "generic_decline"

        @pytest.fixture
        def pay(self, gateway: Gateway, ask: Charge) -> Pay:
            return lambda key, minor: gateway.charge(ask(key, minor))

        def test_a_page_opens_and_expires(self, gateway: Gateway) -> None:
            page = gateway.start_checkout(pay_request(uuid.uuid4().hex))

            assert page.state is CheckoutState.OPEN
            assert gateway.expire_checkout(page.checkout_id).state is CheckoutState.EXPIRED
