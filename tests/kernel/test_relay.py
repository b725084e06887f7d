"""The relay sends what lies in the outbox, at least once, and nothing stops the queue."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from billing_platform.kernel import outbox
from billing_platform.kernel.kernel_rows import kernel_rows_of
from billing_platform.kernel.outbox import Message, UndeliverableError, enqueue, register_handler
from billing_platform.kernel.relay import ATTEMPTS_MAX, LEASE, RelayCount, pause_after, relay
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from tests.kernel.races import HandClock, die, in_killed_process, in_threads
from tests.roles import as_role, set_role

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture(autouse=True)
def no_handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "_handlers", {})
    monkeypatch.setattr(outbox, "ring", lambda: None)


@pytest.fixture
def as_worker(committed_db: str) -> None:
    """Commit for real, as the worker's role."""
    set_role("worker")


def put(
    clock: HandClock, *, provider_id: int = 1, tenant_id: int = 0, topic: str = "t", **payload: Any
) -> None:
    with provider_scope(provider_id):
        enqueue(
            provider_id=provider_id, tenant_id=tenant_id, topic=topic, payload=payload, now=clock()
        )


def fates(provider_id: int = 1) -> list[dict[str, Any]]:
    with kernel_rows_of(provider_id):
        rows = fetch_all(
            "SELECT attempts, sent_at, dead_at, available_at, last_error FROM kernel_outbox"
            " WHERE provider_id = %s ORDER BY id",
            [provider_id],
        )
    names = ("attempts", "sent_at", "dead_at", "available_at", "last_error")
    return [dict(zip(names, row, strict=True)) for row in rows]


def handle_with(work: Callable[[Message], None], topic: str = "t") -> None:
    register_handler(topic, work)


def fail(message: Message) -> None:
    raise OSError("the server is away")


@pytest.mark.usefixtures("as_worker")
class TestRelay:
    def test_it_hands_a_message_to_its_handler_and_marks_it(self, clock: HandClock) -> None:
        seen: list[Message] = []
        handle_with(seen.append)
        put(clock, tenant_id=7, word="hello")

        count = relay(clock=clock, limit=10)

        (message,) = seen
        assert (message.provider_id, message.tenant_id, message.attempt) == (1, 7, 1)
        assert message.payload == {"word": "hello"}
        assert message.created_at == clock()
        assert count == RelayCount(sent=1)
        assert fates()[0]["sent_at"] == clock()

    def test_it_sends_nothing_twice(self, clock: HandClock) -> None:
        seen: list[Message] = []
        handle_with(seen.append)
        put(clock)

        relay(clock=clock, limit=10)
        clock.advance(days=1)

        assert relay(clock=clock, limit=10) == RelayCount()
        assert len(seen) == 1

    def test_it_waits_for_a_message_s_time(self, clock: HandClock) -> None:
        handle_with(lambda message: None)
        with provider_scope(1):
            enqueue(
                provider_id=1,
                topic="t",
                payload={},
                now=clock(),
                available_at=clock() + timedelta(hours=1),
            )

        assert relay(clock=clock, limit=10).sent == 0
        clock.advance(hours=1)
        assert relay(clock=clock, limit=10).sent == 1

    def test_it_leaves_topics_that_it_does_not_know(self, clock: HandClock) -> None:
        handle_with(lambda message: None)
        put(clock, topic="of a newer release")

        assert relay(clock=clock, limit=10) == RelayCount()
        assert fates()[0]["attempts"] == 0

    def test_it_stops_at_its_limit(self, clock: HandClock) -> None:
        handle_with(lambda message: None)
        for _ in range(30):
            put(clock)

        assert relay(clock=clock, limit=25).sent == 25
        assert relay(clock=clock, limit=25).sent == 5

    def test_one_provider_s_flood_does_not_hold_up_another(self, clock: HandClock) -> None:
        order: list[int] = []
        handle_with(lambda message: order.append(message.provider_id))
        for _ in range(50):
            put(clock, provider_id=1)
        put(clock, provider_id=2)
        put(clock, provider_id=0)

        relay(clock=clock, limit=100)

        assert order.index(2) <= 21
        assert len(order) == 52

    def test_one_topic_s_flood_does_not_hold_up_another(self, clock: HandClock) -> None:
        order: list[str] = []
        handle_with(lambda message: order.append(message.topic), "flood")
        handle_with(lambda message: order.append(message.topic), "rare")
        for _ in range(50):
            put(clock, topic="flood")
        put(clock, topic="rare")

        relay(clock=clock, limit=100)

        assert order.index("rare") <= 1

    def test_an_empty_outbox_is_no_work(self, clock: HandClock) -> None:
        assert relay(clock=clock, limit=10) == RelayCount()


