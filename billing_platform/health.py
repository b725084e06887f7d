"""What the probes ask: does the process live, can it serve pages, and do the periodic jobs keep up."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.db import DatabaseError, connection
from redis.exceptions import RedisError

from billing_platform.celery_schedule import HEARTBEATS
from billing_platform.kernel.clock import now
from billing_platform.kernel.job_history import jobs_standing_still

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import timedelta

# What went wrong by check, an empty text where nothing did. Details stay in the log: probes are open to everybody.
Checks = dict[str, str]
PROBE_KEY_SECONDS = 10


def live() -> Checks:
    """Say that the process answers; nothing else, so that a lost database does not get it killed."""
    return {}


def ready() -> Checks:
    """Say whether pages can be served: the database answers and takes writes, and the cache answers."""
    return {"database": _database(), "cache": _cache()}


def jobs(limits: Mapping[str, timedelta] = HEARTBEATS) -> Checks:
    """Say which periodic jobs stand still.

    Args:
        limits: how long each job may be silent.
    """
    problem = _database()
    if problem:
        return {"database": problem}
    silent = set(jobs_standing_still(limits=limits, now=now()))
    return {job: "stands still" if job in silent else "" for job in limits}


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean"
            )
            row = cursor.fetchone()
    except DatabaseError:
        connection.close()
        return "does not answer"
    return "takes no writes" if row and row[0] else ""


def _cache() -> str:
    key, value = f"probe:{secrets.token_hex(8)}", secrets.token_hex(8)
    try:
        cache.set(key, value, PROBE_KEY_SECONDS)
        found = cache.get(key)
        cache.delete(key)
    except (DatabaseError, RedisError, OSError):
        return "does not answer"
    return "" if found == value else "forgets"


PROBES: dict[str, Callable[[], Checks]] = {
    "/health/live": live,
    "/health/ready": ready,
    "/health/jobs": jobs,
}
