"""The last good run is known, and a job that stands still is named."""

from __future__ import annotations

from datetime import timedelta

import pytest

from billing_platform.kernel.heartbeats import job_run
from billing_platform.kernel.job_history import (
    forget_runs,
    jobs_standing_still,
    last_good_run,
    last_runs,
    stands_still,
)
from tests.kernel.races import HandClock
from tests.roles import as_role, set_role

HOUR = timedelta(hours=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(db: None) -> HandClock:
    set_role("worker")
    return HandClock()


def run_well(clock: HandClock, provider_id: int = 0) -> None:
    with job_run(job="charge", provider_id=provider_id, clock=clock):
        pass


def run_badly(clock: HandClock) -> None:
    with pytest.raises(ZeroDivisionError), job_run(job="charge", clock=clock):
        raise ZeroDivisionError


class TestLastGoodRun:
    def test_failures_and_open_runs_do_not_count(self, clock: HandClock) -> None:
        assert last_good_run(job="charge") is None
        run_well(clock)
        good_at = clock()
        clock.advance(minutes=1)
        run_badly(clock)

        with job_run(job="charge", clock=clock):
            good = last_good_run(job="charge")

        assert good is not None
        assert good.finished_at == good_at
        assert [record.fence for record in last_runs(job="charge", limit=2)] == [3, 2]

    def test_the_web_sees_its_provider_s_runs(self, clock: HandClock) -> None:
        run_well(clock, provider_id=1)

        with as_role("app"):
            assert last_good_run(job="charge", provider_id=1) is not None
            assert last_good_run(job="charge", provider_id=2) is None


class TestStandsStill:
    def test_a_job_that_never_ran_stands_still(self, clock: HandClock) -> None:
        assert stands_still(job="charge", limit=HOUR, now=clock())

    def test_a_good_run_counts_for_its_limit(self, clock: HandClock) -> None:
        run_well(clock)

        assert not stands_still(job="charge", limit=HOUR, now=clock.advance(hours=1))
        assert stands_still(job="charge", limit=HOUR, now=clock.advance(seconds=1))

    def test_failures_are_no_life(self, clock: HandClock) -> None:
        run_badly(clock)

        assert stands_still(job="charge", limit=HOUR, now=clock())

    def test_a_run_that_makes_progress_is_life(self, clock: HandClock) -> None:
        with job_run(job="charge", lease=timedelta(minutes=5), clock=clock) as run:
            clock.advance(minutes=4)
            run.renew()
            assert not stands_still(job="charge", limit=timedelta(minutes=1), now=clock())
            hung = clock() + timedelta(minutes=6)
            assert stands_still(job="charge", limit=timedelta(minutes=1), now=hung)

    def test_all_jobs_are_watched_at_once(self, clock: HandClock) -> None:
        run_well(clock)

        still = jobs_standing_still(limits={"outbox": HOUR, "charge": HOUR}, now=clock())

        assert still == ("outbox",)


class TestForgetRuns:
    def test_it_keeps_the_newest_of_each_job(self, clock: HandClock) -> None:
        for _ in range(3):
            run_well(clock)
        run_well(clock, provider_id=1)

        assert forget_runs(before=clock() + HOUR) == 2

        assert [record.fence for record in last_runs(job="charge")] == [3]
        run_well(clock)
        assert last_runs(job="charge")[0].fence == 4
