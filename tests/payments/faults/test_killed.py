"""kill -9 between any two steps, and everybody at once: the gateway's money is credited once."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from accounts.services.audit import verify
from billing_platform.kernel.clock import now
from billing_platform.kernel.rows import fetch_one
from billing_platform.kernel.scope import provider_scope
from payments.services import charges, checkout, settlement, webhooks
from payments.services.polling import poll_due
from payments.services.sync import sync_payment
from tests.cast import build_cast
from tests.payments.till import Till, later
from tests.roles import set_role
from tests.usage.faults.workers import start, together

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway_simulators.common.server import SimulatorServer

pytestmark = [pytest.mark.processes, pytest.mark.usefixtures("committed_db")]


@pytest.fixture
def counter(committed_db: str, simulated: SimulatorServer) -> Till:
    """Return Nimbus's till in a database that commits."""
    set_role("worker")
    cast = build_cast()
    return Till.open(cast.nimbus, cast.acme, simulated, "nimbus")


def killed(work: Callable[[], object], marker: str) -> None:
    code, _ = start(work, kill_at=marker).wait()
    assert code == -signal.SIGKILL
    set_role("worker")


def follow_up(till: Till) -> None:
    """Let the poller come by until nothing is open."""
    for hours in (1, 2, 12, 36):
        poll_due(provider_id=till.provider_id, now=later(hours=hours))


def balanced(till: Till) -> int:
    """Return how many payments there were, which the gateway, the wallet and the ledger agree on."""
    with provider_scope(till.provider_id):
        assert verify(provider_id=till.provider_id).findings == ()
        (opened,) = fetch_one("SELECT count(*) FROM payments_attempt") or (0,)
    assert opened == 1
    assert till.balance() == 1050 * till.taken() == -sum(minor for _, minor in till.postings())
    return till.taken()


class TestKilled:
    @pytest.mark.parametrize("marker", checkout.MARKERS)
    def test_the_same_form_goes_on_where_it_stopped(self, counter: Till, marker: str) -> None:
        killed(counter.start, marker)

        payment = counter.start()
        counter.press(payment)
        follow_up(counter)

        assert balanced(counter) == 1

    @pytest.mark.parametrize("marker", charges.MARKERS)
    def test_a_charge_is_made_once_or_not_at_all(self, counter: Till, marker: str) -> None:
        method = counter.save_card()
        killed(lambda: counter.charge(method), marker)

        follow_up(counter)

        assert balanced(counter) == (0 if marker == "payment.opened" else 1)
        assert counter.row(counter.only()).next_poll_at is None

    @pytest.mark.parametrize("marker", settlement.MARKERS)
    def test_a_settlement_is_whole_or_not_at_all(self, counter: Till, marker: str) -> None:
        payment = counter.start()
        counter.press(payment)
        row = counter.row(payment)
        killed(
            lambda: sync_payment(provider_id=counter.provider_id, attempt_id=row.pk, now=now()),
            marker,
        )
        assert counter.balance() == 0

        follow_up(counter)

        assert balanced(counter) == 1

    @pytest.mark.parametrize("marker", webhooks.MARKERS)
    def test_an_event_is_worked_off_by_the_next(self, counter: Till, marker: str) -> None:
        counter.press(counter.start())
        events = counter.deliveries()
        killed(lambda: counter.hear(events), marker)

        follow_up(counter)

        assert balanced(counter) == 1


class TestTogether:
    def test_webhook_return_and_poller_credit_it_once(self, counter: Till) -> None:
        payment = counter.start()
        counter.press(payment)
        row, events = counter.row(payment), counter.deliveries()

        def back() -> str:
            return sync_payment(provider_id=counter.provider_id, attempt_id=row.pk, now=now())

        def poll() -> int:
            return poll_due(provider_id=counter.provider_id, now=later(minutes=2)).asked

        ends = together(lambda: counter.hear(events), back, poll, back)
        set_role("worker")

        assert [code for code, _ in ends] == [0, 0, 0, 0]
        assert balanced(counter) == 1

    def test_two_tabs_open_one_payment(self, counter: Till) -> None:
        ends = together(counter.start, counter.start, counter.start)
        set_role("worker")

        assert {name for code, name in ends if code == 0} == {counter.only()}
        counter.press(counter.only())
        follow_up(counter)
        assert balanced(counter) == 1
