"""What probes are told, and that nothing stands in their way."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection

from billing_platform import health
from billing_platform.celery import app
from billing_platform.celery_schedule import HEARTBEATS, SCHEDULE
from billing_platform.kernel.heartbeats import job_run
from tests.roles import as_role

if TYPE_CHECKING:
    from django.test import Client


def fail(*_: object, **__: object) -> None:
    raise OperationalError("gone")


class TestLive:
    def test_it_needs_no_database(self, client: Client) -> None:
        answer = client.get("/health/live")

        assert (answer.status_code, answer.json()) == (200, {"status": "ok", "checks": {}})
        assert answer["Cache-Control"] == "no-store"

    def test_no_host_and_no_https_are_needed(self, client: Client, settings: object) -> None:
        settings.ALLOWED_HOSTS = ["billing.example.com"]  # type: ignore[attr-defined]
        settings.SECURE_SSL_REDIRECT = True  # type: ignore[attr-defined]

        assert client.get("/health/live", headers={"host": "10.0.0.7"}).status_code == 200

    def test_it_is_only_read(self, client: Client) -> None:
        answer = client.post("/health/live")

        assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")

    @pytest.mark.django_db
    def test_other_addresses_go_on(self, client: Client) -> None:
        assert client.get("/health/nonsense").status_code == 404


@pytest.mark.django_db
class TestReady:
    def test_it_asks_database_and_cache(self, client: Client) -> None:
        answer = client.get("/health/ready")

        assert (answer.status_code, answer.json()["checks"]) == (
            200,
            {"database": "ok", "cache": "ok"},
        )

    def test_a_lost_database_is_red(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(connection, "cursor", fail)
        monkeypatch.setattr(connection, "close", lambda: None)

        answer = client.get("/health/ready")

        assert (answer.status_code, answer.json()["status"]) == (503, "failing")
        assert answer.json()["checks"] == {"database": "does not answer", "cache": "ok"}

    def test_a_lost_cache_is_red(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(cache, "set", fail)

        assert client.get("/health/ready").json()["checks"]["cache"] == "does not answer"

    def test_a_cache_that_forgets_is_red(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(cache, "set", lambda *_: None)

        assert client.get("/health/ready").json()["checks"]["cache"] == "forgets"


@pytest.mark.django_db
class TestJobs:
    def test_a_job_that_never_ran_stands_still(self, client: Client) -> None:
        answer = client.get("/health/jobs")

        assert answer.status_code == 503
        assert answer.json()["checks"] == dict.fromkeys(HEARTBEATS, "stands still")

    def test_a_job_that_ran_is_well(self) -> None:
        with as_role("worker"), job_run(job="outbox"):
            pass

        assert health.jobs({"outbox": timedelta(minutes=5), "other": timedelta(minutes=5)}) == {
            "outbox": "",
            "other": "stands still",
        }

    def test_a_lost_database_says_so(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(connection, "cursor", fail)
        monkeypatch.setattr(connection, "close", lambda: None)

        assert health.jobs() == {"database": "does not answer"}


class TestSchedule:
    def test_every_task_exists_and_is_listed_once(self) -> None:
        app.loader.import_default_modules()
        tasks = [entry["task"] for entry in SCHEDULE.values()]

        assert set(tasks) <= set(app.tasks)
        assert len(tasks) == len(set(tasks))
        assert app.conf.beat_schedule == SCHEDULE
