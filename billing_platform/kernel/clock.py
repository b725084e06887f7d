"""The clock: read once at the edge (view, task, command) and handed down as an argument; nothing below calls it."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present moment.

    Returns:
        An aware datetime in UTC.
    """
    return datetime.now(tz=UTC)


def as_utc(at: datetime) -> datetime:
    """Return the same moment in UTC.

    Args:
        at: an aware datetime in any zone.

    Raises:
        ValueError: `at` names no zone, so it is no moment; or it has no year from 1 to 9999 in UTC.
    """
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} has no time zone.")
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{at.isoformat()} is outside the years 1 to 9999 in UTC.") from error
