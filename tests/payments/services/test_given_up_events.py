"""Events that could not be worked off: kept while a key is refused, taken up on a new one, shown to people else."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope
from gateway_simulators.common.faults import Fault
from payments.enums import EventState
from payments.errors import EventNotFound
from payments.gateways.values import GatewayEvent, Topic
from payments.selectors.events import count_given_up, given_up_events
from payments.services.polling import poll_due
from payments.services.stored_events import (
    set_event_aside,
    store_listed,
    take_up_given_up,
)
from payments.services.webhooks import process_event

if TYPE_CHECKING:
    from datetime import datetime

    from payments.models import WebhookEvent
    from tests.cast import Cast
    from tests.payments.shop import Shop


def pass_time(shop: Shop, hours: int) -> datetime:
    """Let the poller come by at each due time for so many hours, and return the moment after them."""
    end = now() + timedelta(hours=hours)
    for _ in range(200):
        waiting = [event.next_try_at for event in shop.events() if event.next_try_at]
        if not waiting or min(waiting) > end:
            break
        poll_due(provider_id=shop.provider_id, now=max(min(waiting), now()))
    return end


def failed(shop: Shop) -> list[WebhookEvent]:
    """Return the events of a payment that were given up, after a day and a half of silence."""
    payment = shop.start()
    shop.press(payment)
    shop.capture(payment)
    for one in shop.told():
        assert shop.deliver(one) == 200
    shop.server.faults.append(Fault(".*", "429", left=9999))
    pass_time(shop, 40)
    shop.server.faults.clear()
    found = [event for event in shop.events() if event.state == EventState.FAILED]
    assert found
    return found


class TestRefusedKey:
    def test_what_came_meanwhile_is_followed_on_a_new_one(self, shop: Shop) -> None:
        payment = shop.paid()
        shop.hear()
        shop.desk.revoke(shop.slug)
        shop.desk.refund(shop.row(payment).external_id, 300)
        for one in shop.told():
            assert shop.deliver(one) == 200
        shop.work_off()

        pass_time(shop, 40)

        waiting = [one for one in shop.events() if one.state == EventState.RECEIVED]
        assert waiting
        assert shop.balance() == 1050
        assert EventState.FAILED not in {one.state for one in shop.events()}
        shop.renew()
        assert {one.tries for one in shop.events() if one.state == EventState.RECEIVED} == {0}
        poll_due(provider_id=shop.provider_id, now=now())
        shop.agrees(750)

    def test_what_was_given_up_before_is_taken_up_too(self, shop: Shop) -> None:
        failed(shop)

        shop.renew()
        poll_due(provider_id=shop.provider_id, now=now())

        assert {one.state for one in shop.events()} <= {"processed", "ignored"}
        shop.agrees(1050)


class TestGivenUp:
    def test_one_that_is_listed_again_is_taken_up(self, shop: Shop) -> None:
        known = {event.event_id for event in failed(shop)}
        since = now() - timedelta(days=1)
        listed = {one.event_id for one in shop.speaker().list_events(since=since)}

        shop.catch_up()

        shop.agrees(1050)
        # Razorpay lists no events; what it lists instead has ids of its own.
        again = [one.state for one in shop.events() if one.event_id in known & listed]
        assert set(again) <= {"processed", "ignored"}
        assert again or shop.gateway == "razorpay"

    def test_one_that_fails_again_after_that_is_left_to_people(self, shop: Shop) -> None:
        event, *_ = failed(shop)
        listed = GatewayEvent(
            event_id=event.event_id,
            kind=event.kind,
            topic=Topic(event.topic),
            object_id=event.object_id,
            is_live=False,
            account_id="",
            created_at=event.created_at,
        )
        own = {"provider_id": shop.provider_id, "connection_id": event.connection_id}
        shop.server.faults.append(Fault(".*", "429", left=9999))

        assert store_listed(**own, events=[listed], now=now()) == [event.pk]
        pass_time(shop, 40)

        with provider_scope(shop.provider_id):
            assert event.pk in [
                one.event.id for one in given_up_events(shop.provider_id, before=None, limit=99)
            ]
        assert store_listed(**own, events=[listed], now=now()) == []
        shop.server.faults.clear()
        take_up_given_up(provider_id=shop.provider_id, now=now())
        poll_due(provider_id=shop.provider_id, now=now())
        shop.agrees(1050)

    def test_it_is_counted_and_listed_until_somebody_ends_it(self, shop: Shop, cast: Cast) -> None:
        event, *more = failed(shop)
        with provider_scope(shop.provider_id):
            assert count_given_up(shop.provider_id) == {"Pay": 1 + len(more)}
            lines = given_up_events(shop.provider_id, before=None, limit=9)
            assert given_up_events(shop.provider_id, before=event.pk, limit=9) == []
        assert (lines[-1].event.id, lines[-1].connection) == (event.pk, "Pay")
        with provider_scope(cast.sonora):
            assert count_given_up(cast.sonora) == {}

        with pytest.raises(EventNotFound):
            set_event_aside(provider_id=cast.sonora, event_id=event.pk, person="x", now=now())
        set_event_aside(
            provider_id=shop.provider_id, event_id=event.pk, person="paula@x.example", now=now()
        )

        event = next(one for one in shop.events() if one.pk == event.pk)
        assert event.state == EventState.IGNORED
        assert "paula@x.example" in event.error
        with pytest.raises(EventNotFound):
            set_event_aside(provider_id=shop.provider_id, event_id=event.pk, person="x", now=now())

    def test_all_are_worked_off_again_by_the_poller(self, shop: Shop, cast: Cast) -> None:
        count = len(failed(shop))

        assert take_up_given_up(provider_id=cast.sonora, now=now()) == 0
        assert take_up_given_up(provider_id=shop.provider_id, now=now()) == count
        poll_due(provider_id=shop.provider_id, now=now())

        shop.agrees(1050)

    def test_one_that_fails_again_is_tried_again(self, shop: Shop) -> None:
        event, *_ = failed(shop)
        shop.server.faults.append(Fault(".*", "429", left=9999))

        state = process_event(
            provider_id=shop.provider_id, event_id=event.pk, now=now(), again=True
        )

        assert state == EventState.RECEIVED


class TestEarly:
    def test_a_refund_that_is_not_known_at_once_is_asked_for_again(self, shop: Shop) -> None:
        payment = shop.paid()
        shop.hear()
        refund = shop.desk.refund(shop.row(payment).external_id, 300)
        told = shop.told()
        simulator = shop.desk.there
        account = next(one for one in simulator.accounts.values() if refund in one.objects)
        hidden = account.objects.pop(refund)
        for one in told:
            shop.deliver(one)
        shop.work_off()
        account.objects[refund] = hidden

        poll_due(provider_id=shop.provider_id, now=now() + timedelta(minutes=3))

        if (
            shop.gateway != "razorpay"
        ):  # its refusal of an id that it does not know has no code of its own
            shop.agrees(750)
