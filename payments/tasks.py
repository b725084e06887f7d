"""The periodic work of payments, and what webhooks ring for. Each calls one service; all are safe to run twice."""

from __future__ import annotations

from contextlib import suppress

from billing_platform.kernel.clock import now as wall_clock
from billing_platform.kernel.doorbells import ring_providers
from billing_platform.kernel.heartbeats import JobIsRunningError, job_run
from billing_platform.kernel.scope import system_scope
from billing_platform.kernel.tasks import platform_task, scoped_task
from payments.selectors.health import (
    longest_unasked_dispute,
    oldest_unresolved_of_all,
    providers_at_gateways,
)
from payments.selectors.recharges import providers_with_rules
from payments.services.polling import catch_up as catch_up_provider
from payments.services.polling import poll_due
from payments.services.recharging import RECHARGE_TASK, recharge_due
from payments.services.retention import erase_bodies
from payments.services.webhooks import PROCESS_TASK, process_event
from tenants.selectors.providers import provider_ids


@scoped_task(name=PROCESS_TASK, opens_scope=False)
def work_off_event(*, provider_id: int, event_id: int) -> None:
    """Work a stored event off; when the bell is lost, the poller does it within a minute."""
    process_event(provider_id=provider_id, event_id=event_id, now=wall_clock())


@platform_task(name="payments.poll", opens_scope=False)
def poll() -> None:
    """Ring for each provider with something due; each minute. The heartbeat says how long some wait."""
    # Nothing is done when another beat rang at the same moment.
    with suppress(JobIsRunningError), job_run(job="poll_payments") as run:
        at = wall_clock()
        with system_scope():
            found = providers_at_gateways(due_at=at)
            oldest = oldest_unresolved_of_all()
            unasked = longest_unasked_dispute()
        for provider_id in found:
            poll_provider.delay(provider_id=provider_id)
        run.counts["providers"] = len(found)
        run.counts["oldest_unresolved_s"] = int((at - oldest).total_seconds()) if oldest else 0
        run.counts["dispute_unasked_s"] = int((at - unasked).total_seconds()) if unasked else 0


@scoped_task(name="payments.poll_provider", opens_scope=False)
def poll_provider(*, provider_id: int) -> None:
    """Ask about a provider's payments that are due."""
    # Nothing is done while the round before this one is still at it.
    with suppress(JobIsRunningError), job_run(job="poll_payments", provider_id=provider_id) as run:
        count = poll_due(provider_id=provider_id, now=wall_clock())
        run.counts.update(asked=count.asked, moved=count.moved, events=count.events)
        run.skipped.update(count.failed)


@platform_task(name="payments.catch_up", opens_scope=False)
def catch_up() -> None:
    """List what changed at each provider's gateways; each hour."""
    ring_providers(job="catch_up_payments", find=providers_at_gateways, task=list_provider)


@scoped_task(name="payments.list_provider", opens_scope=False)
def list_provider(*, provider_id: int) -> None:
    """List what changed at one provider's gateways."""
    # Nothing is done while the round before this one is still at it.
    with (
        suppress(JobIsRunningError),
        job_run(job="catch_up_payments", provider_id=provider_id) as run,
    ):
        count = catch_up_provider(provider_id=provider_id, now=wall_clock())
        run.counts.update(events=count.events)
        run.skipped.update(count.failed)


@platform_task(name="payments.recharge", opens_scope=False)
def recharge() -> None:
    """Ring for each provider with rules of auto-recharge; every five minutes."""
    ring_providers(job="recharge", find=providers_with_rules, task=recharge_provider)


@scoped_task(name=RECHARGE_TASK, opens_scope=False)
def recharge_provider(*, provider_id: int) -> None:
    """Recharge a provider's wallets that are low; the heartbeat says which were left, and why."""
    # Nothing is done while the round before this one is still at it.
    with suppress(JobIsRunningError), job_run(job="recharge", provider_id=provider_id) as run:
        done = recharge_due(provider_id=provider_id, now=wall_clock())
        for name in ("charged", "followed"):
            run.counts[name] = done.pop(name, 0)
        run.skipped.update(done)


@platform_task(name="payments.forget_bodies", opens_scope=False)
def forget_bodies() -> None:
    """Forget what old deliveries of gateways said; once a day."""
    # Nothing is done when another beat rang at the same moment.
    with suppress(JobIsRunningError), job_run(job="forget_webhook_bodies") as run:
        at = wall_clock()
        with system_scope():
            found = provider_ids()
        for provider_id in found:
            run.counts.update(bodies=erase_bodies(provider_id=provider_id, now=at))
