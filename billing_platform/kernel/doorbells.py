"""Ringing for each provider that has something to do: what every part's scheduled tasks begin with."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from billing_platform.kernel.heartbeats import JobIsRunningError, job_run
from billing_platform.kernel.scope import system_scope

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from celery.app.task import Task


def ring_providers(*, job: str, find: Callable[[], Sequence[int]], task: Task[Any, Any]) -> None:
    """Send a task to each provider that a selector finds, with a heartbeat that says how many.

    Args:
        job: of the heartbeat.
        find: returns the providers' numbers; called in the system's scope.
        task: takes `provider_id`; the message is a doorbell, the work is found in the database.

    Idempotency: while another beat rings, nothing is done.
    """
    with suppress(JobIsRunningError), job_run(job=job) as run:
        with system_scope():
            found = find()
        for provider_id in found:
            task.delay(provider_id=provider_id)
        run.counts["providers"] = len(found)
