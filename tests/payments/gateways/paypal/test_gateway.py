"""PayPal's gateway, by the mended SDK over HTTP, against the simulator."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from billing_platform.kernel.money import Money
from gateway_simulators.common.faults import Fault
from gateway_simulators.common.server import SimulatorServer
from gateway_simulators.paypal.simulator import PayPalSimulator
from payments.gateways.answers import read
from payments.gateways.errors import GatewayRejected, GatewayUnavailable
from payments.gateways.kinds import Endpoint, WebhookSecrets
from payments.gateways.paypal.amounts import from_paypal, to_paypal
from payments.gateways.paypal.gateway import PayPalGateway
from payments.gateways.paypal.kind import connect
from payments.gateways.paypal.reading import payment_of
from payments.gateways.protocol import Gateway
from payments.gateways.requests import ChargeRequest, LookUp
from payments.gateways.values import CheckoutState, PaymentState, RefundState, Topic
from tests.payments.browser import press_paypal
from tests.payments.gateways.contract import (
    Act,
    Charge,
    ChargeContract,
    CheckoutContract,
    OutageContract,
    Pay,
    RefundContract,
    RefundOutageContract,
    SetupContract,
    paid_by,
    pay_request,
    refund_request,
    setup_request,
)
from tests.payments.gateways.contract_books import CatchUpContract, DisputeContract
from tests.payments.gateways.paypal.conftest import APPS, connected
from tests.payments.stand import NOW

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def moment(simulator: PayPalSimulator) -> datetime:
    """Return PayPal's time."""
    return datetime.fromtimestamp(simulator.world.clock.now(), UTC)


class TestPages(CheckoutContract):
    closes_pages = False  # what is approved and not captured takes no money
    proves_absence = False
    since = datetime.fromtimestamp(NOW, UTC)

    def test_of_several_lines_the_one_that_took_the_money_counts(
        self, gateway: Gateway, simulator: PayPalSimulator, visit: Act
    ) -> None:
        since = moment(simulator)
        page = gateway.start_checkout(pay_request("c-1"))
        visit(page.url, "pay")
        paid = paid_by(gateway.advance_checkout(page.checkout_id))
        books = simulator.accounts["a"].books
        info = books[-1]["transaction_info"]
        for status in ("P", "D"):
            other = {**info, "transaction_id": f"OTHER-{status}", "transaction_status": status}
            books.insert(0, {**books[-1], "transaction_info": other})

        assert gateway.find_payment(LookUp("attempt-c-1", "", since)) == paid

    def test_a_payment_that_paypal_takes_back_is_a_refund_of_it(
        self, gateway: PayPalGateway, simulator: PayPalSimulator, pay: Pay
    ) -> None:
        since = moment(simulator)
        paid = pay("c-1", 1050)
        made = simulator.act("reverse", {"id": paid.payment_id})["id"]

        given = gateway.fetch_refund(made)

        assert (given.state, given.payment_id) == (RefundState.SUCCEEDED, paid.payment_id)
        assert (given.amount, given.reference) == (Money(1050, "USD"), "")
        told = {(one.topic, one.object_id) for one in gateway.list_events(since=since)}
        assert (Topic.REFUND, made) in told
        lines = gateway.list_movements(starts=since, ends=since + timedelta(days=1))
        moved = [one.amount for one in lines if one.object_id == made]
        assert moved == [Money(-1050, "USD")]

    def test_its_books_prove_absence_once_they_reach_so_far(
        self, gateway: Gateway, simulator: PayPalSimulator
    ) -> None:
        since = moment(simulator)
        simulator.world.clock.advance(int(timedelta(hours=7).total_seconds()))

        assert gateway.find_payment(LookUp("attempt-c-1", "", since)) is None

    def test_a_number_is_paid_once(self, gateway: PayPalGateway, pay: Pay) -> None:
        pay("c-1", 1050)

        with pytest.raises(GatewayRejected) as caught:
            gateway.start_checkout(pay_request("c-1", 1051))
        assert caught.value.code in {"duplicate_invoice_id", "duplicate_request_id"}
        # By it PayPal's support finds the call.
        assert str(caught.value).endswith("(sim)")

    def test_an_e_check_waits(
        self, gateway: PayPalGateway, simulator: PayPalSimulator, visit: Act
    ) -> None:
        page = gateway.start_checkout(pay_request("c-1"))
        visit(page.url, "pending")
        waiting = gateway.advance_checkout(page.checkout_id).payment
        assert waiting is not None

        simulator.act("complete", {"id": waiting.payment_id})

        assert (waiting.state, waiting.received.amount_minor) == (PaymentState.PENDING, 0)
        assert gateway.fetch_payment(waiting.payment_id).received == Money(1050, "USD")

    def test_giving_up_leads_back(self, gateway: PayPalGateway, visit: Act) -> None:
        page = gateway.start_checkout(pay_request("c-1"))

        assert visit(page.url, "cancel").startswith("http://acme.localhost:8000/billing/canceled")
        assert gateway.advance_checkout(page.checkout_id).payment is None