@pytest.mark.usefixtures("as_worker")
class TestFailure:
    def test_a_failed_message_is_tried_again_later(self, clock: HandClock) -> None:
        handle_with(fail)
        put(clock)

        assert relay(clock=clock, limit=10) == RelayCount(failed=1)

        (fate,) = fates()
        assert fate["available_at"] == clock() + timedelta(seconds=30)
        assert fate["last_error"] == "OSError: the server is away"
        assert relay(clock=clock, limit=10) == RelayCount()
        clock.advance(seconds=30)
        assert relay(clock=clock, limit=10) == RelayCount(failed=1)

    def test_a_poisoned_message_is_given_up_and_does_not_block_the_queue(
        self, clock: HandClock, caplog: pytest.LogCaptureFixture
    ) -> None:
        sent: list[int] = []

        def handle(message: Message) -> None:
            if message.payload.get("poison"):
                raise KeyError("poison")
            sent.append(message.id)

        handle_with(handle)
        put(clock, poison=True)
        put(clock)
        for _ in range(ATTEMPTS_MAX):
            relay(clock=clock, limit=10)
            clock.advance(hours=6)

        poisoned, healthy = fates()
        assert len(sent) == 1
        assert poisoned["attempts"] == ATTEMPTS_MAX
        assert poisoned["dead_at"] == clock() - timedelta(hours=6)
        assert healthy["sent_at"] is not None
        assert "outbox message" in caplog.text

    def test_a_handler_may_give_up_at_once(self, clock: HandClock) -> None:
        def refuse(message: Message) -> None:
            raise UndeliverableError("no such reader")

        handle_with(refuse)
        put(clock)

        assert relay(clock=clock, limit=10) == RelayCount(dead=1)
        assert fates()[0]["last_error"] == "UndeliverableError: no such reader"

    def test_an_order_to_stop_is_obeyed(self, clock: HandClock) -> None:
        def stop(message: Message) -> None:
            raise KeyboardInterrupt

        handle_with(stop)
        put(clock)

        with pytest.raises(KeyboardInterrupt):
            relay(clock=clock, limit=10)

        (fate,) = fates()
        assert (fate["sent_at"], fate["dead_at"], fate["attempts"]) == (None, None, 1)

    def test_pauses_grow_to_six_hours(self) -> None:
        pauses = [pause_after(attempt) for attempt in (1, 2, 3, 10, 1000)]

        assert pauses == [timedelta(seconds=s) for s in (30, 60, 120, 15360, 21600)]


class TestDeath:
    def test_a_relay_killed_before_marking_is_followed_by_another(
        self, committed_db: str, clock: HandClock
    ) -> None:
        put(clock)
        handle_with(lambda message: die())
        in_killed_process(lambda: relay(clock=clock, limit=10))

        outbox._handlers.clear()
        seen: list[Message] = []
        handle_with(seen.append)
        with as_role("worker"):
            assert relay(clock=clock, limit=10) == RelayCount()  # the dead one's lease still holds
            clock.at += LEASE
            assert relay(clock=clock, limit=10) == RelayCount(sent=1)
        assert [message.attempt for message in seen] == [2]

    def test_a_message_that_kills_its_relay_is_given_up(
        self, committed_db: str, clock: HandClock
    ) -> None:
        put(clock)
        handle_with(lambda message: die())
        for _ in range(ATTEMPTS_MAX):
            in_killed_process(lambda: relay(clock=clock, limit=10))
            clock.at += LEASE

        with as_role("worker"):
            assert relay(clock=clock, limit=10) == RelayCount(dead=1)

        (fate,) = fates()
        assert fate["attempts"] == ATTEMPTS_MAX + 1
        assert fate["last_error"].startswith("UndeliverableError: Each relay")

    def test_the_late_mark_of_an_outlived_lease_changes_nothing(
        self, committed_db: str, clock: HandClock, caplog: pytest.LogCaptureFixture
    ) -> None:
        seen: list[int] = []

        def handle(message: Message) -> None:
            seen.append(message.attempt)
            if message.attempt == 1:  # asleep past the lease, while another relay takes over
                clock.at += LEASE
                in_threads(lambda _: relay(clock=clock, limit=10), [0])
                raise OSError("woken up too late")

        handle_with(handle)
        put(clock)
        with as_role("worker"):
            relay(clock=clock, limit=10)

        (fate,) = fates()
        assert seen == [1, 2]
        assert fate["sent_at"] is not None
        assert fate["last_error"] == ""
        assert "taken over" in caplog.text

    def test_the_late_failure_of_an_outlived_lease_gives_nothing_up(
        self, committed_db: str, clock: HandClock
    ) -> None:
        def handle(message: Message) -> None:
            if message.attempt == 2:
                raise OSError("try again")
            clock.at += LEASE
            in_threads(lambda _: relay(clock=clock, limit=1), [0])
            raise UndeliverableError("said too late")

        handle_with(handle)
        put(clock)
        with as_role("worker"):
            relay(clock=clock, limit=1)

        (fate,) = fates()
        assert (fate["attempts"], fate["dead_at"]) == (2, None)
        assert fate["last_error"] == "OSError: try again"


class TestRaces:
    def test_relays_at_once_send_each_message_once(
        self, committed_db: str, clock: HandClock
    ) -> None:
        sent: list[int] = []
        handle_with(lambda message: sent.append(message.id))
        for number in range(60):
            put(clock, provider_id=1 + number % 3)

        counts = in_threads(lambda _: relay(clock=clock, limit=100), range(4))

        assert sum(count.sent for count in counts) == 60
        assert len(set(sent)) == len(sent) == 60

    def test_the_web_s_role_cannot_relay(self, committed_db: str, clock: HandClock) -> None:
        handle_with(lambda message: None)
        put(clock)

        assert relay(clock=clock, limit=10) == RelayCount()

    def test_a_claim_is_never_part_of_another_transaction(
        self, committed_db: str, clock: HandClock
    ) -> None:
        handle_with(lambda message: None)
        put(clock)
        set_role("worker")

        with pytest.raises(RuntimeError, match="durable"), provider_scope(1):
            relay(clock=clock, limit=10)
