"""The ledger's periodic work. Each task takes ids and calls one service; all are safe to run twice."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from accounts.services.audit import Finding, verify
from accounts.services.grant_warnings import warn_of_expiry
from accounts.services.grants import expire_grants
from accounts.services.sealing import seal_due_days
from accounts.services.suspension_rules import follow_settings
from billing_platform.kernel.clock import now as wall_clock
from billing_platform.kernel.doorbells import ring_providers
from billing_platform.kernel.heartbeats import JobIsRunningError, job_run
from billing_platform.kernel.scope import provider_scope, system_scope
from billing_platform.kernel.tasks import platform_task, scoped_task
from tenants.selectors.providers import provider_ids

_BATCH: Final = 200


class LedgerIsWrongError(RuntimeError):
    """The audit found a wrong row; its message names the first one."""


@platform_task(name="accounts.close_days", opens_scope=False)
def close_days() -> None:
    """Ring for each provider; a day that is not over yet, or closed already, is left alone."""
    ring_providers(job="close_days", find=provider_ids, task=close_day)


@scoped_task(name="accounts.close_day", opens_scope=False)
def close_day(*, provider_id: int) -> None:
    """Post expired credit, warn of what is about to, let wallets follow the settings, seal the days that are over."""
    at = wall_clock()
    while True:
        with provider_scope(provider_id):
            if not expire_grants(provider_id=provider_id, now=at, limit=_BATCH):
                break
    with provider_scope(provider_id):
        warn_of_expiry(provider_id=provider_id, now=at)
    follow_settings(provider_id=provider_id, now=at)
    with provider_scope(provider_id):
        seal_due_days(provider_id=provider_id, now=at)


@platform_task(name="accounts.verify_ledgers", opens_scope=False)
def verify_ledgers() -> None:
    """Recompute every provider's books.

    Raises:
        LedgerIsWrongError: a row is wrong; the heartbeat keeps its name.
    """
    # Nothing is done when another beat rang at the same moment.
    with suppress(JobIsRunningError), job_run(job="verify_ledgers") as run:
        with system_scope():
            found = provider_ids()
        findings: list[Finding] = []
        for provider_id in found:
            with provider_scope(provider_id):
                findings += verify(provider_id=provider_id).findings
        run.counts["providers"] = len(found)
        if findings:
            raise LedgerIsWrongError(str(findings[0]))
