"""Guard the full hours: every boundary of prices and subscriptions is one. Called by catalogue and subscriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from billing_platform.kernel.periods import hour_floor
from usage.errors import NotFullHourError
from usage.pricing.timeline import BEGINNING, NEVER

if TYPE_CHECKING:
    from datetime import datetime

    from psycopg2.extras import DateTimeTZRange


def check_full_hour(at: datetime | None) -> datetime | None:
    """Return a boundary that is a full UTC hour.

    Args:
        at: an aware datetime, or None for no boundary.

    Raises:
        NotFullHourError: it lies inside an hour.
    """
    if at is not None and hour_floor(at) != at:
        raise NotFullHourError
    return at


def begin_of(stretch: DateTimeTZRange) -> datetime:
    """Return where a stored stretch of time begins, the beginning of time when it has no bound.

    Args:
        stretch: a range that is not empty.
    """
    return stretch.lower or BEGINNING


def end_of(stretch: DateTimeTZRange) -> datetime:
    """Return where a stored stretch of time ends, the end of time when it has no bound.

    Args:
        stretch: a range that is not empty.
    """
    return stretch.upper or NEVER
