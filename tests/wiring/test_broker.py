"""A real worker and beat without Redis: messages are files, and bells are heard."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from billing_platform.embedded.places import PROJECT_DIR
from tests.bells import ringer
from tests.database import owner_url
from tests.embedded.conftest import query, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.processes
CELERY = [sys.executable, "-m", "celery", "-A", "billing_platform.celery"]
DONE = "SELECT count(*) FROM kernel_job_run WHERE job = 'outbox' AND finished_at IS NOT NULL AND error = ''"


def environ(database: str, folder: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": owner_url(database),
        "DATABASE_ROLE": "worker",
        "DJANGO_SETTINGS_MODULE": "billing_platform.settings.dev",
        "VAR_DIR": str(folder),
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


class TestFileBroker:
    def test_a_message_is_kept_for_a_worker_and_the_next_reaches_it_at_once(
        self, committed_db: str, tmp_path: Path
    ) -> None:
        messages, here = tmp_path / "broker" / "messages", environ(committed_db, tmp_path)
        with ringer(here, "kernel.sweep_outbox") as ring:
            ring(1)
            assert list(messages.glob("*.msg"))

            with worker(here) as process:
                wait_for(lambda: query(here["DATABASE_URL"], DONE) == 1, 40)
                began = time.monotonic()
                ring(1)
                wait_for(lambda: query(here["DATABASE_URL"], DONE) == 2, 20)
                assert process.poll() is None
                assert time.monotonic() - began < 15
        assert not list(messages.glob("*.msg"))

    def test_beat_starts_and_keeps_its_state_in_var(self, tmp_path: Path) -> None:
        # It rings bells and asks no database.
        here = environ("none", tmp_path)
        beat = subprocess.Popen(
            [*CELERY, "beat", "--loglevel=ERROR", "--pidfile="], cwd=PROJECT_DIR, env=here
        )
        try:
            wait_for(lambda: any(tmp_path.glob("celerybeat-schedule*")), 40)
        finally:
            beat.terminate()
            beat.wait(timeout=30)
