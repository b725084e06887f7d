"""What every gateway promises; each gateway's test derives from it and stands its simulator up."""

from collections.abc import Callable

import pytest

from billing_platform.kernel.money import Money
from payments.gateways.errors import GatewayRejected, GatewayUnavailable
from payments.gateways.protocol import Gateway
from payments.gateways.requests import ChargeRequest, RefundRequest
from payments.gateways.values import PaymentState, RefundState

Charge = Callable[..., ChargeRequest]


class GatewayContract:
    """Fixtures wanted: gateway, foreign (another account), ask (a charge: key, minor, card), lose (the next write's
    answer), deny (all answers) and count (the charges made)."""

    def test_a_charge_is_the_gateways_own_state(self, gateway: Gateway, ask: Charge) -> None:
        paid = gateway.charge(ask("a-1", 1050))

        assert paid.state is PaymentState.SUCCEEDED
        assert paid.received == paid.amount == Money(1050, "USD")
        assert paid.reference == "attempt-a-1"
        assert gateway.fetch_payment(paid.payment_id) == paid

    def test_one_key_is_one_charge(self, gateway: Gateway, ask: Charge) -> None:
        request = ask("a-1", 1050)

        assert gateway.charge(request) == gateway.charge(request)

    def test_a_key_with_another_amount_is_rejected(self, gateway: Gateway, ask: Charge) -> None:
        gateway.charge(ask("a-1", 1050))

        with pytest.raises(GatewayRejected):
            gateway.charge(ask("a-1", 1051))

    def test_a_lost_answer_charges_once(
        self, gateway: Gateway, ask: Charge, lose: Callable[[], None], count: Callable[[], int]
    ) -> None:
        lose()

        gateway.charge(ask("a-1", 1050))

        assert count() == 1

    def test_no_answer_is_unavailable(
        self, gateway: Gateway, ask: Charge, deny: Callable[[], None]
    ) -> None:
        request = ask("a-1", 1050)
        deny()

        with pytest.raises(GatewayUnavailable):
            gateway.charge(request)

    def test_a_decline_is_rejected_with_its_reason(self, gateway: Gateway, ask: Charge) -> None:
        with pytest.raises(GatewayRejected) as caught:
            gateway.charge(ask("a-1", 1050, "insufficient_funds"))

        assert caught.value.decline_code == "insufficient_funds"
        kept = gateway.fetch_payment(caught.value.object_id)
        assert (kept.state, kept.received) == (PaymentState.FAILED, Money(0, "USD"))

    def test_refunds_never_exceed_the_payment(self, gateway: Gateway, ask: Charge) -> None:
        paid = gateway.charge(ask("a-1", 1000))
        part = RefundRequest("r-1", paid.payment_id, Money(600, "USD"), "refund-1")

        given = gateway.refund(part)

        assert given == gateway.refund(part) == gateway.fetch_refund(given.refund_id)
        assert (given.state, given.amount) == (RefundState.SUCCEEDED, Money(600, "USD"))
        with pytest.raises(GatewayRejected):
            gateway.refund(RefundRequest("r-2", paid.payment_id, Money(401, "USD"), "refund-2"))

    def test_another_account_sees_nothing(
        self, gateway: Gateway, foreign: Gateway, ask: Charge
    ) -> None:
        paid = gateway.charge(ask("a-1", 1050))

        assert gateway.fetch_account() != foreign.fetch_account()
        with pytest.raises(GatewayRejected):
            foreign.fetch_payment(paid.payment_id)
