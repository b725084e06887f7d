"""The forms that the API's documentation shows: events as they come in, results as they go out, and problems."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 (pydantic reads the annotations)
from typing import Any, Final, Literal

from ninja import Field, Schema

from billing_platform.api.bodies import BATCH, EVENTS_MAX, SINGLE


class EventResult(Schema):
    """What became of one event, in the order of the batch."""

    id: str | None
    verdict: Literal["accepted", "duplicate", "conflict", "rejected", "parked"]
    reason: str | None = Field(
        description="Why it is not accepted, or null. With `accepted` it may be `started_while_suspended`."
    )


class EventResults(Schema):
    """One result per event."""

    results: list[EventResult]


class EntitlementAnswer(Schema):
    """What a tenant's service may do now. A caller that knows a higher `epoch` keeps what it knows."""

    status: str = Field(json_schema_extra={"enum": ["trial", "active", "suspended", "closed"]})
    reason: str | None
    since: datetime | None
    epoch: int
    outbound: Literal["allow", "block"]
    inbound: Literal["allow", "reject", "announce"]
    resources: Literal["run", "stop"]
    may_create: bool


class Problem(Schema):
    """An error (RFC 9457)."""

    type: str
    title: str
    status: int
    code: str
    detail: str


_EVENT: Final[dict[str, Any]] = {
    "type": "object",
    "description": "A CloudEvent 1.0. Its id is remembered for ever per source.",
    "required": ["specversion", "id", "source", "type", "tenant", "time"],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "minLength": 1, "maxLength": 200},
        "source": {"type": "string", "minLength": 1, "maxLength": 200},
        "type": {
            "type": "string",
            "minLength": 1,
            "maxLength": 100,
            "description": "What meters match.",
        },
        "subject": {"type": "string", "maxLength": 500, "description": "The resource or identity."},
        "tenant": {"type": "string", "minLength": 1, "maxLength": 200},
        "time": {"type": "string", "format": "date-time"},
        "data": {
            "type": "object",
            "properties": {"quantity": {"type": "string", "example": "12.5"}},
            "additionalProperties": True,
        },
    },
}
_IDEMPOTENCY_KEY: Final[dict[str, Any]] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[\\x21-\\x7e]+$"},
    "description": "Names this request, for 45 days. The same request under it gets the same answer, with the header"
    " `Idempotent-Replayed: true`; another one is refused (422), one while the first is worked on as well (409).",
}
SEND_EVENTS: Final[dict[str, Any]] = {
    "parameters": [_IDEMPOTENCY_KEY],
    "requestBody": {
        "required": True,
        "content": {
            SINGLE: {"schema": _EVENT},
            BATCH: {"schema": {"type": "array", "maxItems": EVENTS_MAX, "items": _EVENT}},
        },
    },
}
