"""What happens at Stripe besides a plain payment: challenges, bank debits, refunds that fail, disputes."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from billing_platform.kernel.money import Money
from gateway_simulators.common.server import SimulatorServer
from gateway_simulators.stripe.simulator import StripeSimulator
from payments.gateways.errors import GatewayRejected
from payments.gateways.methods import MethodKind
from payments.gateways.requests import LookUp, RefundRequest
from payments.gateways.stripe.gateway import StripeGateway
from payments.gateways.values import (
    CheckoutState,
    DisputeState,
    MovementKind,
    PaymentState,
    RefundState,
    Topic,
)
from tests.payments.browser import press_stripe as press
from tests.payments.gateways.contract import LONG_AGO, Charge, paid_by, pay_request, setup_request

DAY_S = 86_400


class TestPages:
    def test_a_challenge_is_passed(self, gateway: StripeGateway, payer: str) -> None:
        page = gateway.start_checkout(pay_request("c-1", customer=payer, saves=True))

        press(page.url, "challenge")

        done = gateway.advance_checkout(page.checkout_id)
        assert paid_by(done).state is PaymentState.SUCCEEDED
        assert done.method == gateway.list_methods(payer)[0]

    def test_a_failed_challenge_leaves_the_page_open(
        self, gateway: StripeGateway, payer: str
    ) -> None:
        page = gateway.start_checkout(pay_request("c-1", customer=payer))

        back = press(page.url, "challenge", answer="fail")

        assert back == page.url
        assert gateway.advance_checkout(page.checkout_id).state is CheckoutState.OPEN

    def test_a_decline_is_final_only_when_the_page_is_closed(
        self, gateway: StripeGateway, payer: str
    ) -> None:
        page = gateway.start_checkout(pay_request("c-1", customer=payer))
        press(page.url, "decline")

        found = gateway.find_payment(LookUp("attempt-c-1", payer, LONG_AGO))
        assert found is not None
        assert (found.state, found.failure_code) == (
            PaymentState.REQUIRES_ACTION,
            "generic_decline",
        )
        gateway.expire_checkout(page.checkout_id)
        assert gateway.fetch_payment(found.payment_id).state is PaymentState.CANCELED

    @pytest.mark.parametrize(
        ("number", "state", "received"),
        [
            ("000123456789", PaymentState.SUCCEEDED, 1050),
            ("000111111116", PaymentState.FAILED, 0),
        ],
    )
    def test_a_bank_debit_takes_days(  # noqa: PLR0917 - fixtures
        self,
        server: SimulatorServer,
        gateway: StripeGateway,
        payer: str,
        number: str,
        state: PaymentState,
        received: int,
    ) -> None:
        page = gateway.start_checkout(pay_request("c-1", customer=payer))
        press(page.url, "pay", number=number)

        pending = gateway.advance_checkout(page.checkout_id)
        server.advance(4 * DAY_S)
        found = gateway.fetch_payment(paid_by(pending).payment_id)

        assert (pending.state, paid_by(pending).state) == (
            CheckoutState.COMPLETE,
            PaymentState.PENDING,
        )
        assert (found.state, found.received) == (state, Money(received, "USD"))
        assert paid_by(gateway.advance_checkout(page.checkout_id)) == found

    def test_a_page_ends_after_a_day(
        self, server: SimulatorServer, gateway: StripeGateway, payer: str
    ) -> None:
        page = gateway.start_checkout(pay_request("c-1", customer=payer))

        server.advance(DAY_S)

        assert gateway.advance_checkout(page.checkout_id).state is CheckoutState.EXPIRED

    def test_a_second_press_pays_nothing_more(
        self, gateway: StripeGateway, simulator: StripeSimulator, payer: str
    ) -> None:
        page = gateway.start_checkout(pay_request("c-1", customer=payer))

        assert press(page.url, "pay") == press(page.url, "pay")
        assert len(simulator.accounts["acct_A"].all("charge")) == 1

    def test_a_bank_account_is_saved(self, gateway: StripeGateway, payer: str) -> None:
        page = gateway.start_setup(setup_request("s-1", payer))

        press(page.url, "bank", holder="Alice Ash")

        saved = gateway.list_methods(payer)[0]
        assert (saved.kind, saved.last4, saved.bank_name, saved.holder) == (
            MethodKind.BANK_ACCOUNT,
            "6789",
            "STRIPE TEST BANK",
            "Alice Ash",
        )


class TestCharges:
    def test_a_challenge_while_away_is_rejected(self, gateway: StripeGateway, ask: Charge) -> None:
        with pytest.raises(GatewayRejected) as caught:
            gateway.charge(ask("a-1", 1000, "challenge"))

        assert caught.value.code == caught.value.decline_code == "authentication_required"
        assert gateway.fetch_payment(caught.value.object_id).state is PaymentState.FAILED

    @pytest.mark.parametrize(
        ("currency", "minor"),
        [("JPY", 500), ("KWD", 1230), ("UGX", 5000), ("ISK", 7), ("MGA", 900)],
    )
    def test_amounts_keep_their_worth_in_every_kind_of_currency(
        self, gateway: StripeGateway, ask: Charge, currency: str, minor: int
    ) -> None:
        amount = Money(minor, currency)

        paid = gateway.charge(replace(ask("a-1", 1), amount=amount))

        assert paid.received == paid.amount == amount
        given = gateway.refund(RefundRequest("r-1", paid.payment_id, amount, "r"))
        assert given.amount == amount

    def test_a_payer_who_was_deleted_is_no_outage(
        self, gateway: StripeGateway, simulator: StripeSimulator, ask: Charge, payer: str
    ) -> None:
        request = ask("a-1", 1000)
        simulator.act("delete_customer", {"id": payer})

        with pytest.raises(GatewayRejected) as caught:
            gateway.charge(request)

        assert caught.value.code == "resource_missing"
        assert gateway.list_methods(payer) == []

    def test_the_fee_is_told(self, gateway: StripeGateway, ask: Charge) -> None:
        assert gateway.charge(ask("a-1", 1000)).fee == Money(59, "USD")

    def test_another_payers_method_stays(
        self, gateway: StripeGateway, ask: Charge, payer: str
    ) -> None:
        request = ask("a-1", 1000)

        with pytest.raises(GatewayRejected) as caught:
            gateway.delete_method("cus_other", request.method_id)

        assert caught.value.code == "method_foreign"
        assert [one.method_id for one in gateway.list_methods(payer)] == [request.method_id]


class TestRefunds:
    def test_one_made_in_the_dashboard_has_no_reference(
        self, gateway: StripeGateway, simulator: StripeSimulator, ask: Charge
    ) -> None:
        paid = gateway.charge(ask("a-1", 1000))

        made = simulator.act("dashboard_refund", {"id": paid.payment_id, "amount": 300})

        found = gateway.fetch_refund(made["id"])
        assert (found.payment_id, found.reference) == (paid.payment_id, "")
        events = [one for one in gateway.list_events(since=LONG_AGO) if one.topic is Topic.REFUND]
        assert [one.object_id for one in events] == [found.refund_id]

    def test_one_that_fails_gives_the_money_back_to_the_books(
        self, gateway: StripeGateway, simulator: StripeSimulator, ask: Charge
    ) -> None:
        paid = gateway.charge(ask("a-1", 1000))
        given = gateway.refund(RefundRequest("r-1", paid.payment_id, Money(400, "USD"), "r"))

        simulator.act("refund_fail", {"id": given.refund_id, "reason": "lost_or_stolen_card"})

        found = gateway.fetch_refund(given.refund_id)
        assert (found.state, found.failure_code) == (RefundState.FAILED, "lost_or_stolen_card")
        far = datetime(2100, 1, 1, tzinfo=UTC)
        moved = [
            line.amount.amount_minor
            for line in gateway.list_movements(starts=LONG_AGO, ends=far)
            if line.kind is MovementKind.REFUND
        ]
        assert moved == [400, -400]
        with pytest.raises(ValueError, match="cannot fail"):
            simulator.act("refund_fail", {"id": given.refund_id})

    def test_one_to_a_bank_account_is_pending(
        self, server: SimulatorServer, gateway: StripeGateway, ask: Charge
    ) -> None:
        debit = gateway.charge(ask("a-1", 1000, "bank"))
        server.advance(4 * DAY_S)
        given = gateway.refund(RefundRequest("r-1", debit.payment_id, Money(400, "USD"), "r"))

        server.advance(4 * DAY_S)

        assert given.state is RefundState.PENDING
        assert gateway.fetch_refund(given.refund_id).state is RefundState.SUCCEEDED


class TestDisputes:
    def test_a_fated_card_is_disputed_a_day_later(
        self, server: SimulatorServer, gateway: StripeGateway, ask: Charge
    ) -> None:
        gateway.charge(ask("a-1", 1000, "disputed"))
        server.advance(DAY_S)

        events = [one for one in gateway.list_events(since=LONG_AGO) if one.topic is Topic.DISPUTE]

        assert [one.kind for one in events] == [
            "charge.dispute.created",
            "charge.dispute.funds_withdrawn",
        ]
        found = gateway.fetch_dispute(events[0].object_id)
        assert found.evidence_due_at is not None
        with pytest.raises(GatewayRejected) as caught:
            gateway.refund(RefundRequest("r-1", found.payment_id, Money(1, "USD"), "r"))
        assert caught.value.code == "charge_disputed"

    def test_an_inquiry_moves_no_money_until_it_is_a_dispute(
        self, gateway: StripeGateway, simulator: StripeSimulator, ask: Charge
    ) -> None:
        paid = gateway.charge(ask("a-1", 1000))
        name = simulator.act("dispute_open", {"id": paid.payment_id, "is_inquiry": True})["id"]
        inquiry = gateway.fetch_dispute(name)

        simulator.act("dispute_escalate", {"id": name})

        assert (inquiry.state, inquiry.withdrawn) == (DisputeState.INQUIRY, Money(0, "USD"))
        assert gateway.fetch_dispute(name).withdrawn == Money(1000, "USD")

    def test_one_that_is_partly_won_keeps_the_rest(
        self, gateway: StripeGateway, simulator: StripeSimulator, ask: Charge
    ) -> None:
        paid = gateway.charge(ask("a-1", 1000))
        name = simulator.act("dispute_open", {"id": paid.payment_id})["id"]

        simulator.act("dispute_close", {"id": name, "outcome": "won", "amount": 600})

        found = gateway.fetch_dispute(name)
        assert (found.state, found.withdrawn) == (DisputeState.WON, Money(400, "USD"))
