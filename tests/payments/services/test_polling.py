"""What webhooks did not tell: missed events are listed, and replayed on demand; outages cost time and nothing else."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope, system_scope
from gateway_simulators.common.faults import Fault
from payments.errors import NoSealingKey
from payments.models import Credential
from payments.selectors.health import oldest_unresolved, providers_at_gateways
from payments.services.connections import change_connection
from payments.services.polling import catch_up, poll_due
from payments.services.schedule import next_event_try, next_poll
from payments.services.webhooks import process_event
from tests.payments.shop import Shop
from tests.payments.till import later
from tests.roles import as_role

if TYPE_CHECKING:
    from datetime import datetime

    from gateway_simulators.common.server import SimulatorServer
    from tests.cast import Cast
    from tests.payments.till import Till


class TestSchedule:
    def test_it_asks_after_1_5_and_30_minutes_then_hourly_then_daily(self) -> None:
        opened = at = now()
        waits = []
        for polls in range(30):
            due = next_poll(opened, polls, at)
            waits.append(int((due - at).total_seconds()) // 60)
            at = due

        assert waits[:4] == [1, 5, 30, 60]
        assert waits[26:] == [60, 1440, 1440, 1440]


class TestCatchUp:
    def test_dropped_webhooks_are_listed_once(self, till: Till) -> None:
        payment = till.start()
        till.press(payment)
        till.deliveries()  # lost

        count = catch_up(provider_id=till.provider_id, now=now())
        again = catch_up(provider_id=till.provider_id, now=now())

        assert count.events > 0
        assert again.events == 0
        assert (till.row(payment).state, till.balance()) == ("succeeded", 1050)

    def test_a_gateway_that_is_down_is_listed_from_the_same_moment_later(self, till: Till) -> None:
        payment = till.start()
        till.press(payment)
        till.server.faults.append(Fault("/v1/events", "429", left=9))

        assert catch_up(provider_id=till.provider_id, now=now()).failed == (till.public_id,)
        assert till.connection.listed_until is None
        till.server.faults.clear()

        assert catch_up(provider_id=till.provider_id, now=now()).failed == ()
        assert till.row(payment).state == "succeeded"

    def test_one_that_stops_answering_is_asked_for_one_of_what_it_listed(self, till: Till) -> None:
        payments = [till.start(key=f"form-{number}") for number in range(3)]
        for payment in payments:
            till.press(payment)
        till.deliveries()  # lost
        till.server.faults.append(Fault("/v1/(checkout|payment_intents).*", "429", left=999))

        assert catch_up(provider_id=till.provider_id, now=now()).failed == ()

        assert sum(event.tries for event in till.events()) == 1
        assert till.connection.listed_until is not None
        till.server.faults.clear()
        poll_due(provider_id=till.provider_id, now=later(minutes=9))
        assert {till.row(payment).state for payment in payments} == {"succeeded"}

    def test_what_is_known_is_looked_up_at_once(self, till: Till) -> None:
        counts = []
        for number in range(2):
            for each in range(1 + 3 * number):
                till.press(till.start(key=f"form-{number}-{each}"))
            till.deliveries()  # lost
            catch_up(provider_id=till.provider_id, now=now())

            with CaptureQueriesContext(connection) as told:
                assert catch_up(provider_id=till.provider_id, now=now()).events == 0
            counts.append(len(told))

        assert counts[0] == counts[1]


class TestSwitchedOff:
    def test_money_that_comes_back_is_listed_once_a_day(self, till: Till) -> None:
        payment = till.start()
        till.press(payment)
        till.hear()
        switch_off(till)
        simulator = till.server.gateways["stripe"]
        simulator.act("dashboard_refund", {"id": till.row(payment).external_id, "amount": 300})
        till.deliveries()  # lost

        with as_role("worker"), system_scope():
            assert providers_at_gateways() == [till.provider_id]
        catch_up(provider_id=till.provider_id, now=now())
        assert till.balance() == 750

        simulator.act("dashboard_refund", {"id": till.row(payment).external_id, "amount": 200})
        till.deliveries()
        catch_up(provider_id=till.provider_id, now=later(hours=2))
        assert till.balance() == 750
        catch_up(provider_id=till.provider_id, now=later(hours=25))
        assert till.balance() == 550

    def test_where_nothing_can_come_back_nothing_is_listed(self, till: Till) -> None:
        switch_off(till)

        catch_up(provider_id=till.provider_id, now=now())

        assert till.connection.listed_until is None


class TestEvents:
    def test_one_that_nobody_rang_for_is_worked_off_by_the_poller(self, till: Till) -> None:
        payment = till.start()
        till.press(payment)
        for delivery in till.deliveries():
            till.receive(delivery)

        with as_role("worker"), system_scope():
            assert providers_at_gateways(due_at=now()) == [till.provider_id]
        poll_due(provider_id=till.provider_id, now=now())

        assert till.row(payment).state == "succeeded"
        assert {event.state for event in till.events()} <= {"processed", "ignored"}

    def test_one_that_fails_is_tried_again_and_then_given_to_people(self, till: Till) -> None:
        payment = till.start()
        till.press(payment)
        delivery = next(one for one in till.deliveries() if "payment_intent.succ" in one.body)
        number = till.receive(delivery)
        till.server.faults.append(Fault(".*", "429", left=999))
        at, states = now(), []
        for tries in range(1, 8):
            states.append(process_event(provider_id=till.provider_id, event_id=number, now=at))
            at = next_event_try(tries, at) or at
        till.server.faults.clear()

        assert states == ["received"] * 6 + ["failed"]
        (event,) = till.events()
        assert "rate_limit" in event.error

        out = StringIO()
        with as_role("worker"):
            call_command("replay_webhook", str(number), stdout=out)
        assert out.getvalue() == f"Event {number}: processed.\n"
        assert till.balance() == 1050

    def test_no_event_is_no_event(self, till: Till) -> None:
        with as_role("worker"), pytest.raises(CommandError, match="does not exist"):
            call_command("replay_webhook", "4711")


class TestOddEvents:
    def test_one_of_a_connection_whose_secrets_no_key_opens_stops_no_other(
        self, till: Till, cast: Cast, simulated: SimulatorServer
    ) -> None:
        till.press(till.start())
        till.receive(till.deliveries()[0])
        with provider_scope(till.provider_id):
            Credential.objects.update(sealed="by a key that is gone")
        shop = Shop.open((cast.nimbus, cast.acme), simulated, "paypal")
        payments = []
        for hours in range(0, 55, 6):
            poll_due(provider_id=till.provider_id, now=later(hours=hours))
            payments.append(shop.start(f"form-{hours}", 100))
            shop.press(payments[-1])
            poll_due(provider_id=till.provider_id, now=later(hours=hours, minutes=2))

        assert {shop.row(payment).state for payment in payments} == {"succeeded"}
        (event,) = till.events()
        assert event.state == "failed"
        assert event.error == str(NoSealingKey().message)


class TestSilentGateways:
    def test_one_that_says_nothing_holds_up_no_other(
        self, till: Till, cast: Cast, simulated: SimulatorServer
    ) -> None:
        waiting = [till.start(key=f"form-{number}") for number in range(3)]
        shop = Shop.open((cast.nimbus, cast.acme), simulated, "paypal")
        payment = shop.start("form-9")
        shop.press(payment)
        simulated.faults.append(Fault(".*", "reset", left=999, gateway="stripe"))

        count = poll_due(provider_id=till.provider_id, now=later(minutes=2))

        assert (count.asked, count.moved) == (2, 1)
        assert shop.row(payment).state == "succeeded"
        polls = sorted(till.row(one).polls for one in waiting)
        assert polls == [0, 0, 1]
        simulated.faults.clear()
        for one in waiting:
            till.press(one)
        poll_due(provider_id=till.provider_id, now=later(minutes=9))
        assert {till.row(one).state for one in waiting} == {"succeeded"}

    def test_its_events_wait_after_the_first(self, till: Till) -> None:
        payment = till.start()
        till.press(payment)
        for delivery in till.deliveries():
            till.receive(delivery)
        till.server.faults.append(Fault(".*", "reset", left=999))

        count = poll_due(provider_id=till.provider_id, now=later(minutes=2))

        assert (count.asked, sum(event.tries for event in till.events())) == (0, 1)
        till.server.faults.clear()
        poll_due(provider_id=till.provider_id, now=later(minutes=8))
        assert till.row(payment).state == "succeeded"


class TestHealth:
    def test_the_oldest_undecided_payment_is_named(self, till: Till) -> None:
        first = till.start()
        till.press(first, "bank")
        till.hear()
        till.start(key="form-2")

        with provider_scope(till.provider_id):
            assert oldest_unresolved(till.provider_id) == till_created(till, first)
        out = StringIO()
        with as_role("worker"):
            call_command("poll_payments", provider="nimbus", json=True, stdout=out)
        assert till_created(till, first).isoformat() in out.getvalue()


def switch_off(till: Till) -> None:
    change_connection(
        provider_id=till.provider_id,
        public_id=till.public_id,
        label="Card",
        position=0,
        is_on=False,
        now=now(),
    )


def till_created(till: Till, payment: str) -> datetime:
    return till.row(payment).created_at
