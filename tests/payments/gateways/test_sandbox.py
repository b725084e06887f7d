"""PayPal's and Razorpay's own sandboxes, when keys are in the environment; else there is nothing here.

`PAYPAL_SANDBOX_CLIENT_ID` with `PAYPAL_SANDBOX_CLIENT_SECRET`, `RAZORPAY_SANDBOX_KEY_ID` with
`RAZORPAY_SANDBOX_KEY_SECRET` and `RAZORPAY_SANDBOX_ACCOUNT_ID`. Nobody agrees on their pages here, so no money moves;
`PAYPAL_SANDBOX_URL` and `RAZORPAY_SANDBOX_URL` are for trying this file against simulators. Stripe has its own file.
"""

import os
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from payments.gateways.errors import GatewayRejected
from payments.gateways.kinds import Endpoint, WebhookSecrets
from payments.gateways.protocol import Gateway
from payments.gateways.registry import gateway_kinds
from payments.gateways.values import CheckoutState
from tests.payments.gateways.contract import pay_request

VARIABLES = {
    "paypal": {"client_id": "CLIENT_ID", "client_secret": "CLIENT_SECRET"},
    "razorpay": {"key_id": "KEY_ID", "key_secret": "KEY_SECRET", "account_id": "ACCOUNT_ID"},
}
FIXED = {"paypal": {"environment": "sandbox"}, "razorpay": {}}


def credentials(code: str, *, wrong: bool = False) -> dict[str, str]:
    found = {
        field: os.environ.get(f"{code.upper()}_SANDBOX_{name}", "")
        for field, name in VARIABLES[code].items()
    }
    spoilt = {name: f"{value}x" for name, value in found.items() if wrong and "secret" in name}
    return {**found, **FIXED[code], **spoilt}


def connect(code: str, *, wrong: bool = False) -> Gateway:
    given, kind = credentials(code, wrong=wrong), gateway_kinds()[code]
    url = os.environ.get(f"{code.upper()}_SANDBOX_URL", "")
    if kind.is_live(given):
        raise ValueError("A sandbox has test keys.")
    return kind.connect(given, WebhookSecrets(""), Endpoint(url, is_simulated=bool(url)))


THERE = [code for code in VARIABLES if all(credentials(code).values())]

if THERE:

    @pytest.mark.live_sandbox
    @pytest.mark.parametrize("code", THERE)
    class TestSandbox:
        def test_the_account_is_known_and_a_wrong_secret_is_not(self, code: str) -> None:
            assert not connect(code).fetch_account().is_live
            with pytest.raises(GatewayRejected) as caught:
                connect(code, wrong=True).fetch_account()
            assert caught.value.code == "authentication"

        def test_a_page_is_opened_once_and_takes_no_money_by_itself(self, code: str) -> None:
            gateway, request = connect(code), pay_request(uuid.uuid4().hex[:20])

            page = gateway.start_checkout(request)

            assert gateway.start_checkout(request).checkout_id == page.checkout_id
            found = gateway.advance_checkout(page.checkout_id)
            assert (found.state, found.payment, found.reference) == (
                CheckoutState.OPEN,
                None,
                request.reference,
            )

        def test_lists_can_be_read(self, code: str) -> None:
            list(connect(code).list_events(since=datetime.now(UTC) - timedelta(hours=1)))

        def test_what_is_not_there_is_rejected(self, code: str) -> None:
            for ask in (connect(code).fetch_payment, connect(code).fetch_refund):
                with pytest.raises(GatewayRejected):
                    ask("pay_none000000000")