class TestRefunds(RefundContract, RefundOutageContract):
    def test_one_that_comes_back_has_failed(
        self, gateway: PayPalGateway, simulator: PayPalSimulator, pay: Pay
    ) -> None:
        given = gateway.refund(refund_request(pay("c-1", 1000), "r-1", 400))
        simulator.act("refund_fail", {"id": given.refund_id})

        assert gateway.fetch_refund(given.refund_id).state is RefundState.FAILED


class TestBooks(DisputeContract, CatchUpContract):
    names_disputes = False


class TestCharges(ChargeContract, OutageContract):
    declined = "instrument_declined"
    keeps_declined = False

    @pytest.fixture
    def ask(self, gateway: PayPalGateway) -> Charge:
        def make(key: str, minor: int, payer: str = "") -> ChargeRequest:
            email = "declined@payer.example" if payer else "ok@payer.example"
            page = gateway.start_setup(setup_request(f"{key}-{minor}-{payer}", ""))
            press_paypal(page.url, "pay", email)
            method = gateway.advance_checkout(page.checkout_id).method
            assert method is not None
            amount = Money(minor, "USD")
            name = method.method_id
            return ChargeRequest(key, amount, method.customer_id, name, "Usage", f"attempt-{key}")

        return make

    @pytest.fixture
    def count(self, simulator: PayPalSimulator) -> Callable[[], int]:
        return lambda: len(simulator.accounts["a"].all("capture"))

    @pytest.fixture
    def deny(self, server: SimulatorServer) -> Callable[[], None]:
        return lambda: server.faults.append(Fault(".*", "500", 9))


class TestAgreements(SetupContract):
    def agree(self, gateway: PayPalGateway, visit: Act, key: str = "s-1") -> Any:
        page = gateway.start_setup(setup_request(key, ""))
        visit(page.url, "pay")
        return gateway.advance_checkout(page.checkout_id)

    def charge(self, method: Any, key: str = "a-1", minor: int = 700) -> ChargeRequest:
        amount = Money(minor, "USD")
        return ChargeRequest(
            key, amount, method.customer_id, method.method_id, "Usage", f"attempt-{key}"
        )

    def test_one_is_known_by_its_payer(self, gateway: PayPalGateway, visit: Act) -> None:
        method = self.agree(gateway, visit).method

        assert (method.payer, method.number) == ("ok@payer.example", method.method_id)

    def test_asking_again_keeps_one(self, gateway: PayPalGateway, visit: Act) -> None:
        page = gateway.start_setup(setup_request("s-1", ""))
        visit(page.url, "pay")

        first = gateway.advance_checkout(page.checkout_id)

        assert first.method == gateway.advance_checkout(page.checkout_id).method

    def test_without_the_payer_nothing_is_kept(self, gateway: PayPalGateway) -> None:
        page = gateway.start_setup(setup_request("s-1", ""))

        found = gateway.advance_checkout(page.checkout_id)

        assert (found.state, found.method) == (CheckoutState.OPEN, None)

    def test_one_that_the_payer_took_back_is_rejected(
        self, gateway: PayPalGateway, simulator: PayPalSimulator, visit: Act
    ) -> None:
        method = self.agree(gateway, visit).method
        simulator.act("revoke", {"id": method.method_id})

        with pytest.raises(GatewayRejected):
            gateway.charge(self.charge(method))
        gateway.delete_method(method.customer_id, method.method_id)
        assert gateway.list_methods(method.customer_id) == []

    def test_a_payment_may_keep_one(self, gateway: PayPalGateway, visit: Act) -> None:
        page = gateway.start_checkout(pay_request("c-1", saves=True))
        visit(page.url, "pay")

        done = gateway.advance_checkout(page.checkout_id)

        assert done.method is not None
        assert gateway.charge(self.charge(done.method)).state is PaymentState.SUCCEEDED


