"""PayPal's and Razorpay's own sandboxes, when keys are in the environment; else there is nothing here.

`PAYPAL_SANDBOX_CLIENT_ID` with `PAYPAL_SANDBOX_CLIENT_SECRET`, `RAZORPAY_SANDBOX_KEY_ID` with
`RAZORPAY_SANDBOX_KEY_SECRET` and `RAZORPAY_SANDBOX_ACCOUNT_ID`. Nobody agrees on their pages here: money moves where
somebody has agreed before, and the token of it is told by `PAYPAL_SANDBOX_TOKEN` with `PAYPAL_SANDBOX_CUSTOMER`, or by
`RAZORPAY_SANDBOX_TOKEN` with `RAZORPAY_SANDBOX_CUSTOMER`. `PAYPAL_SANDBOX_URL` and `RAZORPAY_SANDBOX_URL` are for
trying this file against simulators. Stripe has its own file.
"""

import os
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from billing_platform.kernel.money import Money
from payments.gateways.errors import GatewayRejected
from payments.gateways.kinds import Endpoint, WebhookSecrets
from payments.gateways.protocol import Gateway
from payments.gateways.registry import gateway_kinds
from payments.gateways.requests import ChargeRequest
from payments.gateways.values import CheckoutState
from tests.payments.gateways.contract import (
    Charge,
    ChargeOnceContract,
    Pay,
    RefundContract,
    pay_request,
)

VARIABLES = {
    "paypal": {"client_id": "CLIENT_ID", "client_secret": "CLIENT_SECRET"},
    "razorpay": {"key_id": "KEY_ID", "key_secret": "KEY_SECRET", "account_id": "ACCOUNT_ID"},
}
FIXED = {"paypal": {"environment": "sandbox"}, "razorpay": {}}
CHARGES: dict[str, dict[str, str]] = {"paypal": {}, "razorpay": {"recurring": "on"}}
CURRENCIES = {"paypal": "USD", "razorpay": "INR"}


def credentials(code: str, *, wrong: bool = False) -> dict[str, str]:
    found = {
        field: os.environ.get(f"{code.upper()}_SANDBOX_{name}", "")
        for field, name in VARIABLES[code].items()
    }
    spoilt = {name: f"{value}x" for name, value in found.items() if wrong and "secret" in name}
    return {**found, **FIXED[code], **spoilt}


def connect(code: str, *, wrong: bool = False, charges: bool = False) -> Gateway:
    given = credentials(code, wrong=wrong) | (CHARGES[code] if charges else {})
    kind = gateway_kinds()[code]
    url = os.environ.get(f"{code.upper()}_SANDBOX_URL", "")
    if kind.is_live(given):
        raise ValueError("A sandbox has test keys.")
    return kind.connect(given, WebhookSecrets(""), Endpoint(url, is_simulated=bool(url)))


def token_of(code: str) -> tuple[str, str]:
    """Return the payer and the token that somebody has agreed to, "" and "" where nobody has."""
    customer, token = (
        os.environ.get(f"{code.upper()}_SANDBOX_{name}", "") for name in ("CUSTOMER", "TOKEN")
    )
    return customer, token


THERE = [code for code in VARIABLES if all(credentials(code).values())]
PAID = [code for code in THERE if all(token_of(code))]

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


class ChargedContract(ChargeOnceContract, RefundContract):
    """Charges and refunds of what `code` tells, with a key and a reference of their own in each test."""

    code = ""

    @pytest.fixture
    def gateway(self) -> Gateway:
        return connect(self.code, charges=True)

    @pytest.fixture
    def ask(self) -> Charge:
        run, (customer, token) = uuid.uuid4().hex[:12], token_of(self.code)

        def build(key: str, minor: int) -> ChargeRequest:
            amount = Money(minor, CURRENCIES[self.code])
            return ChargeRequest(
                f"{run}-{key}", amount, customer, token, "Contract", f"{run}-{key}"
            )

        return build

    @pytest.fixture
    def pay(self, gateway: Gateway, ask: Charge) -> Pay:
        return lambda key, minor: gateway.charge(ask(key, minor))


if "paypal" in PAID:

    @pytest.mark.live_sandbox
    class TestPayPalMoney(ChargedContract):
        code, currency = "paypal", CURRENCIES["paypal"]


if "razorpay" in PAID:

    @pytest.mark.live_sandbox
    class TestRazorpayMoney(ChargedContract):
        code, currency = "razorpay", CURRENCIES["razorpay"]
