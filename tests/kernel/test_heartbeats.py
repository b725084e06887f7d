"""A job runs once at a time, leaves a row, and cannot write after it was replaced."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from billing_platform.kernel.errors import TransactionRequiredError
from billing_platform.kernel.heartbeats import JobIsRunningError, LeaseLostError, job_run
from billing_platform.kernel.job_history import RunRecord, last_runs
from billing_platform.kernel.models import JobRun
from billing_platform.kernel.rows import fetch_one
from billing_platform.kernel.scope import provider_scope
from tests.kernel.races import HandClock, die, in_killed_process, in_threads
from tests.roles import as_role, set_role

LEASE = timedelta(minutes=5)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> HandClock:
    return HandClock(NOON)


@pytest.fixture
def as_worker(db: None) -> None:
    set_role("worker")


def newest(provider_id: int = 0) -> RunRecord:
    return last_runs(job="charge", provider_id=provider_id)[0]


@pytest.mark.usefixtures("as_worker")
class TestJobRun:
    def test_it_leaves_a_row(self, clock: HandClock) -> None:
        with job_run(job="charge", provider_id=1, lease=LEASE, clock=clock) as run:
            run.counts["tenants"] += 3
            run.skipped["no plan"] += 1
            run.cover(NOON - timedelta(hours=2), NOON)
            clock.advance(seconds=7)

        record = newest(1)
        assert (record.started_at, record.finished_at) == (NOON, NOON + timedelta(seconds=7))
        assert (record.counts, record.skipped) == ({"tenants": 3}, {"no plan": 1})
        assert (record.covered_from, record.covered_to) == (NOON - timedelta(hours=2), NOON)
        assert record.error == ""

    def test_it_reads_the_clock_by_itself_at_the_edge(self) -> None:
        with job_run(job="charge"):
            pass

        assert newest().finished_at is not None

    def test_nothing_covered_is_none(self, clock: HandClock) -> None:
        with job_run(job="charge", clock=clock) as run:
            run.cover(NOON, NOON)

        assert newest().covered_from is None

    def test_a_failure_is_written_down_and_goes_on(self, clock: HandClock) -> None:
        def fail() -> None:
            with job_run(job="charge", clock=clock) as run:
                run.counts["tenants"] += 1
                raise ZeroDivisionError("x" * 1000)

        with pytest.raises(ZeroDivisionError):
            fail()

        record = newest()
        assert record.error == ("ZeroDivisionError: " + "x" * 1000)[:500]
        assert record.counts == {"tenants": 1}

    def test_fences_count_up_per_provider_and_job(self, clock: HandClock) -> None:
        fences = []
        for job, provider_id in (("a", 1), ("a", 1), ("a", 2), ("b", 1), ("a", 1)):
            with job_run(job=job, provider_id=provider_id, clock=clock) as run:
                fences.append(run.fence)

        assert fences == [1, 2, 1, 1, 3]

    def test_a_second_run_is_refused(self, clock: HandClock) -> None:
        with (
            job_run(job="charge", lease=LEASE, clock=clock),
            pytest.raises(JobIsRunningError, match="charge"),
            job_run(job="charge", lease=LEASE, clock=clock),
        ):
            pass

        assert len(last_runs(job="charge")) == 1


@pytest.mark.usefixtures("as_worker")
class TestLease:
    def test_an_expired_run_is_closed_by_the_next(self, clock: HandClock) -> None:
        dead = job_run(job="charge", lease=LEASE, clock=clock)
        dead.__enter__()
        clock.at += LEASE

        with job_run(job="charge", lease=LEASE, clock=clock) as run:
            assert run.fence == 2

        second, first = last_runs(job="charge")
        assert "lease ran out" in first.error
        assert first.finished_at == clock()
        assert second.error == ""

    def test_progress_extends_the_lease(self, clock: HandClock) -> None:
        with job_run(job="charge", lease=LEASE, clock=clock) as run:
            clock.advance(minutes=4)
            run.counts["chunks"] += 1
            run.renew()
            clock.advance(minutes=4)

            assert newest().counts == {"chunks": 1}
            with pytest.raises(JobIsRunningError), job_run(job="charge", clock=clock):
                pass

    def test_the_late_write_of_a_replaced_run_changes_nothing(self, clock: HandClock) -> None:
        def work_late() -> None:
            with job_run(job="charge", lease=LEASE, clock=clock) as slow:
                clock.at += LEASE
                with job_run(job="charge", lease=LEASE, clock=clock) as fast:
                    fast.counts["tenants"] = 5
                slow.counts["tenants"] = 9

        with pytest.raises(LeaseLostError):
            work_late()

        second, first = last_runs(job="charge")
        assert (first.counts, second.counts) == ({}, {"tenants": 5})

    def test_a_replaced_run_learns_it_when_it_renews(self, clock: HandClock) -> None:
        with job_run(job="charge", lease=LEASE, clock=clock) as slow:
            pass

        with job_run(job="charge", lease=LEASE, clock=clock), pytest.raises(LeaseLostError):
            slow.renew()

    def test_the_error_of_a_replaced_run_is_not_hidden(self, clock: HandClock) -> None:
        def fail_late() -> None:
            with job_run(job="charge", lease=LEASE, clock=clock):
                clock.at += LEASE
                with job_run(job="charge", lease=LEASE, clock=clock):
                    pass
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail_late()

        assert "lease ran out" in last_runs(job="charge")[1].error


class TestHold:
    def test_a_replaced_run_cannot_write_its_work(
        self, committed_db: str, clock: HandClock
    ) -> None:
        set_role("worker")

        def work_late() -> None:
            with job_run(job="charge", lease=LEASE, clock=clock) as slow:
                clock.at += LEASE
                with job_run(job="charge", lease=LEASE, clock=clock), transaction.atomic():
                    slow.hold()

        with pytest.raises(LeaseLostError, match="taken over"):
            work_late()

    def test_nobody_takes_over_before_the_holder_commits(
        self, committed_db: str, clock: HandClock
    ) -> None:
        order: list[str] = []
        held = threading.Event()

        def work(_: int) -> None:
            with job_run(job="charge", lease=LEASE, clock=clock) as run:
                clock.at += LEASE
                with transaction.atomic():
                    run.hold()
                    held.set()
                    threading.Event().wait(0.3)
                    order.append("committed")

        def work_until_replaced(_: int) -> None:
            with suppress(LeaseLostError):  # unless it ends before the other one has started
                work(_)

        def take_over(_: int) -> None:
            assert held.wait(10)
            with job_run(job="charge", lease=LEASE, clock=clock):
                order.append("taken over")

        in_threads(lambda part: part(0), [work_until_replaced, take_over])

        assert order == ["committed", "taken over"]

    def test_it_refuses_to_work_without_a_transaction(
        self, committed_db: str, clock: HandClock
    ) -> None:
        set_role("worker")

        with job_run(job="charge", clock=clock) as run, pytest.raises(TransactionRequiredError):
            run.hold()

    @pytest.mark.usefixtures("as_worker")
    def test_a_run_that_was_not_replaced_holds(self, clock: HandClock) -> None:
        with job_run(job="charge", clock=clock) as run, transaction.atomic():
            run.hold()


class TestRaces:
    def test_of_many_starts_at_once_one_wins(self, committed_db: str, clock: HandClock) -> None:
        gate = threading.Barrier(8)

        def start(_: int) -> bool:
            gate.wait(10)
            try:
                with job_run(job="charge", lease=LEASE, clock=clock):
                    gate.wait(10)
            except JobIsRunningError:
                gate.wait(10)
                return False
            return True

        results = in_threads(start, range(8))

        assert sorted(results) == [False] * 7 + [True]

    def test_a_killed_run_is_followed_after_its_lease(
        self, committed_db: str, clock: HandClock
    ) -> None:
        def run_and_die() -> None:
            with job_run(job="charge", lease=LEASE, clock=clock):
                die()

        in_killed_process(run_and_die)

        with as_role("worker"):
            with pytest.raises(JobIsRunningError), job_run(job="charge", clock=clock):
                pass
            clock.at += LEASE
            with job_run(job="charge", clock=clock) as run:
                assert run.fence == 2

    def test_it_is_never_part_of_another_transaction(
        self, committed_db: str, clock: HandClock
    ) -> None:
        set_role("worker")

        with (
            pytest.raises(RuntimeError, match="durable"),
            transaction.atomic(),
            job_run(job="charge", clock=clock),
        ):
            pass


@pytest.mark.django_db
class TestTable:
    @pytest.mark.parametrize(
        ("values", "constraint"),
        [
            ({"fence": 1, "finished_at": NOON}, "fence"),
            ({}, "one_open"),
            ({"job": ""}, "job"),
            ({"covered_to": NOON, "finished_at": NOON}, "covered"),
            ({"covered_from": NOON, "finished_at": NOON}, "covered"),
            (
                {"covered_from": NOON, "covered_to": NOON - LEASE, "finished_at": NOON},
                "covered",
            ),
        ],
    )
    def test_the_database_refuses_a_wrong_run(
        self, values: dict[str, Any], constraint: str
    ) -> None:
        row = {"provider_id": 1, "job": "charge", "started_at": NOON, "lease_until": NOON}
        with as_role("worker"), provider_scope(1):
            JobRun.objects.create(**row, fence=1)

        with (
            as_role("worker"),
            pytest.raises(IntegrityError, match=f"kernel_job_run_{constraint}"),
            provider_scope(1),
        ):
            JobRun.objects.create(**{**row, "fence": 2, **values})

    def test_the_web_cannot_start_a_run(self, clock: HandClock) -> None:
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            job_run(job="charge", clock=clock),
        ):
            pass

    def test_a_tenant_does_not_see_runs(self, clock: HandClock) -> None:
        with as_role("worker"), job_run(job="charge", provider_id=1, clock=clock):
            pass

        with provider_scope(2):
            assert fetch_one("SELECT count(*) FROM kernel_job_run") == (0,)
        with provider_scope(1):
            assert fetch_one("SELECT count(*) FROM kernel_job_run") == (1,)
