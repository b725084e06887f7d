"""Stripe's gateway, by the real SDK over HTTP, against the simulator."""

import pytest
import stripe

from gateway_simulators.common.server import SimulatorServer
from payments.gateways.errors import GatewayRejected
from payments.gateways.stripe.client import API_VERSION
from tests.payments.gateways.contract import (
    CheckoutContract,
    GatewayContract,
    SetupContract,
)
from tests.payments.gateways.contract_books import CatchUpContract, DisputeContract
from tests.payments.gateways.stripe.conftest import connect


class TestStripeGateway(
    GatewayContract, CheckoutContract, SetupContract, DisputeContract, CatchUpContract
):
    def test_pins_the_version_of_the_sdk(self) -> None:
        assert stripe.api_version == API_VERSION
        assert stripe.enable_telemetry is False

    def test_a_wrong_key_is_rejected(self, server: SimulatorServer) -> None:
        with pytest.raises(GatewayRejected) as caught:
            connect(server, "sk_test_wrong").fetch_account()

        assert caught.value.code == "authentication"
        assert "sk_test_wrong" not in str(caught.value)
