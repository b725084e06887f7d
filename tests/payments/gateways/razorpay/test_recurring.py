"""Tokens at Razorpay, where an account has recurring payments: charged once per reference, by strict parameters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from billing_platform.kernel.money import Money
from gateway_simulators.common.faults import Fault
from payments.gateways.errors import GatewayRejected
from payments.gateways.kinds import Endpoint, WebhookSecrets
from payments.gateways.razorpay import client as calls
from payments.gateways.razorpay.kind import connect
from payments.gateways.requests import ChargeRequest, CustomerRequest, LookUp
from payments.gateways.values import CheckoutState, MovementKind, PaymentState
from tests.payments.browser import press_razorpay
from tests.payments.gateways.contract import (
    LONG_AGO,
    Act,
    Charge,
    ChargeContract,
    OutageContract,
    SetupContract,
    setup_request,
)
from tests.payments.gateways.razorpay.conftest import KEYS
from tests.payments.stand import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway_simulators.common.server import SimulatorServer
    from gateway_simulators.razorpay.simulator import RazorpaySimulator
    from payments.gateways.razorpay.gateway import RazorpayGateway
    from payments.gateways.values import Checkout

ALICE = CustomerRequest("k-1", "Acme", "alice@acme.test", "tnt_1")


@pytest.fixture
def gateway(server: SimulatorServer, simulator: RazorpaySimulator) -> RazorpayGateway:
    simulator.accounts["acc_A"].is_recurring = True
    key_id, secret = KEYS["acc_A"]
    credentials = {
        "key_id": key_id,
        "key_secret": secret,
        "account_id": "acc_A",
        "recurring": "on",
    }
    endpoint = Endpoint(server.url_of("razorpay"), is_simulated=True)
    return connect(credentials, WebhookSecrets("whs"), endpoint)


@pytest.fixture
def payer(gateway: RazorpayGateway) -> str:
    return gateway.create_customer(ALICE)


@pytest.fixture
def ask(simulator: RazorpaySimulator, payer: str) -> Charge:
    def build(key: str, minor: int, fate: str = "", method: str = "card") -> ChargeRequest:
        if key not in saved:
            told = {"id": payer, "fate": fate, "method": method}
            saved[key] = str(simulator.act("token_confirm", told)["id"])
        amount = Money(minor, "INR")
        return ChargeRequest(key, amount, payer, saved[key], "Top-up", f"attempt-{key}")

    saved: dict[str, str] = {}
    return build


@pytest.fixture
def deny(server: SimulatorServer) -> Callable[[], None]:
    return lambda: server.faults.append(Fault(".*", "429", 9))


@pytest.fixture
def count(simulator: RazorpaySimulator) -> Callable[[], int]:
    return lambda: len(simulator.accounts["acc_A"].all("payment"))


class TestCharges(ChargeContract, OutageContract):
    currency = "INR"

    def test_one_of_upi_waits_and_is_found_by_its_reference(
        self, gateway: RazorpayGateway, simulator: RazorpaySimulator, ask: Charge
    ) -> None:
        paid = gateway.charge(ask("a-1", 1050, method="upi"))
        assert paid.state is PaymentState.PENDING

        simulator.act("settle", {"id": paid.payment_id})

        found = gateway.find_payment(LookUp("attempt-a-1", "", LONG_AGO))
        assert found is not None
        assert (found.payment_id, found.state) == (paid.payment_id, PaymentState.SUCCEEDED)
        assert gateway.find_payment(LookUp("attempt-a-2", "", LONG_AGO)) is None

    def test_a_decline_is_not_tried_again(
        self, gateway: RazorpayGateway, ask: Charge, count: Callable[[], int]
    ) -> None:
        request = ask("a-1", 1050, "insufficient_funds")

        for _ in range(2):
            with pytest.raises(GatewayRejected):
                gateway.charge(request)

        assert count() == 1


class TestTokens:
    def test_they_are_listed_and_deleted_once(
        self, gateway: RazorpayGateway, payer: str, ask: Charge
    ) -> None:
        request = ask("a-1", 1050)
        (kept,) = gateway.list_methods(payer)
        assert (kept.method_id, kept.brand, kept.last4) == (request.method_id, "visa", "1111")

        for _ in range(2):
            gateway.delete_method(payer, kept.method_id)

        assert gateway.list_methods(payer) == []
        assert gateway.list_methods("cust_none") == []
        with pytest.raises(GatewayRejected):
            gateway.charge(request)

    def test_one_address_is_one_tenant(
        self, gateway: RazorpayGateway, payer: str, lose: Callable[[], None]
    ) -> None:
        lose()
        assert gateway.create_customer(ALICE) == payer

        other = CustomerRequest("k-2", "Globex", "alice@acme.test", "tnt_2")
        assert gateway.create_customer(other) == "", "another tenant's tokens are not its own"

    def test_without_the_feature_nothing_is_charged(
        self, gateway: RazorpayGateway, simulator: RazorpaySimulator, ask: Charge
    ) -> None:
        request = ask("a-1", 1050)
        simulator.accounts["acc_A"].is_recurring = False

        with pytest.raises(GatewayRejected, match="not enabled"):
            gateway.charge(request)


class TestAgreements(SetupContract):
    currency = "INR"

    @pytest.fixture
    def visit(self) -> Act:
        return lambda url, choice: press_razorpay(url, "agree" if choice == "pay" else choice)

    @pytest.fixture
    def opened(self, gateway: RazorpayGateway, payer: str) -> Checkout:
        return gateway.start_setup(setup_request("s-1", payer, "INR"))

    def test_one_reference_is_one_page_whatever_answer_is_lost(
        self, gateway: RazorpayGateway, payer: str, opened: Checkout, lose: Callable[[], None]
    ) -> None:
        lose()

        assert gateway.start_setup(setup_request("s-1", payer, "INR")) == opened

    def test_its_rupee_goes_back_once_and_is_nobodys_credit(
        self,
        gateway: RazorpayGateway,
        simulator: RazorpaySimulator,
        opened: Checkout,
        visit: Act,
        lose: Callable[[], None],
    ) -> None:
        visit(opened.url, "pay")
        lose()

        for _ in range(2):
            assert gateway.advance_checkout(opened.checkout_id).method

        (rupee,), (back,) = (simulator.accounts["acc_A"].all(one) for one in ("payment", "refund"))
        assert rupee["amount_refunded"] == back["amount"] == 100
        far = datetime.fromtimestamp(NOW, UTC) + timedelta(days=1)
        moved = gateway.list_movements(starts=LONG_AGO, ends=far)
        assert {one.kind for one in moved} == {MovementKind.OTHER, MovementKind.FEE}
        assert gateway.fetch_payment(rupee["id"]).reference == ""

    def test_what_the_bank_has_not_decided_waits_and_what_it_refuses_saves_nothing(
        self, gateway: RazorpayGateway, simulator: RazorpaySimulator, opened: Checkout, visit: Act
    ) -> None:
        visit(opened.url, "pay")
        (token,) = simulator.accounts["acc_A"].all("token")
        found = []
        for state in ("initiated", "rejected"):
            token["recurring_details"] = {"status": state, "failure_reason": None}
            page = gateway.advance_checkout(opened.checkout_id)
            found.append((page.state, page.method, page.failure_code))

        assert found == [(CheckoutState.OPEN, None, ""), (CheckoutState.COMPLETE, None, "declined")]

    def test_a_closed_one_saves_nothing_and_one_that_was_agreed_to_stays(
        self, gateway: RazorpayGateway, payer: str, opened: Checkout, visit: Act
    ) -> None:
        assert gateway.expire_checkout(opened.checkout_id).state is CheckoutState.EXPIRED
        assert visit(opened.url, "pay") == opened.url
        second = gateway.start_setup(setup_request("s-2", payer, "INR"))
        visit(second.url, "pay")

        assert gateway.expire_checkout(second.checkout_id).method
        assert len(gateway.list_methods(payer)) == 1

    def test_a_refusal_leaves_the_page_open(
        self, gateway: RazorpayGateway, payer: str, opened: Checkout, visit: Act
    ) -> None:
        visit(opened.url, "decline")

        assert gateway.advance_checkout(opened.checkout_id).state is CheckoutState.OPEN
        assert gateway.list_methods(payer) == []

    def test_other_currencies_and_other_tenants_payers_are_rejected(
        self, gateway: RazorpayGateway, payer: str
    ) -> None:
        for request in (setup_request("s", payer), setup_request("s", "", "INR")):
            with pytest.raises(GatewayRejected):
                gateway.start_setup(request)


class TestStrict:
    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"currency": "USD"}, "not supported"),
            ({"amount": 1051}, "different from your order amount"),
            ({"recurring": "0"}, "recurring field"),
            ({"token": "token_none"}, "does not exist"),
        ],
    )
    def test_the_simulator_refuses_what_razorpay_does(
        self, gateway: RazorpayGateway, ask: Charge, change: dict[str, Any], words: str
    ) -> None:
        request = ask("a-1", 1050)
        sdk = gateway._client
        order = calls.call(sdk.order.create, {"amount": 1050, "currency": "INR"})
        body = {
            "email": "alice@acme.test",
            "contact": "+919000090000",
            "amount": 1050,
            "currency": "INR",
            "order_id": order["id"],
            "customer_id": request.customer_id,
            "token": request.method_id,
            "recurring": "1",
        }

        with pytest.raises(GatewayRejected, match=words):
            calls.call(sdk.payment.createRecurring, {**body, **change})
