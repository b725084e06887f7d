"""Razorpay's gateway, by the real SDK over HTTP, against the simulator."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from billing_platform.kernel.money import Money
from gateway_simulators.common.faults import Fault
from gateway_simulators.common.server import SimulatorServer
from gateway_simulators.razorpay import disputes
from gateway_simulators.razorpay.account import Account
from gateway_simulators.razorpay.problems import Body, Object, Problem
from gateway_simulators.razorpay.simulator import RazorpaySimulator
from payments.gateways.answers import read
from payments.gateways.errors import GatewayRejected, GatewayUnavailable
from payments.gateways.kinds import Endpoint, WebhookSecrets
from payments.gateways.razorpay.amounts import to_razorpay
from payments.gateways.razorpay.gateway import RazorpayGateway
from payments.gateways.razorpay.kind import connect
from payments.gateways.razorpay.reading import payment_of
from payments.gateways.values import GatewayPayment, MovementKind, PaymentState, RefundState
from tests.payments.gateways.contract import (
    Act,
    CheckoutContract,
    RefundContract,
    RefundOutageContract,
    paid_by,
    pay_request,
)
from tests.payments.gateways.contract_books import CatchUpContract, DisputeContract
from tests.payments.gateways.razorpay.conftest import connected
from tests.payments.stand import NOW

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def pay(gateway: RazorpayGateway, visit: Act) -> Callable[[str, int], GatewayPayment]:
    def do(key: str, minor: int) -> GatewayPayment:
        page = gateway.start_checkout(pay_request(key, minor))
        visit(page.url, "pay")
        return paid_by(gateway.advance_checkout(page.checkout_id))

    return do


Pay = Callable[[str, int], GatewayPayment]


class TestRazorpayGateway(CheckoutContract):
    def test_a_reference_stands_for_one_amount(self, gateway: RazorpayGateway) -> None:
        first = gateway.start_checkout(pay_request("c-1"))

        assert gateway.start_checkout(pay_request("c-1")) == first
        with pytest.raises(GatewayRejected, match="another amount"):
            gateway.start_checkout(pay_request("c-1", 2000))

    def test_another_account_sees_nothing(
        self, foreign: RazorpayGateway, gateway: RazorpayGateway, pay: Pay
    ) -> None:
        paid = pay("c-1", 1050)

        assert gateway.fetch_account() != foreign.fetch_account()
        with pytest.raises(GatewayRejected):
            foreign.fetch_payment(paid.payment_id)

    def test_a_wrong_key_is_rejected_and_never_told(self, server: SimulatorServer) -> None:
        with pytest.raises(GatewayRejected) as caught:
            connected(server, "acc_A", secret="canary-secret").fetch_account()

        assert caught.value.code == "authentication"
        assert "canary-secret" not in str(caught.value)

    @pytest.mark.parametrize("mode", ["500", "429", "409", "html502", "reset", "timeout_before"])
    def test_no_answer_is_unavailable(
        self, server: SimulatorServer, gateway: RazorpayGateway, mode: str
    ) -> None:
        server.faults.append(Fault(".*", mode, 9))

        with pytest.raises(GatewayUnavailable):
            gateway.fetch_payment("pay_1")

    def test_a_late_payment_is_found_when_it_is_decided(
        self, gateway: RazorpayGateway, simulator: RazorpaySimulator, visit: Act
    ) -> None:
        page = gateway.start_checkout(pay_request("c-1"))
        visit(page.url, "pending")
        waiting = paid_by(gateway.advance_checkout(page.checkout_id))

        simulator.act("settle", {"id": waiting.payment_id})

        assert (waiting.state, waiting.received.amount_minor) == (PaymentState.PENDING, 0)
        assert gateway.fetch_payment(waiting.payment_id).state is PaymentState.SUCCEEDED

    def test_saved_methods_are_not_offered(self, gateway: RazorpayGateway) -> None:
        assert not gateway.capabilities.saves_methods
        assert gateway.list_methods("cust_1") == []


class TestRefunds(RefundContract, RefundOutageContract):
    def test_one_that_comes_back_has_failed(
        self, gateway: RazorpayGateway, simulator: RazorpaySimulator, pay: Pay
    ) -> None:
        paid = pay("c-1", 1000)
        made = simulator.act("dashboard_refund", {"id": paid.payment_id, "amount": 300})
        simulator.act("refund_fail", {"id": made["id"]})

        found = gateway.fetch_refund(made["id"])

        assert (found.state, found.reference) == (RefundState.FAILED, "")


class TestDisputes(DisputeContract):
    """Where the money of a dispute is."""

    def test_a_later_stage_costs_what_the_network_takes(
        self, gateway: RazorpayGateway, pay: Pay, dispute: Act, escalate: Act, decide: Act
    ) -> None:
        name = dispute(pay("a-1", 1000).payment_id)
        first = gateway.fetch_dispute(name)
        escalate(name)
        later = gateway.fetch_dispute(name)
        decide(name, "won")

        won = gateway.fetch_dispute(name)

        assert (first.fee, later.fee, won.fee) == (None, Money(1500, "USD"), later.fee)
        far = datetime.fromtimestamp(NOW, UTC) + timedelta(days=1)
        kept = [
            one.amount
            for one in gateway.list_movements(starts=LONG_AGO, ends=far)
            if one.kind is MovementKind.DISPUTE_FEE
        ]
        assert kept == [Money(-1500, "USD")]

    def test_a_stage_that_begins_months_later_costs_as_much(
        self,
        server: SimulatorServer,
        gateway: RazorpayGateway,
        pay: Pay,
        dispute: Act,
        escalate: Act,
    ) -> None:
        name = dispute(pay("a-1", 1000).payment_id)
        server.world.clock.advance(75 * 86_400)
        escalate(name)
        server.log.clear()

        assert gateway.fetch_dispute(name).fee == Money(1500, "USD")
        asked = [line for line in server.log if "recon/combined" in line.path]
        assert len(asked) == 5, "November to February, and March, which is still to come"

    def test_each_month_s_report_is_read_once(
        self,
        server: SimulatorServer,
        gateway: RazorpayGateway,
        pay: Pay,
        dispute: Act,
        escalate: Act,
    ) -> None:
        for key in ("a-1", "a-2"):
            escalate(dispute(pay(key, 1000).payment_id))
        server.log.clear()

        far = datetime.fromtimestamp(NOW, UTC) + timedelta(days=1)
        list(gateway.list_movements(starts=LONG_AGO, ends=far))

        assert sum("recon/combined" in line.path for line in server.log) == 1, "none to come"

    def test_a_fee_that_cannot_be_read_is_awaited_and_no_books_leave_it_out(
        self,
        server: SimulatorServer,
        gateway: RazorpayGateway,
        pay: Pay,
        dispute: Act,
        escalate: Act,
    ) -> None:
        name = dispute(pay("a-1", 1000).payment_id)
        assert not gateway.fetch_dispute(name).is_awaited
        escalate(name)
        server.faults.append(Fault("/v1/settlements/.*", "500", left=9))

        found = gateway.fetch_dispute(name)

        assert (found.fee, found.is_awaited) == (None, True)
        with pytest.raises(GatewayUnavailable):
            list(gateway.list_movements(starts=LONG_AGO, ends=datetime(2030, 1, 1, tzinfo=UTC)))
        server.faults.clear()
        found = gateway.fetch_dispute(name)
        assert (found.fee, found.is_awaited) == (Money(1500, "USD"), False)

    @pytest.mark.parametrize(("status", "months"), [(401, (12, 1, 2)), (400, (12,))])
    def test_no_books_leave_out_a_month_that_was_refused(  # noqa: PLR0917 - fixtures
        self,
        simulator: RazorpaySimulator,
        gateway: RazorpayGateway,
        pay: Pay,
        dispute: Act,
        escalate: Act,
        monkeypatch: pytest.MonkeyPatch,
        status: int,
        months: tuple[int, ...],
    ) -> None:
        name = dispute(pay("a-1", 1000).payment_id)
        simulator.world.clock.advance(75 * 86_400)
        escalate(name)
        whole = disputes.report

        def refused(account: Account, query: Body) -> Object:
            if int(query["month"]) in months:
                raise Problem(status, "The report cannot be read.")
            return whole(account, query)

        # What is still to come is refused as well, and hides nothing.
        far = datetime(2027, 6, 1, tzinfo=UTC)
        kinds = [one.kind for one in gateway.list_movements(starts=LONG_AGO, ends=far)]
        assert MovementKind.DISPUTE_FEE in kinds
        with monkeypatch.context() as patch:
            patch.setattr(disputes, "report", refused)
            with pytest.raises(GatewayRejected):
                list(gateway.list_movements(starts=LONG_AGO, ends=far))


class TestBooks(CatchUpContract):
    def test_a_fee_stands_beside_what_it_was_taken_of(
        self, gateway: RazorpayGateway, pay: Pay
    ) -> None:
        paid = pay("c-1", 1000)
        day = datetime.fromtimestamp(NOW, UTC)

        lines = list(gateway.list_movements(starts=day, ends=day + timedelta(days=1)))

        assert [
            (line.object_id, line.amount.amount_minor)
            for line in lines
            if line.kind is MovementKind.FEE
        ] == [(paid.payment_id, -20)]
        assert list(gateway.list_movements(starts=LONG_AGO, ends=day)) == []


class TestBorder:
    def test_amounts_have_no_finer_step_than_razorpay_takes(self) -> None:
        assert to_razorpay(Money(1050, "INR")) == 1050
        assert to_razorpay(Money(500, "JPY")) == 500
        assert to_razorpay(Money(1230, "KWD")) == 1230
        for amount in (Money(1234, "KWD"), Money(0, "INR"), Money(-1, "INR")):
            with pytest.raises(GatewayRejected):
                to_razorpay(amount)

    @pytest.mark.parametrize(
        "change",
        [{"status": "odd"}, {"amount": 10.5}, {"amount": None}, {"currency": "ZZZ"}, {"id": ""}],
    )
    def test_an_answer_that_does_not_read_is_unknown(self, change: dict[str, Any]) -> None:
        whole = {"id": "pay_1", "status": "captured", "amount": 1, "currency": "INR", "notes": []}

        assert read(payment_of, whole, is_live=False).reference == ""
        with pytest.raises(GatewayUnavailable):
            read(payment_of, {**whole, **change}, is_live=False)

    def test_a_live_key_meets_no_simulator(self) -> None:
        live = {"key_id": "rzp_live_a", "key_secret": "secret-of-a", "account_id": "acc_A"}
        for endpoint in (Endpoint("http://127.0.0.1:1", is_simulated=True), Endpoint("http://a")):
            with pytest.raises(GatewayRejected):
                connect(live, WebhookSecrets("whs"), endpoint)
