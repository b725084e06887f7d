"""What makes a connection of Stripe, and which keys are refused before anything is asked."""

import re

import pytest

from gateway_simulators.common.server import SimulatorServer
from gateway_simulators.stripe.api import ROUTES
from gateway_simulators.stripe.simulator import StripeSimulator
from payments.gateways.errors import GatewayRejected
from payments.gateways.kinds import Endpoint, WebhookSecrets
from payments.gateways.stripe.kind import KIND, PUBLISHABLE_KEY, SECRET_KEY
from tests.payments.gateways.stripe.conftest import connect

SECRETS = WebhookSecrets("whsec_a")
EVERYTHING = sorted({f"rak_{route.scope}_write" for route in ROUTES})


class TestConnect:
    @pytest.mark.parametrize(
        ("secret", "shown", "endpoint", "code"),
        [
            ("sk_test_a", "pk_live_a", Endpoint(), "keys_differ"),
            ("rk_live_a", "pk_test_a", Endpoint(), "keys_differ"),
            ("sk_live_a", "pk_live_a", Endpoint("http://127.0.0.1:1", True), "live_refused"),
            ("rk_live_a", "", Endpoint("http://127.0.0.1:1", True), "live_refused"),
            ("sk_test_a", "pk_test_a", Endpoint("http://127.0.0.1:1"), "endpoint_insecure"),
        ],
    )
    def test_refuses(self, secret: str, shown: str, endpoint: Endpoint, code: str) -> None:
        with pytest.raises(GatewayRejected) as caught:
            KIND.connect({"secret_key": secret, "publishable_key": shown}, SECRETS, endpoint)

        assert caught.value.code == code

    def test_tells_live_from_test(self) -> None:
        assert KIND.is_live({"secret_key": "rk_live_a"})
        assert not KIND.is_live({"secret_key": "sk_test_live_a"})

    def test_reaches_the_simulator(self, server: SimulatorServer) -> None:
        endpoint = Endpoint(server.url_of("stripe"), is_simulated=True)

        account = KIND.connect({"secret_key": "sk_test_a"}, SECRETS, endpoint).fetch_account()

        assert (account.account_id, account.is_live) == ("acct_A", False)

    @pytest.mark.parametrize(
        ("pattern", "good", "bad"),
        [
            (SECRET_KEY.pattern, "rk_test_51Abc", "pk_test_51Abc"),
            (SECRET_KEY.pattern, "sk_live_51Abc", "sk_live_51 Abc"),
            (PUBLISHABLE_KEY.pattern, "pk_live_51Abc", "sk_live_51Abc"),
        ],
    )
    def test_knows_its_keys(self, pattern: str, good: str, bad: str) -> None:
        assert re.fullmatch(pattern, good)
        assert not re.fullmatch(pattern, bad)


class TestScopes:
    def test_a_restricted_key_with_all_it_needs_changes_nothing(
        self, server: SimulatorServer, simulator: StripeSimulator
    ) -> None:
        account = simulator.open_account("acct_A", "rk_test_all", EVERYTHING)

        assert connect(server, "rk_test_all").fetch_account().account_id == "acct_A"
        assert account.objects == {}

    @pytest.mark.parametrize(
        "lacking",
        [
            "rak_charge_write",
            "rak_checkout_session_write",
            "rak_customer_write",
            "rak_payment_intent_write",
            "rak_payment_method_write",
            "rak_setup_intent_write",
            "rak_webhook_write",
        ],
    )
    def test_a_missing_one_is_named(
        self, server: SimulatorServer, simulator: StripeSimulator, lacking: str
    ) -> None:
        rest = [name for name in EVERYTHING if name not in {lacking, "rak_event_write"}]
        simulator.open_account("acct_A", "rk_test_less", rest)

        with pytest.raises(GatewayRejected) as caught:
            connect(server, "rk_test_less").fetch_account()

        assert caught.value.code == "permission"
        assert lacking in caught.value.message
        assert "rak_event_read" in caught.value.message

    def test_a_revoked_key_is_rejected(
        self, server: SimulatorServer, simulator: StripeSimulator
    ) -> None:
        simulator.act("revoke_key", {"key": "sk_test_a"})

        with pytest.raises(GatewayRejected) as caught:
            connect(server, "sk_test_a").fetch_account()

        assert caught.value.code == "authentication"
