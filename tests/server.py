"""The tests' database server: the one that `DATABASE_URL` names, else an embedded one for the whole session."""

from __future__ import annotations

import os

from billing_platform.embedded import Lease, acquire

# Tests lose nothing in a power cut, and databases are copied for every test that commits.
FAST = ("fsync=off", "full_page_writes=off", "shared_buffers=256MB")


def start_server() -> Lease | None:
    """Make sure that a server runs and that `DATABASE_URL` names it; workers of one session share the first one's.

    Returns:
        The lease to close at the end of the session, or None where the server belongs to somebody else.
    """
    if os.environ.get("DATABASE_URL"):
        return None
    lease = acquire(settings=FAST)
    os.environ["DATABASE_URL"] = lease.url
    return lease
