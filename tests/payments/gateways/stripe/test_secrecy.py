"""Keys stay where they belong: never another connection's, never in a log, an error or a text form."""

import logging
from concurrent.futures import ThreadPoolExecutor

import pytest

from gateway_simulators.common.faults import Fault
from gateway_simulators.common.server import SimulatorServer
from gateway_simulators.stripe.simulator import StripeSimulator
from payments.gateways.errors import GatewayRejected, GatewayUnavailable
from payments.gateways.kinds import WebhookSecrets
from payments.gateways.requests import CustomerRequest, SetupRequest
from payments.gateways.stripe.gateway import StripeGateway
from tests.payments.gateways.stripe.conftest import connect

CANARY = "sk_test_Canary51"


class TestKeys:
    def test_connections_in_one_process_never_mix(
        self, server: SimulatorServer, simulator: StripeSimulator
    ) -> None:
        gateways = {key: connect(server, f"sk_test_{key}") for key in ("a", "b")}

        def make(number: int) -> str:
            key = "ab"[number % 2]
            request = CustomerRequest(f"k-{number}", key, "", key)
            return gateways[key].create_customer(request)

        with ThreadPoolExecutor(8) as threads:
            made = list(threads.map(make, range(80)))

        for key, account in (("a", "acct_A"), ("b", "acct_B")):
            found = simulator.accounts[account].all("customer")
            assert {one["name"] for one in found} == {key}
            assert {one["id"] for one in found} <= set(made)
            assert len(found) == 40

    def test_none_is_seen_outside(
        self,
        server: SimulatorServer,
        simulator: StripeSimulator,
        caplog: pytest.LogCaptureFixture,
        capfd: pytest.CaptureFixture[str],
    ) -> None:
        simulator.open_account("acct_A", CANARY)
        url = server.url_of("stripe")
        secrets = WebhookSecrets("whsec_Canary")
        gateway = StripeGateway(api_key=CANARY, secrets=secrets, api_url=url)
        with caplog.at_level(logging.DEBUG):
            hook = gateway.create_webhook("http://acme.localhost:8000/hooks/1")
            form = gateway.start_form(SetupRequest("f-1", "", "USD", "setup-1", "", ""))
            seen = [repr(gateway), str(gateway), repr(secrets), repr(form)]
            server.faults.append(Fault("/v1/account", "reset", left=3))
            with pytest.raises(GatewayUnavailable) as lost:
                gateway.fetch_account()
            simulator.act("revoke_key", {"key": CANARY})
            with pytest.raises(GatewayRejected) as refused:
                gateway.fetch_account()
        seen += [repr(lost.value), repr(refused.value), caplog.text, *capfd.readouterr()]

        for secret in ("Canary", hook.secret, form.client_secret):
            assert not any(secret in text for text in seen), secret
        assert not any("Canary" in line.body for line in server.log)
