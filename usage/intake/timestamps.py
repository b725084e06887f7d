"""Read an event's time and decide whether it may still come in. Pure; called by the readers and by ingestion."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from usage.intake.verdicts import BadEventError, Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

_RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})",
    re.ASCII,
)
# Lines of the same without leap seconds and small letters.
_COMMON = re.compile(
    r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-5][0-9](?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:[0-9]{2})\n)*",
    re.ASCII,
)
_WHOLE = len("2000-01-01T00:00:00+00:00")
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
    text = value
    if text[17:19] == "60":
        text = _LEAP_SECOND.sub("59.999999", text, count=1)
    try:
        at = datetime.fromisoformat(text if text[-1] != "z" else text.upper())
        return at if at.tzinfo is UTC else at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadEventError(Reason.INVALID_TIME) from None


def read_times(values: Sequence[str]) -> list[tuple[datetime, str] | None]:
    """Return RFC 3339 times in UTC with their ISO format, all at once where none is unusual.

    Returns:
        In place of a time that `read_time` refuses, None.
    """
    try:
        if _COMMON.fullmatch("\n".join([*values, ""])):
            times = map(datetime.fromisoformat, values)
            return [_with_text(at, value) for at, value in zip(times, values, strict=True)]
    except (ValueError, OverflowError):
        pass
    return [_time_or_none(value) for value in values]


def _with_text(at: datetime, value: str) -> tuple[datetime, str]:
    # Whole seconds in UTC read as they are written.
    if len(value) == _WHOLE and value.endswith("+00:00"):
        return at, value
    utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    return utc, utc.isoformat()


def _time_or_none(value: str) -> tuple[datetime, str] | None:
    try:
        at = read_time(value)
    except BadEventError:
        return None
    return at, at.isoformat()


@dataclass(frozen=True)
class TimeWindow:
    """The stretch of time from which events may come in now, both ends included."""

    earliest: datetime
    latest: datetime

    def refusal(self, at: datetime) -> Reason | None:
        """Return why an event of this time may not come in, or None.

        Args:
            at: the event's time, aware.
        """
        if at > self.latest:
            return Reason.FUTURE
        return Reason.TOO_LATE if at < self.earliest else None


def window_at(now: datetime, limits: TimeLimits) -> TimeWindow:
    """Return the stretch of time that limits leave open at a moment.

    Args:
        now: the moment of receipt, aware.
        limits: the provider's limits.
    """
    earliest = EARLIEST if limits.late is None else max(EARLIEST, now - limits.late)
    return TimeWindow(earliest, now + limits.future)
