"""Billing agreements: PayPal lets some merchants make them; they are held to what tokens of the vault are held to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from billing_platform.kernel.money import Money
from payments.gateways.errors import GatewayRejected
from payments.gateways.kinds import Endpoint, WebhookSecrets
from payments.gateways.paypal.kind import connect
from payments.gateways.requests import ChargeRequest
from payments.gateways.values import CheckoutState, PaymentState
from tests.payments.gateways.contract import Act, setup_request
from tests.payments.gateways.paypal.conftest import APPS
from tests.payments.gateways.paypal.test_gateway import TestAgreements as AgreementContract

if TYPE_CHECKING:
    from gateway_simulators.common.server import SimulatorServer
    from gateway_simulators.paypal.simulator import PayPalSimulator
    from payments.gateways.paypal.gateway import PayPalGateway


def connected(server: SimulatorServer, agreements: str) -> PayPalGateway:
    client_id, secret = APPS["a"]
    credentials = {
        "client_id": client_id,
        "client_secret": secret,
        "environment": "sandbox",
        "agreements": agreements,
    }
    endpoint = Endpoint(server.url_of("paypal"), is_simulated=True)
    return connect(credentials, WebhookSecrets("HOOK"), endpoint)


class TestReference(AgreementContract):
    @pytest.fixture
    def gateway(self, server: SimulatorServer, simulator: PayPalSimulator) -> PayPalGateway:
        simulator.accounts["a"].is_reference = True
        return connected(server, "reference")

    def test_it_is_known_by_its_number_and_canceled_once(
        self, gateway: PayPalGateway, simulator: PayPalSimulator, visit: Act
    ) -> None:
        method = self.agree(gateway, visit).method
        assert method.number.startswith("B-")
        assert gateway.charge(self.charge(method)).state is PaymentState.SUCCEEDED

        for _ in range(2):
            gateway.delete_method(method.customer_id, method.method_id)

        assert gateway.list_methods(method.customer_id) == []
        assert simulator.accounts["a"].objects[method.number]["state"] == "CANCELLED"
        with pytest.raises(GatewayRejected) as caught:
            gateway.charge(self.charge(method, "a-2"))
        assert caught.value.code == "agreement_already_cancelled"

    def test_a_payer_who_cancels_agrees_to_nothing(
        self, gateway: PayPalGateway, visit: Act
    ) -> None:
        page = gateway.start_setup(setup_request("s-1", ""))
        visit(page.url, "cancel")

        found = gateway.advance_checkout(page.checkout_id)

        assert (found.state, found.method) == (CheckoutState.OPEN, None)

    def test_the_connection_is_proved_to_make_them(self, gateway: PayPalGateway) -> None:
        assert gateway.fetch_account().account_id == "APP-a"


class TestNotAllowed:
    def test_a_merchant_whom_paypal_has_not_approved_is_told_so(
        self, server: SimulatorServer
    ) -> None:
        gateway = connected(server, "reference")

        for ask in (gateway.fetch_account, lambda: gateway.start_setup(setup_request("s", ""))):
            with pytest.raises(GatewayRejected, match="not permitted") as caught:
                ask()
            assert caught.value.code == "permission"

    def test_what_is_switched_off_is_not_offered(self, server: SimulatorServer) -> None:
        gateway = connected(server, "off")

        assert gateway.capabilities.saves_methods is False
        with pytest.raises(GatewayRejected):
            gateway.start_setup(setup_request("s-1", ""))

    def test_a_number_that_is_none_is_rejected(self, server: SimulatorServer) -> None:
        gateway = connected(server, "vault")
        amount = Money(700, "USD")

        with pytest.raises(GatewayRejected) as caught:
            gateway.charge(ChargeRequest("a", amount, "B-0", "B-0", "Usage", "r"))

        assert caught.value.code == "billing_agreement_not_found"
        assert gateway.list_methods("B-0") == []
        gateway.delete_method("B-0", "B-0")


class TestStrict:
    """The simulator refuses what PayPal refuses: an unknown field, a missing one, a wrong state."""

    @pytest.mark.parametrize(
        ("path", "body", "code"),
        [
            ("agreement-tokens", {"payer": {}, "plan": {}, "name": "x"}, "invalid_parameter"),
            ("agreement-tokens", {"plan": {}}, "missing_required_parameter"),
            ("agreements", {"token_id": "BA-0"}, "invalid_resource_id"),
            ("agreements", {}, "missing_required_parameter"),
        ],
    )
    def test_what_does_not_fit(
        self,
        server: SimulatorServer,
        simulator: PayPalSimulator,
        path: str,
        body: dict[str, Any],
        code: str,
    ) -> None:
        simulator.accounts["a"].is_reference = True
        api = connected(server, "vault")._api

        with pytest.raises(GatewayRejected) as caught:
            api.call("POST", f"/v1/billing-agreements/{path}", body)

        assert caught.value.code == code
