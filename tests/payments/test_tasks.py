"""The periodic work: who is rung for, and what the heartbeat says."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from billing_platform.celery_schedule import HEARTBEATS, SCHEDULE
from billing_platform.kernel.clock import now as wall_clock
from billing_platform.kernel.models import JobRun
from billing_platform.kernel.scope import provider_scope, system_scope
from payments import tasks
from tests.cast import NOW
from tests.factories.payments import make_attempt, make_dispute
from tests.roles import as_role

if TYPE_CHECKING:
    from tests.payments.till import Till


class TestPoll:
    def test_it_rings_for_providers_with_something_due_and_says_how_old_it_is(
        self, till: Till, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rung: list[int] = []

        def ring(*, provider_id: int) -> None:
            rung.append(provider_id)

        monkeypatch.setattr(tasks.poll_provider, "delay", ring)
        monkeypatch.setattr(tasks.list_provider, "delay", ring)
        payment = till.start()
        till.press(payment, "bank")
        till.hear()
        for delivery in till.deliveries():
            till.receive(delivery)

        with as_role("worker"):
            tasks.poll()
            tasks.poll_provider(provider_id=till.provider_id)
            tasks.catch_up()
            tasks.list_provider(provider_id=till.provider_id)

        assert rung == [till.provider_id]  # nothing is due yet, but there is a gateway to list
        with as_role("worker"), system_scope():
            run = JobRun.objects.get(job="poll_payments", provider_id=0)
        assert run.counts["oldest_unresolved_s"] >= 0
        assert run.counts["dispute_unasked_s"] == 0

    def test_it_says_how_long_a_gateway_has_not_spoken_of_a_dispute(
        self, till: Till, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tasks.poll_provider, "delay", lambda **_: None)
        with provider_scope(till.provider_id):
            attempt = make_attempt(till.connection, till.tenant_id)
            make_dispute(attempt, "won", asked_at=NOW)
            make_dispute(attempt, "open", asked_at=wall_clock() - timedelta(hours=30))

        with as_role("worker"):
            tasks.poll()

        with as_role("worker"), system_scope():
            run = JobRun.objects.get(job="poll_payments", provider_id=0)
        assert 30 * 3600 <= run.counts["dispute_unasked_s"] < 31 * 3600


class TestSchedule:
    @pytest.mark.parametrize(
        ("task", "job"),
        [("payments.poll", "poll_payments"), ("payments.catch_up", "catch_up_payments")],
    )
    def test_it_is_run_and_watched(self, task: str, job: str) -> None:
        assert task in {entry["task"] for entry in SCHEDULE.values()}
        assert job in HEARTBEATS
