"""The server's sessions, and the wait until it has let go of those whose process was killed."""

from __future__ import annotations

import time
from typing import Final

from django.db import connection

GONE_S: Final = 20.0


def other_sessions() -> set[int]:
    """Return the other sessions of this database by number; a role may see that they are there."""
    with connection.cursor() as cursor:
        # Within a transaction the server would tell what it told before.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND usesysid IS NOT NULL"
            " AND pid <> pg_backend_pid()"
        )
        return {pid for (pid,) in cursor.fetchall()}


def wait_until_only(sessions: set[int]) -> None:
    """Wait until the server has noticed who died and holds none of their locks: on a busy machine it takes a while.

    Args:
        sessions: those that may stay, by number.
    """
    end = time.monotonic() + GONE_S
    while left := other_sessions() - sessions:
        assert time.monotonic() < end, f"The sessions {left} of a killed process are still there."
        time.sleep(0.02)
