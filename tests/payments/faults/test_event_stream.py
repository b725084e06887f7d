"""Whatever a gateway's events suffer on the way, one poll later the ledger is the same, and one listing later whole.

Three payments and two refunds of the dashboard make twelve events and more. Hypothesis draws streams of them: any
order, any repetition, any loss. Each beginning of a drawn stream is an example of its own, the rest of it is lost: the
poller comes by once, the ledger is compared, the poll is undone and the stream goes on. So the examples share their
beginnings and stay whole: the simulators answer over HTTP, the events go through the services that the webhook's view
and its task call, and the database is the real one, with a savepoint for each example. The gateway is never further
than the newest event says that came, and at its end when the poller asks.

What the dashboard gave back is known once one of its events came; at the end of each stream the gateway's list tells of
the rest.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pytest
from django.db import connection
from django.utils.datastructures import CaseInsensitiveMapping
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.services.audit import verify
from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope
from payments.gateways.values import Topic
from payments.services.webhooks import process_event, receive_webhook
from tests.payments.gateways.contract import paid_by

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.payments.shop import Sent, Shop

# Of each gateway.
STREAMS: Final = 26
EXAMPLES: Final = 500
STEPS: Final = 20
AMOUNTS: Final = (1050, 2000, 399)
BACK: Final = (300, 500)
CHALLENGE: Final = {"stripe": "challenge"}

Ledger = tuple[tuple[str, ...], dict[str, str], int]


@dataclass
class World:
    """What a gateway told, and the gateway as it stood at each event.

    Attributes:
        stages: the gateway's account after each thing that happened there, as JSON.
        events: a delivery, the stage that it tells of, and the refund that it is about, or "".
        failed_at: the stage since which a refund has failed, by its id.
    """

    shop: Shop
    payments: list[str]
    stages: list[str] = field(default_factory=list)
    events: list[tuple[Sent, int, str]] = field(default_factory=list)
    failed_at: dict[str, int] = field(default_factory=dict)

    @property
    def accounts(self) -> dict[str, Any]:
        simulator: Any = self.shop.server.gateways[self.shop.gateway]
        found: dict[str, Any] = simulator.accounts
        return found

    @property
    def name(self) -> str:
        return next(name for name in self.accounts if name.endswith(self.shop.slug))

    def note(self) -> None:
        """Keep the gateway as it stands, and what it tells."""
        speaker = self.shop.speaker()
        for sent in self.shop.told():
            event = speaker.parse_event(sent.body, CaseInsensitiveMapping(sent.headers), now=now())
            refund = event.object_id if event.topic is Topic.REFUND else ""
            self.events.append((sent, len(self.stages), refund))
        self.stages.append(json.dumps(self.accounts[self.name].dump()))

    def show(self, stage: int) -> None:
        """Let the gateway answer as it stood then."""
        before = self.accounts[self.name]
        fresh = type(before)(self.name, before.world)
        fresh.load(json.loads(self.stages[stage]))
        self.accounts[self.name] = fresh

    def pay(self, payment: str, choice: str) -> None:
        """Press a button; where we take what the customer agreed to, it is taken."""
        self.shop.press(payment, choice)
        self.shop.capture(payment)
        self.note()

    def hear(self, sent: Sent) -> None:
        """Take a delivery in and work it off."""
        number = receive_webhook(
            gateway=self.shop.gateway,
            token=self.shop.token,
            body=sent.body,
            headers=CaseInsensitiveMapping(sent.headers),
            now=now(),
        )
        process_event(provider_id=self.shop.provider_id, event_id=number, now=now())

    def ledger(self) -> Ledger:
        """Return the payments' states, the refunds' by the gateway's id, and what the ledger holds."""
        found = {one.public_id: one.state for one in self.shop.rows()}
        states = tuple(found[payment] for payment in self.payments)
        refunds = {one.external_id: one.state for one in self.shop.refunds()}
        balance = self.shop.balance()
        assert self.shop.cleared() == balance
        return states, refunds, balance


