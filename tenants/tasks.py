"""Periodic work of this part; safe to run twice."""

from __future__ import annotations

from typing import Final

from billing_platform.kernel.clock import now as wall_clock
from billing_platform.kernel.heartbeats import JobIsRunningError, job_run
from billing_platform.kernel.scope import system_scope
from billing_platform.kernel.tasks import platform_task
from tenants.selectors.hosts import waiting_hosts
from tenants.services.hosts import prove_host

# At four seconds for a name whose servers are away, a run ends before the next one begins.
_LIMIT: Final = 60


@platform_task(name="tenants.prove_hosts", opens_scope=False)
def prove_hosts() -> None:
    """Ask DNS about the host names that wait for their proof."""
    try:
        with job_run(job="prove_hosts") as run:
            with system_scope():
                waiting = waiting_hosts(now=wall_clock(), limit=_LIMIT)
            for provider_id, host_id in waiting:
                is_proved = prove_host(provider_id=provider_id, host_id=host_id, now=wall_clock())
                run.counts["proved" if is_proved else "waiting"] += 1
                run.renew()
    except JobIsRunningError:
        return  # the run before this one is still at it
