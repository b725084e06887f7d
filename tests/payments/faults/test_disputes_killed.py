"""kill -9 between any two steps of a dispute, and two workers at once: the money goes and comes back once."""

from __future__ import annotations

import signal

import pytest

from accounts.services.audit import verify
from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope
from payments.models import Dispute
from payments.services import disputes
from payments.services.polling import catch_up, poll_due
from payments.services.reconciliation import reconcile
from payments.services.webhooks import process_event
from tests.payments.disputed import FEE, close, dispute
from tests.payments.till import Till, later
from tests.roles import set_role
from tests.usage.faults.workers import start, together

pytestmark = [pytest.mark.processes, pytest.mark.usefixtures("committed_db")]


def follow(till: Till) -> int:
    """List what changed at the gateway, as after an outage."""
    return catch_up(provider_id=till.provider_id, now=now()).events


def at_once(till: Till, events: list[int]) -> list[str]:
    """Work events off, each in a process of its own."""
    first, second = events
    ends = together(lambda: work(till, first), lambda: work(till, second))
    set_role("worker")
    return [end for _, end in ends]


def work(till: Till, event: int) -> str:
    return process_event(provider_id=till.provider_id, event_id=event, now=now())


def agreed(till: Till, state: str, balance: int) -> None:
    with provider_scope(till.provider_id):
        assert verify(provider_id=till.provider_id).findings == ()
        assert [row.state for row in Dispute.objects.all()] == [state]
    assert till.balance() == balance
    assert -sum(minor for _, minor in till.postings()) == balance - FEE
    found = reconcile(provider_id=till.provider_id, now=now())
    assert (found.differences, found.failed) == ((), {})


@pytest.mark.parametrize("marker", disputes.MARKERS)
def test_killed_it_is_ended_by_the_poller_opened_and_won(counter: Till, marker: str) -> None:
    name = dispute(counter, counter.only())
    counter.deliveries()
    for state, balance, hours in (("open", 0, 1), ("won", 1050, 9)):
        code, _ = start(lambda: follow(counter), kill_at=marker).wait()
        assert code == -signal.SIGKILL
        set_role("worker")
        poll_due(provider_id=counter.provider_id, now=later(hours=hours))
        agreed(counter, state, balance)
        if state == "open":
            close(counter, name, "won")
            counter.deliveries()


def test_two_workers_at_once_post_once(counter: Till) -> None:
    name = dispute(counter, counter.only())
    events = [counter.receive(one) for one in counter.deliveries()[:2]]
    assert at_once(counter, events) == ["processed", "processed"]
    agreed(counter, "open", 0)

    close(counter, name, "won")
    events = [counter.receive(one) for one in counter.deliveries()[:2]]
    assert at_once(counter, events) == ["processed", "processed"]
    agreed(counter, "won", 1050)
