"""Periodic and ordered work of the portals. Each task takes ids and calls one service; all are safe to run twice."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from billing_platform.kernel.clock import now as wall_clock
from billing_platform.kernel.heartbeats import JobIsRunningError, job_run
from billing_platform.kernel.scope import provider_scope, system_scope
from billing_platform.kernel.tasks import platform_task, scoped_task
from billing_platform.portal.list_orders import WRITE_TASK
from billing_platform.portal.list_temp import remove_stray_folders
from billing_platform.portal.list_writing import write_export
from tenants.selectors.list_exports import open_exports
from tenants.selectors.providers import provider_ids
from tenants.services.list_exports import forget_exports
from tenants.services.notices import forget_notices

# The next sweep rings again.
_RING_EXPIRES_S: Final = 60


@scoped_task(name=WRITE_TASK, opens_scope=False)
def write_list(*, provider_id: int, export_id: int) -> None:
    """Write the file of one long list, or anew what another worker left of it."""
    if write_export(provider_id=provider_id, export_id=export_id):
        # Others may have waited for this one; without the bell, for the minute that the schedule takes.
        sweep_exports.apply_async(expires=_RING_EXPIRES_S, retry=False)


@platform_task(name="portal.sweep_exports", opens_scope=False)
def sweep_exports() -> None:
    """Ring for each export that no worker holds: its message was lost, or its worker died."""
    # Nothing is done while the sweep before this one is still at it.
    with suppress(JobIsRunningError), job_run(job="sweep_exports") as run:
        with system_scope():
            found = open_exports(wall_clock())
        for provider_id, export_id in found:
            write_list.apply_async(
                kwargs={"provider_id": provider_id, "export_id": export_id},
                expires=_RING_EXPIRES_S,
            )
        run.counts["exports"] = len(found)


@platform_task(name="portal.forget_exports", opens_scope=False)
def forget_old_exports() -> None:
    """Remove files of lists, and notifications, that were kept for long enough; once a day."""
    with suppress(JobIsRunningError), job_run(job="forget_exports") as run:
        run.counts["folders"] += remove_stray_folders(now=wall_clock())
        with system_scope():
            found = provider_ids()
        for provider_id in found:
            run.counts["files"] += forget_exports(provider_id=provider_id, now=wall_clock())
            with provider_scope(provider_id):
                run.counts["notices"] += forget_notices(provider_id=provider_id, now=wall_clock())
            run.renew()
