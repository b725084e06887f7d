"""The periodic work of metering and charging. Each task takes ids and calls one service; all are safe to run twice."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Final

from billing_platform.kernel.clock import now as wall_clock
from billing_platform.kernel.database_clock import earlier_now
from billing_platform.kernel.doorbells import ring_providers
from billing_platform.kernel.heartbeats import JobIsRunningError, job_run
from billing_platform.kernel.job_history import stands_still
from billing_platform.kernel.periods import hour_floor
from billing_platform.kernel.scope import provider_scope, system_scope
from billing_platform.kernel.tasks import platform_task, scoped_task
from tenants.registry import CHARGING_FREQUENCY
from tenants.selectors.providers import provider_ids, provider_view
from tenants.selectors.settings import get_setting
from usage.selectors.call_folders import providers_with_call_folders
from usage.selectors.parked import providers_with_parked_events
from usage.selectors.plan_moves import providers_with_moves
from usage.selectors.price_changes import providers_with_price_changes
from usage.selectors.uploads import open_uploads
from usage.services.burn_rates import record_rates
from usage.services.call_folders import read_folders
from usage.services.charging import JOB, charge_hours
from usage.services.event_store import ensure_coming_months
from usage.services.hour_sums import fold_hours
from usage.services.parking import replay_parked
from usage.services.plan_moves import work_off_moves
from usage.services.price_changes import work_off_price_changes
from usage.services.replaced import settle_replaced
from usage.services.retention import erase_payloads
from usage.services.schedule import charge_boundary
from usage.services.upload_reading import read_upload
from usage.services.upload_retention import erase_uploads

_SILENCE_MAX: Final = timedelta(hours=3)
# The next sweep rings again.
_RING_EXPIRES_S: Final = 60


class ProvidersStandStillError(RuntimeError):
    """Some providers were not charged for hours; the heartbeat of the doorbell says so."""


@platform_task(name="usage.charge_providers", opens_scope=False)
def charge_providers() -> None:
    """Ring for each provider; the message is a doorbell, the work is found in the database.

    Raises:
        ProvidersStandStillError: a provider has had no good run for hours, so the heartbeat must not look well.
    """
    # Nothing is done when another beat rang at the same moment.
    with suppress(JobIsRunningError), job_run(job="charge_providers") as run:
        with system_scope():
            found = provider_ids()
        for provider_id in found:
            charge_provider.delay(provider_id=provider_id)
        run.counts["providers"] = len(found)
        _refuse_silence()


def _refuse_silence() -> None:
    at = wall_clock()
    with system_scope():
        # One that was made since is rung for the first time.
        expected = provider_ids(made_until=at - _SILENCE_MAX)
    silent = [
        provider_id
        for provider_id in expected
        if stands_still(job=JOB, limit=_SILENCE_MAX, now=at, provider_id=provider_id)
    ]
    if silent:
        raise ProvidersStandStillError(f"Not charged for hours: providers {silent[:20]}.")


@scoped_task(name="usage.charge_provider", opens_scope=False)
def charge_provider(*, provider_id: int) -> None:
    """Charge one provider's tenants up to the last full hour, or as its frequency says."""
    at = earlier_now()
    with provider_scope(provider_id):
        zone = provider_view(provider_id).time_zone
        frequency = get_setting(provider_id, CHARGING_FREQUENCY)
    until = charge_boundary(frequency=frequency, zone=zone, now=at)
    charge_hours(provider_id=provider_id, until=until, now=at, again=False)


@scoped_task(name="usage.charge_now", opens_scope=False, expires=600)
def charge_now(*, provider_id: int) -> None:
    """Charge one provider's tenants up to the last full hour because somebody asked for it, late usage as well."""
    at = earlier_now()
    charge_hours(provider_id=provider_id, until=hour_floor(at), now=at)


@platform_task(name="usage.record_burn_rates", opens_scope=False)
def record_burn_rates() -> None:
    """Write down how fast every wallet is used up."""
    # Nothing is done while the reckoning before this one is still at it.
    with suppress(JobIsRunningError), job_run(job="record_burn_rates") as run:
        with system_scope():
            found = provider_ids()
        at = wall_clock()
        for provider_id in found:
            record_rates(provider_id=provider_id, until=hour_floor(at), now=at)
            run.counts["providers"] += 1
            run.renew()


