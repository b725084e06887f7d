"""A worker that was killed has let go of its locks when it is waited for."""

from __future__ import annotations

import os
import signal
import threading

import pytest
from django.db import transaction

from billing_platform.kernel.rows import execute, fetch_all
from tests.roles import set_role
from tests.usage.faults.workers import start

pytestmark = [pytest.mark.processes, pytest.mark.usefixtures("committed_db")]
LOCK = "SELECT pg_try_advisory_xact_lock(4711)"


def die_while_the_server_works() -> None:
    """Hold a lock and die while the server is busy, so that it notices late."""
    with transaction.atomic():
        fetch_all(LOCK)
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGKILL)).start()
        execute("SELECT pg_sleep(2)")


def test_its_locks_are_free_when_it_is_waited_for() -> None:
    set_role("worker")

    code, _ = start(die_while_the_server_works, kill_at="by a timer of its own").wait()

    assert code == -signal.SIGKILL
    with transaction.atomic():
        assert fetch_all(LOCK) == [(True,)]