@pytest.fixture
def world(shop: Shop) -> World:
    """Let three customers pay, declined before, once by a debit of days; two get something back, one keeps it."""
    found = World(shop, [shop.start(f"form-{minor}", minor) for minor in AMOUNTS])
    first, second, third = found.payments
    found.note()
    challenge = CHALLENGE.get(shop.gateway, "pay")
    for payment, choice in (
        (first, "decline"),
        (first, challenge),
        (second, "decline"),
        (second, "pay"),
        (third, "decline"),
        (third, "pending"),
    ):
        found.pay(payment, choice)
    by_minor = {minor: name for name, minor in shop.desk.taken(shop.slug).items()}
    waiting = paid_by(shop.speaker().advance_checkout(shop.row(third).checkout_id))
    shop.desk.settle(waiting.payment_id)
    found.note()
    for minor, back in zip(AMOUNTS, BACK, strict=False):
        refund = shop.desk.refund(by_minor[minor], back)
        found.note()
        found.failed_at[refund] = 10**6
    shop.fail(refund)
    found.failed_at[refund] = len(found.stages)
    found.note()
    return found


@contextmanager
def undone() -> Iterator[None]:
    """Take back whatever the block writes."""
    mark = connection.savepoint()
    assert mark is not None  # a transaction is open
    try:
        yield
    finally:
        connection.savepoint_rollback(mark)
        connection.savepoint_commit(mark)


def polled(world: World, *, lists: bool = False) -> Ledger:
    """Return the ledger after one poll, and one listing, which are taken back."""
    with undone():
        world.show(-1)
        world.shop.poll()
        if lists:
            world.shop.catch_up()
        return world.ledger()


def expected(world: World, heard: dict[str, str]) -> Ledger:
    """Return what follows from the refunds that were heard of, whatever else was."""
    sizes = dict(zip(world.failed_at, BACK, strict=True))
    gone = sum(sizes[name] for name, state in heard.items() if state == "succeeded")
    return ("succeeded",) * 3, heard, sum(AMOUNTS) - gone


class TestEventStream:
    @pytest.mark.takes(seconds=60)
    def test_any_stream_and_one_poll_give_the_same_ledger(self, world: World) -> None:
        count = len(world.events)
        assert count >= 12
        whole = dict(zip(world.failed_at, ("succeeded", "failed"), strict=True))
        assert polled(world) == expected(world, {})  # every event lost
        tried: set[tuple[int, ...]] = set()

        @settings(
            max_examples=STREAMS,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(st.permutations(list(range(count)) * 2).map(lambda drawn: tuple(drawn[:STEPS])))
        def hear(stream: tuple[int, ...]) -> None:
            stage, heard = 0, dict[str, str]()
            with undone():
                for step, number in enumerate(stream, 1):
                    sent, told, refund = world.events[number]
                    stage = max(stage, told)
                    world.show(stage)
                    world.hear(sent)
                    if refund and heard.get(refund) != "failed":
                        # An event that came before is not worked off again: what it said then, it said.
                        is_new = number not in stream[: step - 1]
                        later = "failed" if stage >= world.failed_at[refund] else "succeeded"
                        heard[refund] = later if is_new else heard[refund]
                    tried.add(stream[:step])
                    assert polled(world) == expected(world, heard), stream[:step]
                assert polled(world, lists=True) == expected(world, whole), stream
                with provider_scope(world.shop.provider_id):
                    assert verify(provider_id=world.shop.provider_id).findings == ()

        hear()
        assert len(tried) >= EXAMPLES

    def test_a_ledger_that_hears_nothing_and_is_not_polled_is_another(self, world: World) -> None:
        world.show(-1)

        assert world.ledger() == (("requires_action",) * 3, {}, 0)
        for sent, _, _ in world.events:
            world.hear(sent)
        assert world.ledger()[2] == sum(AMOUNTS) - BACK[0]
