"""What was given up is seen and can be tried again; what was sent is forgotten in time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from billing_platform.kernel import outbox
from billing_platform.kernel.errors import NotFoundError
from billing_platform.kernel.outbox import Message, UndeliverableError, enqueue, register_handler
from billing_platform.kernel.outbox_watch import (
    Backlog,
    backlog,
    dead_messages,
    forget_payloads,
    oldest_unsent,
    revive_message,
)
from billing_platform.kernel.relay import RelayCount, relay
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from tests.kernel.races import HandClock
from tests.roles import as_role, set_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture(autouse=True)
def broken_topic(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    def refuse(message: Message) -> None:
        raise UndeliverableError("no")

    monkeypatch.setattr(outbox, "_handlers", {})
    monkeypatch.setattr(outbox, "ring", lambda: None)
    register_handler("broken", refuse)
    register_handler("good", lambda message: None)
    set_role("worker")


def put(clock: HandClock, topic: str, provider_id: int = 1, key: str = "") -> bool:
    with provider_scope(provider_id):
        return enqueue(
            provider_id=provider_id,
            tenant_id=7,
            topic=topic,
            payload={"secret": 1},
            now=clock(),
            dedupe_key=key,
        )


class TestBacklog:
    def test_it_tells_a_provider_of_its_own(self, clock: HandClock) -> None:
        put(clock, "broken")
        relay(clock=clock, limit=10)
        put(clock, "good", provider_id=2)
        since = clock.advance(minutes=1)
        put(clock, "good")
        clock.advance(hours=1)

        assert backlog(provider_id=1, now=clock()) == Backlog(oldest=since, dead=1)
        assert backlog(provider_id=3, now=clock()) == Backlog(oldest=None, dead=0)


class TestDeadMessages:
    def test_it_shows_a_provider_its_own(self, clock: HandClock) -> None:
        put(clock, "broken")
        put(clock, "broken", provider_id=2)
        put(clock, "good")
        relay(clock=clock, limit=10)

        with as_role("app"):
            (dead,) = dead_messages(provider_id=1)

        assert (dead.tenant_id, dead.topic, dead.dead_at, dead.attempts) == (
            7,
            "broken",
            clock(),
            1,
        )
        assert dead.last_error == "UndeliverableError: no"


class TestReviveMessage:
    def test_the_next_relay_takes_it(self, clock: HandClock) -> None:
        put(clock, "broken")
        relay(clock=clock, limit=10)
        (dead,) = dead_messages(provider_id=1)

        revive_message(provider_id=1, message_id=dead.id, now=clock())

        assert dead_messages(provider_id=1) == ()
        assert relay(clock=clock, limit=10) == RelayCount(dead=1)

    def test_what_was_not_given_up_cannot_be_revived(self, clock: HandClock) -> None:
        put(clock, "broken", provider_id=2)
        relay(clock=clock, limit=10)
        (foreign,) = dead_messages(provider_id=2)

        with pytest.raises(NotFoundError):
            revive_message(provider_id=1, message_id=foreign.id, now=clock())


class TestOldestUnsent:
    def test_it_is_the_longest_waiting_of_all_providers(self, clock: HandClock) -> None:
        assert oldest_unsent(now=clock()) is None
        first = clock()
        put(clock, "good", provider_id=2)
        clock.advance(minutes=5)
        put(clock, "good")

        assert oldest_unsent(now=clock()) == first
        relay(clock=clock, limit=10)
        assert oldest_unsent(now=clock()) is None


class TestForgetPayloads:
    def test_it_empties_what_was_sent_and_keeps_the_key(self, clock: HandClock) -> None:
        put(clock, "good", key="k")
        put(clock, "broken")
        relay(clock=clock, limit=10)

        assert forget_payloads(before=clock()) == 0
        assert forget_payloads(before=clock() + timedelta(seconds=1)) == 1
        assert forget_payloads(before=clock() + timedelta(seconds=1)) == 0

        assert not put(clock, "good", key="k")
        with provider_scope(1):
            assert fetch_all("SELECT payload FROM kernel_outbox ORDER BY id") == [
                ("{}",),
                ('{"secret": 1}',),
            ]
