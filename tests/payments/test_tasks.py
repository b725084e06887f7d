"""The periodic work: who is rung for, and what the heartbeat says."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from celery import current_app

from billing_platform.celery_schedule import HEARTBEATS, SCHEDULE
from billing_platform.kernel.clock import now as wall_clock
from billing_platform.kernel.models import JobRun
from billing_platform.kernel.scope import provider_scope, system_scope
from payments import tasks
from tests.cast import NOW
from tests.factories.payments import make_attempt, make_dispute
from tests.factories.usage import Shop
from tests.payments.recharged import Customer, at
from tests.roles import as_role
from usage.services.charging import charge_hours

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


class TestDuesBell:
    def test_an_hourly_charge_recharges_at_once_where_there_is_a_rule(
        self,
        till: Till,
        monkeypatch: pytest.MonkeyPatch,
        django_capture_on_commit_callbacks: Any,
    ) -> None:
        rung: list[str] = []

        def ring(name: str, **told: Any) -> None:
            if name == tasks.recharge_provider.name:
                rung.append(name)
                tasks.recharge_provider(**told["kwargs"])

        monkeypatch.setattr(current_app, "send_task", ring)
        customer = Customer(till)
        customer.has_card()
        customer.has(1500)
        shop = Shop(till.provider_id, now=NOW)
        with as_role("worker"), provider_scope(till.provider_id):
            shop.price("calls", {"unit": "1"})
            version, _prices = shop.version()
            shop.subscribe(till.tenant_id, version, NOW)

        def charge(hour: int, calls: int) -> int:
            """Use, charge the hour, and return what the customer has then."""
            with as_role("worker"), at(NOW + timedelta(hours=hour + 1)):
                with provider_scope(till.provider_id):
                    shop.use(till.tenant_id, "calls", calls, NOW + timedelta(hours=hour))
                with django_capture_on_commit_callbacks(execute=True):
                    charge_hours(provider_id=till.provider_id, until=wall_clock(), now=wall_clock())
            return till.balance()

        assert charge(0, 1) == 1400
        assert rung == []  # nobody has a rule, so nobody is rung for
        customer.wants()
        assert charge(1, 3) == 1100  # still above the threshold of 10.00
        assert charge(2, 2) == 900 + 2000
        assert len(customer.asked()) == 1
        assert rung == [tasks.recharge_provider.name] * 2
