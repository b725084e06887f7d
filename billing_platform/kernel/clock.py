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


def from_epoch(seconds: float) -> datetime:
    """Return the moment of a Unix time, in UTC.

    Args:
        seconds: since 1970-01-01T00:00Z, as others send it: any number.

    Raises:
        ValueError: not a number, or outside the years 1 to 9999, whatever the C library calls that.
        TypeError: no number at all.
    """
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise ValueError(f"{seconds} is no moment.") from error
