"""The same payment by each gateway through the same services: asked for, told of, lost, forged, credited once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gateway_simulators.common.faults import Fault
from payments.enums import AttemptState
from tests.payments.shop import Shop

if TYPE_CHECKING:
    from gateway_simulators.common.server import SimulatorServer
    from tests.cast import Cast

PAID_WITH = {
    "stripe": ("card", "visa", "4242", ""),
    "paypal": ("agreement", "", "", "ok@payer.example"),
    "razorpay": ("card", "visa", "1111", ""),
}


class TestPaid:
    def test_it_is_credited_once_whoever_tells_of_it_and_how_often(self, shop: Shop) -> None:
        payment = shop.start()
        shop.press(payment)

        assert shop.sync(payment) == AttemptState.SUCCEEDED
        told = shop.told()
        shop.hear([*told, *reversed(told)])
        shop.hear()
        assert shop.sync(payment) == AttemptState.SUCCEEDED
        shop.poll()

        assert told
        stored = [(one.event_id, bytes(one.body_hash)) for one in shop.events()]
        assert len(stored) == len(set(stored))
        shop.agrees(1050)

    def test_it_says_what_it_was_made_with(self, shop: Shop) -> None:
        row = shop.row(shop.paid())

        used = (row.paid_kind, row.paid_brand, row.paid_last4, row.paid_name)
        assert used == PAID_WITH[shop.gateway]

    def test_webhooks_alone_credit_it_and_the_return_finds_it_so(self, shop: Shop) -> None:
        payment = shop.start()
        shop.press(payment)

        assert "processed" in shop.hear()

        assert shop.row(payment).state == AttemptState.SUCCEEDED
        assert shop.sync(payment) == AttemptState.SUCCEEDED
        shop.agrees(1050)

    def test_without_webhook_and_return_the_poller_credits_it(self, shop: Shop) -> None:
        payment = shop.start()
        shop.press(payment)
        shop.told()  # lost

        shop.poll()

        assert shop.row(payment).next_poll_at is None
        shop.agrees(1050)

    def test_after_an_outage_of_ours_lists_tell_what_no_webhook_told(self, shop: Shop) -> None:
        payment = shop.paid()
        shop.told()  # lost
        shop.desk.refund(shop.row(payment).external_id, 400)
        shop.told()  # lost

        assert shop.catch_up() > 0
        assert shop.catch_up() == 0

        shop.agrees(650)

    def test_gross_is_credited_and_the_fee_stands_beside_it(self, shop: Shop) -> None:
        row = shop.row(shop.paid())

        assert row.fee_minor
        assert (row.received_minor, row.amount_minor) == (1050, 1050)
        shop.agrees(1050)

    def test_what_it_was_for_may_be_gone_its_money_is_credit(self, shop: Shop) -> None:
        first, second = shop.paid("form-1"), shop.paid("form-2")

        assert shop.row(first).reference == shop.row(second).reference
        shop.agrees(2100)


class TestNotPaid:
    def test_a_decline_credits_nothing_and_leaves_the_page_open(self, shop: Shop) -> None:
        payment = shop.start()
        shop.press(payment, "decline")

        assert shop.sync(payment) == AttemptState.REQUIRES_ACTION
        shop.hear()
        shop.agrees(0)
        shop.press(payment)
        assert shop.sync(payment) == AttemptState.SUCCEEDED
        shop.agrees(1050)

    def test_an_older_event_after_the_payment_changes_nothing(self, shop: Shop) -> None:
        payment = shop.start()
        shop.press(payment, "decline")
        shop.sync(payment)
        shop.press(payment)
        shop.sync(payment)

        shop.hear(list(reversed(shop.told())))

        assert shop.row(payment).state == AttemptState.SUCCEEDED
        shop.agrees(1050)

    def test_pending_money_is_credited_when_it_is_there(self, shop: Shop) -> None:
        payment = shop.start()
        shop.press(payment, "pending")
        shop.hear()
        shop.sync(payment)

        assert shop.row(payment).state == AttemptState.PENDING
        assert shop.row(payment).next_poll_at is not None
        assert shop.balance() == 0
        shop.desk.settle(shop.row(payment).external_id)
        shop.hear()
        assert shop.row(payment).state == AttemptState.SUCCEEDED
        shop.agrees(1050)


class TestOutage:
    def test_at_the_return_nothing_has_failed(self, shop: Shop, simulated: SimulatorServer) -> None:
        payment = shop.start()
        shop.press(payment)
        simulated.faults.append(Fault(".*", "429", left=99))

        assert shop.sync(payment) == AttemptState.REQUIRES_ACTION

        simulated.faults.clear()
        shop.poll()
        shop.agrees(1050)

    def test_a_revoked_key_breaks_this_connection_alone_and_webhooks_still_come_in(
        self, shop: Shop, cast: Cast, simulated: SimulatorServer
    ) -> None:
        other = Shop.open((cast.sonora, cast.aria), simulated, shop.gateway, "sonora")
        payment = shop.start()
        shop.press(payment)
        told = shop.told()
        shop.desk.revoke("nimbus")

        shop.sync(payment)

        assert (shop.connection.state, other.connection.state) == ("broken", "ok")
        assert shop.row(payment).state == AttemptState.REQUIRES_ACTION
        assert {shop.deliver(one) for one in told} == {200}
        other.paid()
        other.agrees(1050)

    def test_a_new_key_goes_on_where_the_revoked_one_stopped(self, shop: Shop) -> None:
        payment = shop.start()
        shop.press(payment)
        shop.desk.revoke("nimbus")
        shop.poll()

        shop.renew()
        shop.poll(hours=2)

        assert shop.connection.state == "ok"
        assert shop.row(payment).state == AttemptState.SUCCEEDED
        shop.agrees(1050)


class TestDiffers:
    @pytest.mark.parametrize(
        ("facts", "problem"),
        [
            ({"minor": 1000}, "amount"),
            ({"minor": 1100}, "amount"),
            ({"currency": "EUR"}, "currency"),
            ({"reference": "pay_another"}, "reference"),
        ],
        ids=["part", "more", "currency", "reference"],
    )
    def test_money_that_differs_is_shown_and_not_credited(
        self, shop: Shop, facts: dict[str, object], problem: str
    ) -> None:
        payment = shop.start()
        shop.press(payment)
        shop.capture(payment)
        (taken,) = shop.desk.taken(shop.slug)
        shop.desk.alter(taken, **facts)

        shop.sync(payment)
        shop.hear()
        shop.poll()

        row = shop.row(payment)
        assert (row.state, row.problem, row.external_id) == ("quarantined", problem, taken)
        assert (shop.balance(), shop.cleared()) == (0, 0)