class TestClient:
    def test_a_token_that_was_taken_back_is_renewed_once(
        self, server: SimulatorServer, simulator: PayPalSimulator, gateway: PayPalGateway
    ) -> None:
        gateway.fetch_account()
        simulator.act("revoke_token", {})

        assert gateway.fetch_account().account_id == "APP-a"

    def test_a_wrong_secret_is_rejected_after_few_calls(self, server: SimulatorServer) -> None:
        with pytest.raises(GatewayRejected) as caught:
            connected(server, "a", secret="canary-secret-canary").fetch_account()

        assert caught.value.code == "authentication"
        assert "canary" not in str(caught.value)
        assert len(server.log) <= 3

    @pytest.mark.parametrize("mode", ["500", "429", "409", "html502", "reset", "timeout_before"])
    def test_no_answer_is_unavailable(
        self, server: SimulatorServer, gateway: PayPalGateway, mode: str
    ) -> None:
        server.faults.append(Fault(".*", mode, 9))

        with pytest.raises(GatewayUnavailable):
            gateway.fetch_payment("1")

    def test_nothing_secret_is_logged(
        self, server: SimulatorServer, gateway: PayPalGateway, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.DEBUG):
            gateway.fetch_account()

        told = " ".join(record.getMessage() for record in caplog.records)
        assert "Bearer" not in told
        assert APPS["a"][1] not in told

    def test_another_account_sees_nothing(
        self, foreign: PayPalGateway, gateway: PayPalGateway, pay: Pay
    ) -> None:
        paid = pay("c-1", 1050)

        assert gateway.fetch_account() != foreign.fetch_account()
        with pytest.raises(GatewayRejected):
            foreign.fetch_payment(paid.payment_id)

    def test_live_credentials_meet_no_simulator(self) -> None:
        live = {"client_id": "c" * 20, "client_secret": "s" * 20, "environment": "live"}
        for endpoint in (Endpoint("http://127.0.0.1:1", is_simulated=True), Endpoint("http://a")):
            with pytest.raises(GatewayRejected):
                connect(live, WebhookSecrets("HOOK"), endpoint)


class TestBorder:
    @pytest.mark.parametrize(
        ("amount", "value"),
        [(Money(1050, "USD"), "10.50"), (Money(500, "JPY"), "500"), (Money(50000, "HUF"), "500")],
    )
    def test_amounts_go_round(self, amount: Money, value: str) -> None:
        found = to_paypal(amount)

        assert found == {"currency_code": amount.currency, "value": value}
        assert from_paypal(found) == amount

    @pytest.mark.parametrize(
        "amount", [Money(0, "USD"), Money(-1, "USD"), Money(50001, "HUF"), Money(1000, "KWD")]
    )
    def test_what_paypal_does_not_take_is_refused(self, amount: Money) -> None:
        with pytest.raises(GatewayRejected):
            to_paypal(amount)

    @pytest.mark.parametrize(
        "change",
        [
            {"status": "ODD"},
            {"amount": {"value": 10.5, "currency_code": "USD"}},
            {"amount": {"value": "1e3", "currency_code": "USD"}},
            {"amount": {"value": "1.00", "currency_code": "ZZZ"}},
            {"amount": None},
            {"id": ""},
        ],
    )
    def test_an_answer_that_does_not_read_is_unknown(self, change: dict[str, Any]) -> None:
        amount = {"value": "10.00", "currency_code": "USD"}
        whole = {"id": "1", "status": "COMPLETED", "amount": amount}

        assert read(payment_of, whole, is_live=False).reference == ""
        with pytest.raises(GatewayUnavailable):
            read(payment_of, {**whole, **change}, is_live=False)
