"""What every gateway promises about money after it was paid: disputes, events to catch up with, and the books."""

from datetime import UTC, datetime, timedelta

import pytest

from billing_platform.kernel.money import Money
from payments.gateways.protocol import Gateway
from payments.gateways.values import DisputeState, MovementKind, Topic
from tests.payments.gateways.contract import LONG_AGO, Act, Pay, refund_request
from tests.payments.stand import NOW

AT = datetime.fromtimestamp(NOW, UTC)


class DisputeContract:
    """Fixtures: gateway, pay, dispute and ask_about (payment id; return the dispute's id), escalate (an inquiry's id),
    decide (dispute id, won or lost). `names_disputes`: the books' lines name the dispute, else the payment alone."""

    names_disputes = True

    @pytest.mark.parametrize(
        ("state", "withdrawn"), [(DisputeState.WON, 0), (DisputeState.LOST, 1000)]
    )
    def test_the_money_of_a_dispute_is_told(  # noqa: PLR0917 - fixtures
        self,
        gateway: Gateway,
        pay: Pay,
        dispute: Act,
        decide: Act,
        state: DisputeState,
        withdrawn: int,
    ) -> None:
        paid = pay("a-1", 1000)

        opened = gateway.fetch_dispute(dispute(paid.payment_id))
        decide(opened.dispute_id, state.value)
        closed = gateway.fetch_dispute(opened.dispute_id)

        assert (opened.state, opened.payment_id) == (DisputeState.OPEN, paid.payment_id)
        assert opened.amount == opened.withdrawn == Money(1000, "USD")
        assert (closed.state, closed.withdrawn) == (state, Money(withdrawn, "USD"))

    def test_an_inquiry_moves_no_money_until_it_is_a_dispute(
        self, gateway: Gateway, pay: Pay, ask_about: Act, escalate: Act
    ) -> None:
        paid = pay("a-1", 1000)

        asked = gateway.fetch_dispute(ask_about(paid.payment_id))
        escalate(asked.dispute_id)
        claimed = gateway.fetch_dispute(asked.dispute_id)

        assert (asked.state, asked.withdrawn) == (DisputeState.INQUIRY, Money(0, "USD"))
        assert (claimed.state, claimed.withdrawn) == (DisputeState.OPEN, Money(1000, "USD"))
        assert claimed.evidence_due_at is not None

    def test_it_is_told_by_the_list_and_stands_in_the_books(
        self, gateway: Gateway, pay: Pay, dispute: Act
    ) -> None:
        paid = pay("a-1", 1000)
        name = dispute(paid.payment_id)

        listed = gateway.list_events(since=LONG_AGO)
        # PayPal takes a month at a time: a longer span is a call for each.
        near, far = AT - timedelta(days=40), AT + timedelta(days=40)
        moved = gateway.list_movements(starts=near, ends=far)

        assert name in {one.object_id for one in listed if one.topic is Topic.DISPUTE}
        about = name if self.names_disputes else paid.payment_id
        taken = [(one.object_id, one.amount) for one in moved if one.kind is MovementKind.DISPUTE]
        assert taken == [(about, Money(-1000, "USD"))]


class CatchUpContract:
    """Fixtures: gateway, pay."""

    def test_events_are_listed_oldest_first(self, gateway: Gateway, pay: Pay) -> None:
        first = pay("a-1", 1000)
        second = pay("a-2", 2000)

        found = [
            event.object_id
            for event in gateway.list_events(since=LONG_AGO)
            if event.topic is Topic.PAYMENT
        ]

        assert list(dict.fromkeys(found)) == [first.payment_id, second.payment_id]

    def test_the_books_hold_each_movement(self, gateway: Gateway, pay: Pay) -> None:
        paid = pay("a-1", 1000)
        given = gateway.refund(refund_request(paid, "r-1", 400))

        # PayPal takes a month at a time: a longer span is a call for each.
        near, far = AT - timedelta(days=40), AT + timedelta(days=40)
        found = [
            (line.object_id, line.kind, line.amount.amount_minor)
            for line in gateway.list_movements(starts=near, ends=far)
            if line.kind is not MovementKind.FEE
        ]

        assert sorted(found) == sorted(
            [
                (paid.payment_id, MovementKind.PAYMENT, 1000),
                (given.refund_id, MovementKind.REFUND, -400),
            ]
        )
        assert list(gateway.list_movements(starts=far, ends=far + timedelta(days=1))) == []