@platform_task(name="usage.replay_parked", opens_scope=False)
def replay_parked_events() -> None:
    """Count parked events whose tenant or meter is known by now, provider by provider."""
    # Nothing is done while the replay before this one is still at it.
    with suppress(JobIsRunningError), job_run(job="replay_parked") as run:
        with system_scope():
            found = providers_with_parked_events()
        for provider_id in found:
            report = replay_parked(provider_id=provider_id, now=wall_clock())
            run.counts.update(counted=report.counted, refused=report.refused)


@platform_task(name="usage.fold_hours", opens_scope=False)
def fold_hour_sums() -> None:
    """Keep what all tenants used together, by meter and hour, in one row each."""
    # Nothing is done while the folding before this one is still at it.
    with suppress(JobIsRunningError), job_run(job="fold_hours") as run:
        run.counts["changes"] = fold_hours(run)


@platform_task(name="usage.keep_events", opens_scope=False)
def keep_events() -> None:
    """Make the coming month's partition, and forget what is old enough or done with; once a day."""
    with job_run(job="keep_events") as run:
        at = wall_clock()
        ensure_coming_months(now=at)
        with system_scope():
            found = provider_ids()
        for provider_id in found:
            run.counts.update(replaced=settle_replaced(provider_id=provider_id, now=at))
            erased = erase_payloads(provider_id=provider_id, now=at)
            uploads = erase_uploads(provider_id=provider_id, now=at)
            run.counts.update(
                events=erased.events,
                parked=erased.parked,
                refused=erased.refused,
                uploads=uploads.uploads,
            )


@platform_task(name="usage.read_call_folders", opens_scope=False)
def read_call_folders() -> None:
    """Read new call records in the watched folders, provider by provider."""
    # Nothing is done while the reading before this one is still at it.
    with suppress(JobIsRunningError), job_run(job="read_call_folders") as run:
        with system_scope():
            found = providers_with_call_folders()
        for provider_id in found:
            report = read_folders(provider_id=provider_id, now=wall_clock())
            run.counts.update(report.calls.counts(), unreadable=len(report.unreadable))
            run.renew()


@scoped_task(name="usage.move_subscribers", opens_scope=False, expires=600)
def move_subscribers(*, provider_id: int) -> None:
    """Move a provider's subscribers to the versions that somebody asked for."""
    with suppress(JobIsRunningError):  # that run does it
        work_off_moves(provider_id=provider_id, now=wall_clock())


@platform_task(name="usage.move_all_subscribers", opens_scope=False)
def move_all_subscribers() -> None:
    """Go on with moves of subscribers that are not done, provider by provider; each minute."""
    ring_providers(job="move_all_subscribers", find=providers_with_moves, task=move_subscribers)


@scoped_task(name="usage.follow_prices", opens_scope=False, expires=600)
def follow_prices(*, provider_id: int) -> None:
    """Let a provider's clients follow the prices that somebody changed from an hour on."""
    with suppress(JobIsRunningError):  # that run does it
        work_off_price_changes(provider_id=provider_id, now=wall_clock())


@platform_task(name="usage.follow_all_prices", opens_scope=False)
def follow_all_prices() -> None:
    """Go on with changes of prices that not all clients follow, provider by provider; each minute."""
    ring_providers(job="follow_all_prices", find=providers_with_price_changes, task=follow_prices)


@scoped_task(name="usage.read_uploaded_file", opens_scope=False)
def read_uploaded_file(*, provider_id: int, upload_id: int) -> None:
    """Read one uploaded file, or what another worker left of it."""
    read_upload(provider_id=provider_id, upload_id=upload_id)


@platform_task(name="usage.sweep_uploads", opens_scope=False)
def sweep_uploads() -> None:
    """Ring for each uploaded file that no worker holds: its message was lost, or its worker died."""
    # Nothing is done while the sweep before this one is still at it.
    with suppress(JobIsRunningError), job_run(job="sweep_uploads") as run:
        with system_scope():
            found = open_uploads(wall_clock())
        for provider_id, upload_id in found:
            read_uploaded_file.apply_async(
                kwargs={"provider_id": provider_id, "upload_id": upload_id},
                expires=_RING_EXPIRES_S,
            )
        run.counts["uploads"] = len(found)
