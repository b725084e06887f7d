"""How a dispute at PayPal ended, and what the seller has lost by it, which is not what the payer got."""

from typing import Any

import pytest

from billing_platform.kernel.money import Money
from gateway_simulators.paypal.simulator import PayPalSimulator
from payments.gateways.answers import read
from payments.gateways.errors import GatewayUnavailable
from payments.gateways.paypal.gateway import PayPalGateway
from payments.gateways.paypal.reading import dispute_of
from payments.gateways.values import DisputeState
from tests.payments.gateways.contract import Act, Pay

WON, LOST = DisputeState.WON, DisputeState.LOST
TEN = {"value": "10.00", "currency_code": "USD"}
DISPUTE: dict[str, Any] = {
    "dispute_id": "PP-1",
    "status": "RESOLVED",
    "reason": "UNAUTHORISED",
    "dispute_amount": TEN,
    "dispute_life_cycle_stage": "CHARGEBACK",
    "disputed_transactions": [{"seller_transaction_id": "1"}],
}


def moved(party: str, kind: str, value: str, reason: str = "DISPUTE_SETTLEMENT") -> dict[str, Any]:
    amount = {"value": value, "currency_code": "USD"}
    return {"party": party, "type": kind, "reason": reason, "amount": amount}


class TestDecided:
    @pytest.mark.parametrize(
        ("details", "state", "withdrawn"),
        [
            ({"outcome": "won"}, WON, 0),
            ({"outcome": "lost"}, LOST, 1000),
            ({"outcome": "lost", "is_told": False}, LOST, 1000),
            ({"outcome": "lost", "amount": "4.00", "is_told": False}, LOST, 400),
            ({"outcome": "accepted"}, LOST, 1000),
            ({"outcome": "protected"}, WON, 0),
            ({"outcome": "canceled"}, WON, 0),
        ],
    )
    def test_it_has_cost_what_moved(  # noqa: PLR0917 - fixtures
        self,
        gateway: PayPalGateway,
        simulator: PayPalSimulator,
        pay: Pay,
        dispute: Act,
        details: dict[str, Any],
        state: DisputeState,
        withdrawn: int,
    ) -> None:
        name = dispute(pay("a-1", 1000).payment_id)
        simulator.act("dispute_close", {"id": name, **details})

        found = gateway.fetch_dispute(name)

        assert (found.state, found.withdrawn) == (state, Money(withdrawn, "USD"))
        assert found.fee == Money(2000, "USD")


class TestUntold:
    """PayPal need not tell what moved, nor what the payer got."""

    @pytest.mark.parametrize(
        ("outcome", "given", "state", "withdrawn"),
        [
            ("RESOLVED_BUYER_FAVOUR", None, LOST, 1000),
            ("RESOLVED_BUYER_FAVOUR", "4.00", LOST, 400),
            ("ACCEPTED", None, LOST, 1000),
            ("RESOLVED_SELLER_FAVOUR", None, WON, 0),
            ("RESOLVED_SELLER_FAVOUR", "10.00", WON, 0),
            ("RESOLVED_WITH_PAYOUT", "10.00", WON, 0),
            ("CANCELED_BY_BUYER", None, WON, 0),
            ("DENIED", None, WON, 0),
            ("NONE", None, WON, 0),
        ],
    )
    def test_the_outcome_says_who_pays(
        self, outcome: str, given: str | None, state: DisputeState, withdrawn: int
    ) -> None:
        told = {"outcome_code": outcome}
        more = {"amount_refunded": {**TEN, "value": given}} if given else {}

        found = read(dispute_of, {**DISPUTE, "dispute_outcome": {**told, **more}})

        assert (found.state, found.withdrawn) == (state, Money(withdrawn, "USD"))

    def test_an_outcome_that_is_not_known_is_no_fact(self) -> None:
        with pytest.raises(GatewayUnavailable):
            read(dispute_of, {**DISPUTE, "dispute_outcome": {"outcome_code": "SETTLED"}})


class TestMoved:
    @pytest.mark.parametrize(
        ("movements", "state", "withdrawn"),
        [
            ([moved("PAYMENT_PROCESSOR", "DEBIT", "10.00")], WON, 0),
            ([moved("BUYER", "CREDIT", "10.00"), moved("SELLER", "DEBIT", "10.00")], LOST, 1000),
            ([moved("SELLER", "DEBIT", "20.00", "CHARGEBACK_FEE")], LOST, 1000),
            ([moved("SELLER", "DEBIT", "10.00"), moved("SELLER", "CREDIT", "3.00")], LOST, 700),
        ],
    )
    def test_only_the_sellers_money_is_lost(
        self, movements: list[dict[str, Any]], state: DisputeState, withdrawn: int
    ) -> None:
        outcome = {"outcome_code": "RESOLVED_BUYER_FAVOUR", "amount_refunded": TEN}

        found = read(
            dispute_of, {**DISPUTE, "dispute_outcome": outcome, "fund_movements": movements}
        )

        assert (found.state, found.withdrawn) == (state, Money(withdrawn, "USD"))
        assert found.is_awaited is (state is WON), "our part of it may be told later"
