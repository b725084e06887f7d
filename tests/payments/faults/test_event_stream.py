"""Whatever the gateway's events suffer on the way, one poll later the ledger is the same.

Three payments make twelve events and more. Hypothesis draws streams of them: any order, any repetition, any loss. Each
beginning of a drawn stream is an example of its own, the rest of it is lost: the poller comes by once, the ledger is
compared, the poll is undone and the stream goes on. So the examples share their beginnings and stay whole: Stripe's
simulator answers over HTTP, the events go through the services that the webhook's view and its task call, and the
database is the real one, with a savepoint for each example. The gateway is never further than the newest event says
that came, and at its end when the poller asks.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.services.audit import verify
from billing_platform.kernel.scope import provider_scope
from gateway_simulators.stripe.account import Account
from gateway_simulators.stripe.simulator import StripeSimulator
from payments.services.polling import poll_due
from tests.payments.till import later

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway_simulators.common.webhooks import Delivery
    from tests.payments.till import Till

STREAMS: Final = 34
STEPS: Final = 17
EXAMPLES: Final = 500
AMOUNTS: Final = (1050, 2000, 399)

Ledger = tuple[tuple[tuple[str, int], ...], int, tuple[str, ...]]


@dataclass
class World:
    """Three payments, what the gateway told of them, and the gateway as it stood at each event.

    Attributes:
        stages: the gateway's account after each thing that happened there.
        events: a delivery, with the stage that it tells of.
    """

    till: Till
    payments: list[str]
    stages: list[Account] = field(default_factory=list)
    events: list[tuple[Delivery, int]] = field(default_factory=list)

    @property
    def simulator(self) -> StripeSimulator:
        found = self.till.server.gateways["stripe"]
        assert isinstance(found, StripeSimulator)
        return found

    def note(self) -> None:
        """Keep the gateway as it stands, and what it tells."""
        now = self.simulator.accounts["acct_nimbus"]
        kept = Account(now.account_id, now.world)
        kept.load(json.loads(json.dumps(now.dump())))
        self.events += [(one, len(self.stages)) for one in self.till.deliveries()]
        self.stages.append(kept)

    def show(self, stage: int) -> None:
        """Let the gateway answer as it stood then."""
        self.simulator.accounts["acct_nimbus"] = self.stages[stage]

    def ledger(self) -> Ledger:
        """Return the postings, the balance and the payments' states."""
        states = tuple(self.till.row(payment).state for payment in self.payments)
        return tuple(sorted(self.till.postings())), self.till.balance(), states


@pytest.fixture
def world(till: Till) -> World:
    """Let three customers pay: asked by the bank, declined twice before, by a debit that takes days."""
    found = World(till, [till.start(minor, f"form-{minor}") for minor in AMOUNTS])
    first, second, third = found.payments
    found.note()
    for payment, choice in (
        (first, "decline"),
        (first, "challenge"),
        (second, "decline"),
        (second, "decline"),
        (second, "pay"),
        (third, "decline"),
        (third, "decline"),
        (third, "bank"),
    ):
        till.press(payment, choice)
        found.note()
    intents = found.simulator.accounts["acct_nimbus"].all("payment_intent")
    (debit,) = [one["id"] for one in intents if one["status"] == "processing"]
    found.simulator.act("ach_settle", {"id": debit})
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


def polled(world: World) -> Ledger:
    """Return the ledger after one poll, which is taken back."""
    with undone():
        world.show(-1)
        poll_due(provider_id=world.till.provider_id, now=later(minutes=2))
        return world.ledger()


class TestEventStream:
    def test_any_stream_and_one_poll_give_the_same_ledger(self, world: World) -> None:
        count = len(world.events)
        assert count >= 12
        same: Ledger = (
            tuple(sorted(zip(world.payments, (-minor for minor in AMOUNTS), strict=True))),
            sum(AMOUNTS),
            ("succeeded",) * 3,
        )
        assert polled(world) == same  # every event lost
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
            stage = 0
            with undone():
                for step, number in enumerate(stream, 1):
                    delivery, told = world.events[number]
                    stage = max(stage, told)
                    world.show(stage)
                    world.till.hear([delivery])
                    tried.add(stream[:step])
                    assert polled(world) == same, stream[:step]
                with provider_scope(world.till.provider_id):
                    assert verify(provider_id=world.till.provider_id).findings == ()

        hear()
        assert len(tried) >= EXAMPLES

    def test_a_ledger_that_hears_nothing_and_is_not_polled_is_another(self, world: World) -> None:
        world.show(-1)

        assert world.ledger() == ((), 0, ("requires_action",) * 3)
        world.till.hear([delivery for delivery, _ in world.events])
        assert world.ledger()[1] == sum(AMOUNTS)
