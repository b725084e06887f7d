"""Jobs of the platform on a provider's page: times for everybody, what is done and why it failed for nobody."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from billing_platform.celery_schedule import HEARTBEATS, SCHEDULE, next_due
from billing_platform.kernel.heartbeats import job_run
from billing_platform.kernel.job_history import platform_health
from billing_platform.kernel.scope import provider_scope
from billing_platform.portal.pages.job_words import JOBS
from billing_platform.portal.pages.other_jobs import late_jobs, other_jobs
from tenants.selectors.providers import provider_view
from tests.kernel.races import HandClock
from tests.roles import as_role

if TYPE_CHECKING:
    from tests.cast import Cast
    from tests.portal.views.conftest import AsPerson, World

URL = "/provider/jobs/"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def ran(job: str, *, at: datetime, seconds: int = 2, error: str = "", count: str = "x") -> None:
    clock = HandClock(at)
    with as_role("worker"), suppress(RuntimeError), job_run(job=job, clock=clock) as run:
        run.counts[count] = 7
        clock.advance(seconds=seconds)
        if error:
            raise RuntimeError(error)


def state_of(provider_id: int, job: str, now: datetime = NOW) -> tuple[str, datetime | None]:
    with provider_scope(provider_id):
        lines = {str(line.label): line for line in other_jobs(provider_view(provider_id), now=now)}
    line = lines[str(JOBS[job].label)]
    return line.state, line.due_at


class TestRegistry:
    def test_every_periodic_task_leaves_a_heartbeat_and_has_words(self) -> None:
        assert set(JOBS) == set(HEARTBEATS)
        assert sorted(words.task for words in JOBS.values()) == sorted(
            entry["task"] for entry in SCHEDULE.values()
        )

    @pytest.mark.parametrize(
        ("task", "due"),
        [
            ("kernel.sweep_outbox", NOW + timedelta(minutes=1)),
            ("accounts.close_days", NOW + timedelta(minutes=20)),
            ("kernel.tidy", datetime(2026, 11, 21, 3, 17, tzinfo=UTC)),
        ],
    )
    def test_the_next_run_follows_the_schedule(self, task: str, due: datetime) -> None:
        assert next_due(task, after=NOW) == due


class TestStates:
    def test_a_good_run_is_on_time_until_it_has_been_silent_for_too_long(self, cast: Cast) -> None:
        due = datetime(2026, 11, 21, 3, 17, tzinfo=UTC)
        # Nimbus is new: the night in which it is due has not come.
        assert state_of(cast.nimbus, "tidy") == ("planned", due)
        assert state_of(cast.nimbus, "tidy", NOW + timedelta(hours=51))[0] == "never"
        ran("tidy", at=NOW)

        assert state_of(cast.nimbus, "tidy") == ("on_time", due)
        assert state_of(cast.nimbus, "tidy", NOW + timedelta(hours=49)) == ("on_time", due)
        assert state_of(cast.nimbus, "tidy", NOW + timedelta(hours=51)) == ("late", due)

    def test_a_bad_one_has_failed_and_one_under_way_is_running(self, cast: Cast) -> None:
        ran("tidy", at=NOW - timedelta(hours=1))
        ran("tidy", at=NOW, error="disk full")
        assert state_of(cast.nimbus, "tidy")[0] == "failed"
        with as_role("worker"), job_run(job="tidy", clock=HandClock(NOW)), as_role("app"):
            assert state_of(cast.nimbus, "tidy")[0] == "running"

    def test_what_does_not_keep_up_is_counted(self, cast: Cast) -> None:
        for job in JOBS:
            ran(job, at=NOW)
        with provider_scope(cast.nimbus):
            assert late_jobs(other_jobs(provider_view(cast.nimbus), now=NOW)) == 0
            later = NOW + timedelta(minutes=10)
            assert late_jobs(other_jobs(provider_view(cast.nimbus), now=later)) == 1

    def test_any_scope_may_ask_and_learns_times_only(self, cast: Cast) -> None:
        ran("tidy", at=NOW, seconds=3, count="secret")
        with provider_scope(cast.sonora):
            health = platform_health(jobs=["tidy", "nobody"], now=NOW)

        assert set(health) == {"tidy"}
        assert health["tidy"].good_finished_at == NOW + timedelta(seconds=3)
        assert "secret" not in repr(health)


class TestPage:
    def test_everybody_of_the_provider_sees_times_and_the_own_share(
        self, world: World, as_person: AsPerson
    ) -> None:
        ran("verify_ledgers", at=NOW, error="Globex Canary of provider 2 is wrong")

        body = as_person("rita").get(URL).content.decode()
        assert "All jobs" in body
        assert "The oldest waits since" in body
        assert "Charged through 20 Nov 2026, 12:00" in body
        assert "provider 2" not in body
        stranger = as_person("oskar").get(URL, HTTP_HOST="sonora.localhost").content.decode()
        assert "Charged through 20 Nov" not in stranger
        assert "Everything is sent" in stranger
        assert as_person("alice").get(URL).status_code == 403
