"""The clock of this machine, held against the database's: no hour is charged that has not begun for both.

Called at the edges of jobs that write down how far they came. A machine whose clock jumped ahead would else charge what
lies ahead, and leave nothing to do for those whose clocks are right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from billing_platform.kernel.clock import now
from billing_platform.kernel.rows import fetch_one

if TYPE_CHECKING:
    from datetime import datetime


def earlier_now() -> datetime:
    """Return the present moment by this machine's clock or the database's, whichever is behind.

    Returns:
        An aware datetime in UTC.
    """
    here, row = now(), fetch_one("SELECT clock_timestamp()")
    return min(here, row[0].astimezone(here.tzinfo)) if row else here
