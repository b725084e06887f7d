"""Bodies of old deliveries are forgotten; what came is still known, and what waits is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from billing_platform.celery_schedule import HEARTBEATS, SCHEDULE
from billing_platform.kernel.clock import now
from billing_platform.kernel.models import JobRun
from billing_platform.kernel.scope import provider_scope, system_scope
from payments import tasks
from payments.models import WebhookEvent
from payments.services.retention import erase_bodies
from tenants.registry_payments import PAYMENTS_WEBHOOK_DAYS
from tenants.services.settings import set_setting
from tests.payments.till import later
from tests.roles import as_role

if TYPE_CHECKING:
    from gateway_simulators.common.webhooks import Delivery
    from tests.payments.till import Till


def told(till: Till) -> list[Delivery]:
    till.press(till.start())
    return till.deliveries()


class TestEraseBodies:
    def test_the_digest_stays_so_that_what_came_is_still_known(self, till: Till) -> None:
        deliveries = told(till)
        till.hear(deliveries)
        before = [(one.pk, bytes(one.body_hash)) for one in till.events()]

        assert erase_bodies(provider_id=till.provider_id, now=later(days=89)) == 0
        assert erase_bodies(provider_id=till.provider_id, now=later(days=91)) == len(before)
        assert erase_bodies(provider_id=till.provider_id, now=later(days=91)) == 0
        till.hear(deliveries)

        assert [(one.pk, bytes(one.body_hash)) for one in till.events()] == before
        assert {one.body for one in till.events()} == {None}
        assert till.balance() == 1050

    def test_what_waits_is_kept(self, till: Till) -> None:
        for one in told(till):
            till.receive(one)

        assert erase_bodies(provider_id=till.provider_id, now=later(days=400)) == 0

    def test_the_provider_says_how_long(self, till: Till) -> None:
        till.hear(told(till))
        with as_role("worker"), provider_scope(till.provider_id):
            set_setting(
                provider_id=till.provider_id,
                name=PAYMENTS_WEBHOOK_DAYS.name,
                value=200,
                now=now(),
            )

        assert erase_bodies(provider_id=till.provider_id, now=later(days=199)) == 0
        assert erase_bodies(provider_id=till.provider_id, now=later(days=201)) > 0


class TestTask:
    def test_it_is_run_each_night_and_watched(self, till: Till) -> None:
        till.hear(told(till))
        with provider_scope(till.provider_id):
            WebhookEvent.objects.update(received_at=now() - timedelta(days=91))

        with as_role("worker"):
            tasks.forget_bodies()

        assert {one.body for one in till.events()} == {None}
        with as_role("worker"), system_scope():
            run = JobRun.objects.get(job="forget_webhook_bodies")
        assert run.counts["bodies"] > 0
        assert "payments.forget_bodies" in {entry["task"] for entry in SCHEDULE.values()}
        assert "forget_webhook_bodies" in HEARTBEATS
