"""Money follows a dispute: gone when it is opened, back when it is won, once, in whatever order it is told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from accounts.selectors.balances import wallet_of
from accounts.selectors.bonus import bonus_left
from accounts.services.grants import grant_credit
from billing_platform.kernel.clock import now
from billing_platform.kernel.money import Money
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from gateway_simulators.common.faults import Fault
from gateway_simulators.stripe.simulator import StripeSimulator
from payments.errors import (
    MethodFrozen,
    NotRefundable,
    StillDisputed,
)
from payments.selectors.methods import methods_of
from payments.services.disputes import release_method
from payments.services.polling import catch_up, poll_due
from payments.services.sync import sync_payment
from payments.services.webhooks import process_event
from tests.accounts.books import Books
from tests.payments.disputed import FEE, agrees, close, dispute, rows, states
from tests.payments.services.test_method_freezing import keep
from tests.payments.services.test_refunds import act, back, paid
from tests.payments.till import Till, later

if TYPE_CHECKING:
    from tests.cast import Cast


class TestMoney:
    def test_it_goes_with_the_fee_and_comes_back_without(self, till: Till) -> None:
        payment = paid(till)
        name = dispute(till, payment)
        assert set(till.hear()) == {"processed"}

        agrees(till, 0, fees=FEE)
        assert (till.row(payment).state, states(till)) == ("disputed", ["open"])

        close(till, name, "won")
        till.hear()
        agrees(till, 1050, fees=FEE)
        assert (till.row(payment).state, states(till)) == ("succeeded", ["won"])
        assert sync_payment(
            provider_id=till.provider_id, attempt_id=till.row(payment).pk, now=now()
        ) == ("succeeded")

    def test_lost_it_stays_away_and_nothing_is_refunded(self, till: Till) -> None:
        payment = paid(till)
        name = dispute(till, payment)
        till.hear()
        with pytest.raises(NotRefundable):
            back(till, payment, 5)

        close(till, name, "lost")
        till.hear()

        agrees(till, 0, fees=FEE)
        assert (till.row(payment).state, states(till)) == ("disputed", ["lost"])
        with pytest.raises(NotRefundable):
            back(till, payment, 5, "form-2")

    def test_it_is_told_twice_and_backwards_and_asked_between(self, till: Till) -> None:
        payment = paid(till)
        name = dispute(till, payment)
        opened = till.deliveries()
        close(till, name, "won")
        closed = till.deliveries()

        till.hear(closed[::-1] + opened[::-1] + closed)
        poll_due(provider_id=till.provider_id, now=later(hours=2))

        agrees(till, 1050, fees=FEE)
        assert (till.row(payment).state, states(till)) == ("succeeded", ["won"])

    def test_an_older_view_that_is_written_later_changes_nothing(self, till: Till) -> None:
        payment = paid(till)
        name = dispute(till, payment)
        till.hear()
        simulator = till.server.gateways["stripe"]
        assert isinstance(simulator, StripeSimulator)
        found = simulator.accounts["acct_nimbus"].find("dispute", name)
        before = dict(found)
        close(till, name, "won")
        till.hear()
        now_stands = dict(found)

        found.update(before)
        till.hear(till.deliveries())
        for _ in range(2):
            poll_due(provider_id=till.provider_id, now=later(days=2))
        found.update(now_stands)

        agrees(till, 1050, fees=FEE)

    def test_of_a_part_a_part_comes_back(self, till: Till) -> None:
        payment = paid(till)
        name = dispute(till, payment, amount=700)
        till.hear()
        agrees(till, 350, fees=FEE)

        close(till, name, "won", amount=500)
        till.hear()

        agrees(till, 850, fees=FEE)
        assert till.row(payment).state == "disputed"  # 2.00 of it have not come back

    def test_an_inquiry_moves_nothing_until_it_becomes_more(self, till: Till) -> None:
        payment = paid(till)
        name = dispute(till, payment, is_inquiry=True)
        till.hear()
        agrees(till, 1050)
        assert (till.row(payment).state, states(till)) == ("succeeded", ["inquiry"])

        act(till, "dispute_escalate", id=name)
        till.hear()
        agrees(till, 0, fees=FEE)
        assert states(till) == ["open"]

    def test_a_closed_inquiry_is_over(self, till: Till) -> None:
        name = dispute(till, paid(till), is_inquiry=True)
        close(till, name, "warning_closed")
        till.hear()

        agrees(till, 1050)
        assert states(till) == ["won"]

    def test_two_of_one_payment_are_two(self, till: Till) -> None:
        payment = paid(till)
        first = dispute(till, payment, amount=400)
        close(till, first, "won")
        charge = till.server.gateways["stripe"].accounts["acct_nimbus"]  # type: ignore[attr-defined]
        charge.find("charge", charge.find("dispute", first)["charge"])["disputed"] = False
        dispute(till, payment, amount=650)
        till.hear()

        agrees(till, 400, fees=2 * FEE)
        assert (till.row(payment).state, states(till)) == ("disputed", ["won", "open"])

    def test_a_debit_that_came_back_is_a_return(self, till: Till) -> None:
        payment = till.start()
        till.press(payment, "bank")
        till.hear()
        till.server.advance(5 * 86_400)
        till.hear()
        assert till.balance() == 1050

        act(till, "ach_return", id=till.row(payment).external_id)
        till.hear()

        agrees(till, 0, fees=FEE)
        (row,) = rows(till)
        assert (row.state, row.is_return, row.evidence_due_at) == ("lost", True, None)
        with provider_scope(till.provider_id):
            kinds = fetch_all(
                "SELECT kind FROM accounts_posting WHERE source_type = 'dispute' ORDER BY id"
            )
        assert kinds == [("bank_return",), ("gateway_fee",)]

    def test_it_takes_what_was_paid_and_leaves_other_bonus_alone(self, till: Till) -> None:
        payment = paid(till)
        with provider_scope(till.provider_id):
            grant_credit(
                provider_id=till.provider_id,
                tenant_id=till.tenant_id,
                amount=Money(300, "USD"),
                reason="x",
                key="bonus",
                now=now(),
            )
        name = dispute(till, payment)
        till.hear()
        assert (till.balance(), left_of_bonus(till)) == (300, 300)

        close(till, name, "won")
        till.hear()

        assert (till.balance(), left_of_bonus(till)) == (1350, 300)


def left_of_bonus(till: Till) -> int:
    with provider_scope(till.provider_id):
        return bonus_left(till.provider_id, till.tenant_id, "USD")


class TestFound:
    def test_without_any_webhook_by_listing_after_an_outage(self, till: Till) -> None:
        payment = paid(till)
        name = dispute(till, payment)
        till.deliveries()

        catch_up(provider_id=till.provider_id, now=now())
        agrees(till, 0, fees=FEE)

        close(till, name, "won")
        till.deliveries()
        poll_due(provider_id=till.provider_id, now=later(minutes=2))
        agrees(till, 1050, fees=FEE)

    def test_before_its_payments_own_event(self, till: Till) -> None:
        payment = till.start()
        till.press(payment)
        simulator = till.server.gateways["stripe"]
        assert isinstance(simulator, StripeSimulator)
        (intent,) = simulator.accounts["acct_nimbus"].all("payment_intent")
        events = till.deliveries()
        act(till, "dispute_open", id=intent["id"])

        till.hear()
        assert till.row(payment).state == "disputed"
        agrees(till, 0, fees=FEE)
        till.hear(events)
        agrees(till, 0, fees=FEE)

    @pytest.mark.parametrize("mode", ["500", "429", "lost", "reset"])
    def test_while_the_gateway_has_no_answer_it_waits(self, till: Till, mode: str) -> None:
        payment = paid(till)
        dispute(till, payment)
        till.server.faults.append(Fault("/v1/disputes/.*", mode, left=99))
        assert set(till.hear()) == {"received"}
        assert till.balance() == 1050
        till.server.faults.clear()

        poll_due(provider_id=till.provider_id, now=later(minutes=5))

        agrees(till, 0, fees=FEE)

    def test_the_body_of_an_event_moves_nothing(self, till: Till) -> None:
        payment = paid(till)
        dispute(till, payment)
        for delivery in till.deliveries():
            body = delivery.body.replace('"amount": 1050', '"amount": 5')
            assert body != delivery.body
            till.hear([replace(delivery, body=body)])

        agrees(till, 0, fees=FEE)

    def test_of_another_providers_payment_it_is_ignored(self, till: Till, cast: Cast) -> None:
        payment = till.charge(till.save_card())
        secret = till.deliveries()[0].secret
        other = Till.open(cast.sonora, cast.aria, till.server, "sonora")
        foreign = other.charge(other.save_card())
        other.hear()
        dispute(other, foreign)

        for delivery in till.deliveries():
            number = till.receive(delivery, secret=secret)
            done = process_event(provider_id=till.provider_id, event_id=number, now=now())
            assert done == "ignored"

        assert (rows(till), till.row(payment).state) == ([], "succeeded")


class TestFollows:
    def test_the_method_is_frozen_and_released_when_it_is_won(self, till: Till) -> None:
        card = till.save_card()
        keep(till, card, is_default=True)
        payment = till.charge(card)
        name = dispute(till, payment)
        till.hear()
        with provider_scope(till.provider_id):
            (method,) = methods_of(till.provider_id, till.tenant_id)
        assert (method.is_frozen, method.is_default) == (True, False)
        with pytest.raises(MethodFrozen):
            till.charge(card, "job-2")
        (row,) = rows(till)
        with pytest.raises(StillDisputed):
            release_method(provider_id=till.provider_id, public_id=row.public_id)

        close(till, name, "won")
        till.hear()
        for _ in range(2):
            release_method(provider_id=till.provider_id, public_id=row.public_id)

        assert till.row(till.charge(card, "job-3")).state == "succeeded"

    def test_the_client_is_suspended_and_comes_back_in_the_same_step(self, till: Till) -> None:
        payment = paid(till)
        with provider_scope(till.provider_id):
            wallet = wallet_of(till.provider_id, till.tenant_id, "USD")
            books = Books(till.provider_id, [till.tenant_id], [wallet.id])
            books.due(100, now=now())
            assert not books.is_suspended()
        name = dispute(till, payment)
        till.hear()
        with provider_scope(till.provider_id):
            assert (books.balance(), books.is_suspended()) == (-100, True)

        close(till, name, "won")
        till.hear()
        with provider_scope(till.provider_id):
            assert (books.balance(), books.is_suspended()) == (950, False)
