"""Read an event's time and decide whether it may still come in. Pure; called by the readers and by ingestion."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from usage.intake.verdicts import BadEventError, Reason

_RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})",
    re.ASCII,
)
_LEAP_SECOND = re.compile(r"(?<=:[0-9]{2}:)60(?:\.[0-9]+)?")
# No meter of ours is older; it also bounds the months that an import may open.
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class TimeLimits:
    """How far from the present an event's time may lie; `late` None takes any age (imports of history)."""

    late: timedelta | None = timedelta(days=35)
    future: timedelta = timedelta(minutes=5)


def read_time(value: object) -> datetime:
    """Return an RFC 3339 time in UTC. A leap second is clamped to the last microsecond of its minute.

    Raises:
        BadEventError: `invalid_time` when the value is no time with a zone.
    """
    if not isinstance(value, str) or len(value) > 40 or not _RFC3339.fullmatch(value):
        raise BadEventError(Reason.INVALID_TIME)
    text = value.upper()
    if text[17:19] == "60":
        text = _LEAP_SECOND.sub("59.999999", text, count=1)
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadEventError(Reason.INVALID_TIME) from None


def refusal_by_time(at: datetime, now: datetime, limits: TimeLimits) -> Reason | None:
    """Return why an event of this time may not come in now, or None.

    Args:
        at: the event's time, aware.
        now: the moment of receipt, aware.
        limits: the provider's limits.
    """
    if at > now + limits.future:
        return Reason.FUTURE
    if at < EARLIEST or (limits.late is not None and at < now - limits.late):
        return Reason.TOO_LATE
    return None
