"""What a gateway takes decides which ways and amounts a customer is offered; what it does not take opens nothing."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing_platform.kernel.currencies import CURRENCY_CODES
from billing_platform.kernel.money import Money
from payments.errors import AmountRefused, CurrencyRefused
from payments.gateways.errors import GatewayRejected
from payments.gateways.kinds import Endpoint, WebhookSecrets
from payments.gateways.registry import gateway_kinds
from payments.services.payable import check_payable, check_way, payable_ways
from tests.payments.gateways.test_currencies import TABLE, to_gateway
from tests.payments.shop import Shop
from tests.payments.views.test_pay import PAY, browser, form

if TYPE_CHECKING:
    from gateway_simulators.common.server import SimulatorServer
    from payments.gateways.protocol import Gateway
    from tests.cast import Cast
    from tests.payments.till import Till

CREDENTIALS = {
    "stripe": {"secret_key": "sk_test_nimbus", "publishable_key": ""},
    "paypal": {"client_id": "client", "client_secret": "secret", "environment": "sandbox"},
    "razorpay": {"key_id": "rzp_test_x", "key_secret": "secret", "account_id": "acc_x"},
}
CODES = st.sampled_from(sorted({row[1] for row in TABLE} & set(CURRENCY_CODES)))


@cache
def gateway_of(code: str) -> Gateway:
    """Return a connection that is asked for nothing but what it can do."""
    kind = gateway_kinds()[code]
    return kind.connect(CREDENTIALS[code], WebhookSecrets(current=""), Endpoint())


class TestCheckPayable:
    @pytest.mark.parametrize(
        ("gateway", "amount", "words"),
        [
            ("stripe", Money(49, "USD"), "The least that can be paid in this way is 0.50 USD."),
            ("stripe", Money(950, "MGA"), "steps of 1.00 MGA. The total would be 9.50 MGA."),
            ("stripe", Money(1231, "KWD"), "steps of 0.010 KWD. The total would be 1.231 KWD."),
            ("paypal", Money(50001, "HUF"), "steps of 1.00 HUF. The total would be 500.01 HUF."),
            ("razorpay", Money(99, "INR"), "The least that can be paid in this way is 1.00 INR."),
            ("razorpay", Money(1231, "KWD"), "steps of 0.010 KWD. The total would be 1.231 KWD."),
        ],
    )
    def test_it_says_what_would_be_taken(self, gateway: str, amount: Money, words: str) -> None:
        with pytest.raises(AmountRefused) as caught:
            check_payable(gateway_of(gateway), amount)

        assert words in str(caught.value)

    @pytest.mark.parametrize("currency", ["INR", "KWD"])
    def test_a_currency_that_is_not_taken_is_refused(self, currency: str) -> None:
        with pytest.raises(CurrencyRefused):
            check_payable(gateway_of("paypal"), Money(10_000, currency))

    @pytest.mark.parametrize("code", sorted(CREDENTIALS))
    @settings(max_examples=60, deadline=None)
    @given(minor=st.integers(1, 10**9), currency=CODES)
    def test_what_it_lets_through_can_be_sent_and_a_step_that_it_refuses_cannot(
        self, code: str, minor: int, currency: str
    ) -> None:
        gateway, amount = gateway_of(code), Money(minor, currency)
        try:
            check_payable(gateway, amount)
        except CurrencyRefused:
            return
        except AmountRefused:
            if minor % gateway.capabilities.step(currency):
                with pytest.raises(GatewayRejected):
                    to_gateway(code, amount)
            return

        assert to_gateway(code, amount)


class TestWays:
    def test_ways_are_offered_for_the_currencies_they_take(
        self, cast: Cast, till: Till, simulated: SimulatorServer
    ) -> None:
        paypal = Shop.open((cast.nimbus, cast.acme), simulated, "paypal")

        def offered(*codes: str) -> set[str]:
            ways = payable_ways(provider_id=till.provider_id, currencies=codes)
            return {way.public_id for way in ways}

        assert offered("KWD", "INR") == {till.public_id}
        assert offered("KWD", "USD") == {till.public_id, paypal.public_id}
        with pytest.raises(CurrencyRefused):
            check_way(provider_id=till.provider_id, way=paypal.public_id, amount=Money(5000, "KWD"))
        check_way(provider_id=till.provider_id, way=till.public_id, amount=Money(5000, "KWD"))

    def test_too_little_is_said_on_the_form_and_opens_nothing(self, till: Till, cast: Cast) -> None:
        alice = browser(cast, "alice")

        refused = alice.post(PAY, form(alice, till, "0.49"))

        page = refused.content.decode()
        assert refused.status_code == 422
        assert "The least that can be paid in this way is 0.50 USD." in page
        assert 'value="0.49"' in page
        assert till.taken() == 0
        assert alice.post(PAY, form(alice, till, "0.50")).status_code == 200
