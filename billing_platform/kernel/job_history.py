"""What jobs did lately and which stand still. Read by pages ("charged through 13:00") and by health."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from billing_platform.kernel.kernel_rows import PLATFORM, kernel_rows_of
from billing_platform.kernel.rows import execute, fetch_all, fetch_one
from billing_platform.kernel.scope import system_scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime, timedelta
    from typing import Any

_COLUMNS = "job, fence, started_at, finished_at, covered_from, covered_to, counts, skipped, error"


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run of a job, as written down: `finished_at` is None while it runs, `error` empty when it went well."""

    job: str
    fence: int
    started_at: datetime
    finished_at: datetime | None
    covered_from: datetime | None
    covered_to: datetime | None
    counts: Mapping[str, int]
    skipped: Mapping[str, int]
    error: str


@dataclass(frozen=True, slots=True)
class JobHealth:
    """When a job ran last, and when it last ended well; nothing of what it did.

    Attributes:
        is_alive: whether a run is under way and holds its lease.
        has_failed: whether the newest run ended badly.
        good_started_at, good_finished_at: of the last run that ended well; None before there is one.
    """

    started_at: datetime
    finished_at: datetime | None
    is_alive: bool
    has_failed: bool
    good_started_at: datetime | None
    good_finished_at: datetime | None

    def is_late(self, *, limit: timedelta, now: datetime) -> bool:
        """Return whether it has done nothing good for longer than it may.

        Args:
            limit: how long it may be silent.
            now: the present moment.
        """
        good = self.good_finished_at
        return not self.is_alive and (good is None or good < now - limit)


def last_runs(*, job: str, provider_id: int = PLATFORM, limit: int = 20) -> tuple[RunRecord, ...]:
    """Return the newest runs of a job, the newest first.

    Args:
        job: the job's name.
        provider_id: the provider it ran for, 0 for runs over all.
        limit: how many at most.
    """
    with kernel_rows_of(provider_id):
        rows = fetch_all(
            f"SELECT {_COLUMNS} FROM kernel_job_run WHERE provider_id = %s AND job = %s ORDER BY fence DESC LIMIT %s",
            [provider_id, job, limit],
        )
    return tuple(_record(row) for row in rows)


def last_good_run(*, job: str, provider_id: int = PLATFORM) -> RunRecord | None:
    """Return the last run that ended well, or None when none did yet.

    Args:
        job: the job's name.
        provider_id: the provider it ran for, 0 for runs over all.
    """
    with kernel_rows_of(provider_id):
        row = fetch_one(
            f"SELECT {_COLUMNS} FROM kernel_job_run WHERE provider_id = %s AND job = %s AND error = ''"
            " AND finished_at IS NOT NULL ORDER BY finished_at DESC LIMIT 1",
            [provider_id, job],
        )
    return _record(row) if row else None


def platform_health(*, jobs: Iterable[str], now: datetime) -> dict[str, JobHealth]:
    """Return how the platform's own jobs are, by name; one that never ran is left out. Any scope may ask.

    Args:
        jobs: their names.
        now: the present moment.
    """
    rows = fetch_all("SELECT * FROM lookup_job_health(%s, %s)", [list(jobs), now])
    return {job: JobHealth(*rest) for job, *rest in rows}


def stands_still(*, job: str, limit: timedelta, now: datetime, provider_id: int = PLATFORM) -> bool:
    """Return whether a job has done nothing good for too long.

    A run that holds its lease counts as life, for it renews it by progress. A job that never ran stands still.

    Args:
        job: the job's name.
        limit: how long it may be silent.
        now: the present moment.
        provider_id: the provider it runs for, 0 for runs over all.
    """
    with kernel_rows_of(provider_id):
        alive = fetch_one(
            "SELECT 1 FROM kernel_job_run WHERE provider_id = %(provider_id)s AND job = %(job)s AND ("
            "(finished_at IS NULL AND lease_until > %(now)s) OR (error = '' AND finished_at >= %(since)s)) LIMIT 1",
            {"provider_id": provider_id, "job": job, "now": now, "since": now - limit},
        )
    return alive is None


def jobs_standing_still(*, limits: Mapping[str, timedelta], now: datetime) -> tuple[str, ...]:
    """Return the platform's jobs that stand still, by name.

    Args:
        limits: how long each job may be silent.
        now: the present moment.
    """
    return tuple(
        sorted(job for job, limit in limits.items() if stands_still(job=job, limit=limit, now=now))
    )


def forget_runs(*, before: datetime) -> int:
    """Drop rows of runs that ended long ago, but never a job's newest, for it carries the token. Runs as worker.

    Args:
        before: runs that ended before this moment.

    Returns:
        How many were dropped.
    """
    with system_scope():
        return execute(
            "DELETE FROM kernel_job_run AS run WHERE finished_at < %s AND EXISTS ("
            "SELECT 1 FROM kernel_job_run AS newer WHERE newer.provider_id = run.provider_id"
            " AND newer.job = run.job AND newer.fence > run.fence)",
            [before],
        )


def _record(row: tuple[Any, ...]) -> RunRecord:
    job, fence, started_at, finished_at, covered_from, covered_to, counts, skipped, error = row
    return RunRecord(
        job=job,
        fence=fence,
        started_at=started_at,
        finished_at=finished_at,
        covered_from=covered_from,
        covered_to=covered_to,
        counts=json.loads(counts),
        skipped=json.loads(skipped),
        error=error,
    )
