"""The periodic work of tax, and what a new number rings for. Each calls one service; all are safe to run twice."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from billing_platform.kernel.clock import now as wall_clock
from billing_platform.kernel.doorbells import ring_providers
from billing_platform.kernel.heartbeats import JobIsRunningError, job_run
from billing_platform.kernel.tasks import platform_task, scoped_task
from tax.selectors.due import providers_with_due_numbers
from tax.services.number_checks import check_due
from tax.services.number_checks import check_number as check_one
from tax.services.numbers import CHECK_TASK


@scoped_task(name=CHECK_TASK, opens_scope=False)
def check_number(*, provider_id: int, number_id: int) -> None:
    """Check a number that was just entered once its state can be asked; without the bell the sweep does it."""
    check_one(provider_id=provider_id, number_id=number_id, clock=wall_clock)


@platform_task(name="tax.check_numbers", opens_scope=False)
def check_numbers() -> None:
    """Ring for each provider with numbers that are due; each minute."""
    find = partial(providers_with_due_numbers, due_at=wall_clock())
    ring_providers(job="check_tax_numbers", find=find, task=check_provider)


@scoped_task(name="tax.check_provider", opens_scope=False)
def check_provider(*, provider_id: int) -> None:
    """Check a provider's numbers that are due."""
    # Nothing is done while the round before this one is still at it.
    with (
        suppress(JobIsRunningError),
        job_run(job="check_tax_numbers", provider_id=provider_id) as run,
    ):
        count = check_due(provider_id=provider_id, clock=wall_clock, after_each=run.renew)
        run.counts.update(asked=count.asked, unavailable=count.unavailable)
        run.skipped.update(count.silent)
