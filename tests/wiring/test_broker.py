"""A real worker and beat without Redis: messages are files, and a bell is heard."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from billing_platform.embedded.places import PROJECT_DIR
from tests.database import owner_url
from tests.embedded.conftest import query, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.processes
CELERY = [sys.executable, "-m", "celery", "-A", "billing_platform.celery"]
RING = "from billing_platform.celery import app; app.send_task('kernel.sweep_outbox')"
DONE = "SELECT count(*) FROM kernel_job_run WHERE job = 'outbox' AND finished_at IS NOT NULL AND error = ''"


@pytest.fixture
def environ(committed_db: str, tmp_path: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": owner_url(committed_db),
        "DATABASE_ROLE": "worker",
        "DJANGO_SETTINGS_MODULE": "billing_platform.settings.dev",
        "VAR_DIR": str(tmp_path),
        "ENV_FILE": os.devnull,
    }


@contextmanager
def worker(environ: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [*CELERY, "worker", "--concurrency=1", "--loglevel=ERROR"], cwd=PROJECT_DIR, env=environ
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)


def ring(environ: dict[str, str]) -> None:
    subprocess.run([sys.executable, "-c", RING], cwd=PROJECT_DIR, env=environ, check=True)


class TestFileBroker:
    def test_a_message_reaches_a_worker_at_once(self, environ: dict[str, str]) -> None:
        with worker(environ) as process:
            ring(environ)
            wait_for(lambda: query(environ["DATABASE_URL"], DONE) == 1, 40)
            began = time.monotonic()
            ring(environ)
            wait_for(lambda: query(environ["DATABASE_URL"], DONE) == 2, 20)
            assert process.poll() is None
            assert time.monotonic() - began < 15

    def test_a_message_sent_before_the_worker_came_is_kept(
        self, environ: dict[str, str], tmp_path: Path
    ) -> None:
        ring(environ)
        assert list((tmp_path / "broker" / "messages").iterdir())

        with worker(environ):
            wait_for(lambda: query(environ["DATABASE_URL"], DONE) == 1, 40)
        assert not list((tmp_path / "broker" / "messages").glob("*.msg"))

    def test_beat_starts_and_keeps_its_state_in_var(
        self, environ: dict[str, str], tmp_path: Path
    ) -> None:
        beat = subprocess.Popen(
            [*CELERY, "beat", "--loglevel=ERROR", "--pidfile="], cwd=PROJECT_DIR, env=environ
        )
        try:
            wait_for(lambda: any(tmp_path.glob("celerybeat-schedule*")), 40)
        finally:
            beat.terminate()
            beat.wait(timeout=30)
