"""Runs of jobs: each leaves a row, holds a lease, and carries a fencing token. Opened by tasks and commands.

Correctness never hangs on a run: it hangs on unique keys and row locks. The lease keeps work from being done twice for
nothing, and the token turns the late write of a run that was thought dead into a write of no rows.
"""

from __future__ import annotations

import json
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from billing_platform.kernel.clock import now as wall_clock
from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.kernel_rows import PLATFORM, kernel_rows_of
from billing_platform.kernel.locks import require_atomic
from billing_platform.kernel.periods import Period
from billing_platform.kernel.rows import execute, fetch_one

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

_ABANDON = """
    UPDATE kernel_job_run SET finished_at = %(now)s, error = 'The lease ran out: the run stopped or hung.'
    WHERE provider_id = %(provider_id)s AND job = %(job)s AND finished_at IS NULL AND lease_until <= %(now)s
"""
# Of two that start at once, the second waits on the unique index, then inserts nothing.
_START = """
    INSERT INTO kernel_job_run (provider_id, job, fence, started_at, lease_until)
    SELECT %(provider_id)s, %(job)s, coalesce(max(fence), 0) + 1, %(now)s, %(lease_until)s
    FROM kernel_job_run WHERE provider_id = %(provider_id)s AND job = %(job)s
    ON CONFLICT DO NOTHING RETURNING fence
"""
_SAVE = """
    UPDATE kernel_job_run
    SET lease_until = %(lease_until)s, finished_at = %(finished_at)s, error = %(error)s,
        covered_from = %(covered_from)s, covered_to = %(covered_to)s, counts = %(counts)s, skipped = %(skipped)s
    WHERE provider_id = %(provider_id)s AND job = %(job)s AND fence = %(fence)s AND finished_at IS NULL
"""
_HOLD = """
    SELECT 1 FROM kernel_job_run
    WHERE provider_id = %s AND job = %s AND fence = %s AND finished_at IS NULL FOR SHARE
"""


class JobIsRunningError(DomainError):
    """Another run of the job holds the lease."""

    code = "job_is_running"
    message = "This job is running already."
    http_status = 409


class LeaseLostError(RuntimeError):
    """The run outlived its lease and another one took over: what it still wants to write counts no more."""


@dataclass(slots=True, kw_only=True)
class Run:
    """A run that holds its lease.

    Attributes:
        fence: higher in each newer run of this job and provider; writes outside of PostgreSQL carry it.
        counts: what was done; add with `run.counts["tenants"] += 1`.
        skipped: what was left out, by reason.
        covered: the stretch of time that was worked off.
        saved_at: when the progress was written down last.
    """

    job: str
    provider_id: int
    fence: int
    lease: timedelta
    clock: Callable[[], datetime]
    counts: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    covered: Period | None = None
    saved_at: datetime | None = None

    def cover(self, starts: datetime, ends: datetime) -> None:
        """Note what the run has worked off so far; nothing when it is empty (`starts` = `ends`)."""
        self.covered = Period(starts, ends) if starts < ends else None

    def renew(self, *, every: timedelta = timedelta(0)) -> None:
        """Write down the progress and extend the lease from now on; call it after each chunk, not by a timer.

        Args:
            every: nothing is written when less than this has passed since the last time.

        Raises:
            LeaseLostError: another run took over, so this one must stop.
        """
        if self.saved_at is None or self.clock() - self.saved_at >= every:
            self._save(finished_at=None, error="")

    def hold(self) -> None:
        """Make sure, until the end of the caller's transaction, that no other run takes over.

        Raises:
            LeaseLostError: another run took over; the caller's transaction must not commit.
            TransactionRequiredError: no transaction is open.
        """
        require_atomic()
        with kernel_rows_of(self.provider_id):
            row = fetch_one(_HOLD, [self.provider_id, self.job, self.fence])
        if row is None:
            raise LeaseLostError(f"Run {self.fence} of {self.job} has been taken over.")

    def _save(self, *, finished_at: datetime | None, error: str) -> None:
        self.saved_at = self.clock()
        params = {
            "provider_id": self.provider_id,
            "job": self.job,
            "fence": self.fence,
            "lease_until": self.saved_at + self.lease,
            "finished_at": finished_at,
            "error": error[:500],
            "covered_from": self.covered.starts if self.covered else None,
            "covered_to": self.covered.ends if self.covered else None,
            "counts": json.dumps(self.counts),
            "skipped": json.dumps(self.skipped),
        }
        with transaction.atomic(durable=True), kernel_rows_of(self.provider_id):
            saved = execute(_SAVE, params)
        if not saved:
            raise LeaseLostError(f"Run {self.fence} of {self.job} has been taken over.")


@contextmanager
def job_run(
    *,
    job: str,
    provider_id: int = PLATFORM,
    lease: timedelta = timedelta(minutes=5),
    clock: Callable[[], datetime] = wall_clock,
) -> Iterator[Run]:
    """Run a block as a job: one at a time per job and provider, with a row that tells how it went.

    Not to be opened inside a transaction, for the row must outlive the failure of the work.

    Args:
        job: the job's name, at most 64 characters.
        provider_id: the provider it runs for, 0 for all.
        lease: how long it may go without `renew`; after that another run may take over.
        clock: tells the time; this is the edge.

    Raises:
        JobIsRunningError: another run holds the lease. Nothing was done.
        LeaseLostError: another run took over before this one ended.

    Idempotency:
        A run that was killed leaves its row open; the first start after its lease closes it as failed.
    """
    run = _start(job=job, provider_id=provider_id, lease=lease, clock=clock)
    try:
        yield run
    except LeaseLostError:
        raise
    except BaseException as error:
        with suppress(LeaseLostError):  # the first error tells more
            run._save(finished_at=clock(), error=f"{type(error).__name__}: {error}")
        raise
    run._save(finished_at=clock(), error="")


def _start(*, job: str, provider_id: int, lease: timedelta, clock: Callable[[], datetime]) -> Run:
    now = clock()
    params = {"provider_id": provider_id, "job": job, "now": now, "lease_until": now + lease}
    with transaction.atomic(durable=True), kernel_rows_of(provider_id):
        execute(_ABANDON, params)
        row = fetch_one(_START, params)
    if row is None:
        raise JobIsRunningError(message=f"The job {job} is running already.")
    fence = int(row[0])
    return Run(
        job=job, provider_id=provider_id, fence=fence, lease=lease, clock=clock, saved_at=now
    )
