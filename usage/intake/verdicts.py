"""What becomes of one event, and why; the words of the API's answer. Used by every step of ingestion."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Verdict(StrEnum):
    """What became of an event."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    REJECTED = "rejected"
    PARKED = "parked"


class Reason(StrEnum):
    """Why an event was not accepted; the last one comes with an event that was."""

    INVALID_EVENT = "invalid_event"
    INVALID_SPECVERSION = "invalid_specversion"
    INVALID_ID = "invalid_id"
    INVALID_SOURCE = "invalid_source"
    INVALID_TYPE = "invalid_type"
    INVALID_SUBJECT = "invalid_subject"
    INVALID_TENANT = "invalid_tenant"
    INVALID_TIME = "invalid_time"
    INVALID_DATA = "invalid_data"
    INVALID_QUANTITY = "invalid_quantity"
    INVALID_ACTION = "invalid_action"
    TOO_MANY_DECIMALS = "too_many_decimals"
    TOO_LARGE = "too_large"
    TOO_LONG = "too_long"
    NEGATIVE = "negative"
    MISSING_VALUE = "missing_value"
    TOO_LATE = "too_late"
    FUTURE = "future"
    OTHER_CONTENT = "same_id_other_content"
    OTHER_CURRENCY = "other_currency"
    UNKNOWN_TENANT = "unknown_tenant"
    CLOSED_TENANT = "closed_tenant"
    UNKNOWN_METER = "unknown_meter"
    UNKNOWN_DIRECTION = "unknown_direction"
    STARTED_WHILE_SUSPENDED = "started_while_suspended"


# Said with `accepted`: what is measured is money, whoever let it happen.
ACCEPTED_REASONS = frozenset({Reason.STARTED_WHILE_SUSPENDED})
PARKING_REASONS = frozenset({Reason.UNKNOWN_TENANT, Reason.CLOSED_TENANT, Reason.UNKNOWN_METER})


class EventResult(msgspec.Struct, frozen=True, gc=False):
    """The answer for one event, as it is sent; `id` is None when the event has none that could be read.

    Attributes:
        reason: why it was not accepted; one of ACCEPTED_REASONS with an accepted one that somebody should look at.
    """

    id: str | None
    verdict: Verdict
    reason: Reason | None = None


class BadEventError(ValueError):
    """An event that cannot be taken; carries the one reason that is answered."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason
