"""A batch of CloudEvents read column by column: the way of nearly all events. Called by the API and by ingestion.

What is plain here is read to the same event, digit for digit, as by `cloudevents.read_event`; all else is left to it.
"""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, NamedTuple

import msgspec

from usage.importers.cloudevents import (
    MAX_ID,
    MAX_SOURCE,
    MAX_SUBJECT,
    MAX_TENANT,
    MAX_TYPE,
    NotJsonError,
    parse_json,
    read_event,
)
from usage.intake.digests import MAX_DATA, content_digest
from usage.intake.events import IncomingEvent
from usage.intake.quantities import is_canonical, is_plain, plain
from usage.intake.timestamps import read_times
from usage.intake.verdicts import BadEventError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_Int = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]


class PlainEvent(msgspec.Struct, gc=False):
    """What nearly all events look like; others are not of this form."""

    specversion: Literal["1.0"]
    id: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_ID)]
    source: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_SOURCE)]
    type: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TYPE)]
    tenant: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TENANT)]
    time: Annotated[str, msgspec.Meta(max_length=40)]
    data: dict[str, str | _Int | bool | None]
    subject: Annotated[str, msgspec.Meta(max_length=MAX_SUBJECT)] | None = None


class SentEvent(NamedTuple):
    """A plain event, and its JSON as it was sent."""

    event: PlainEvent
    raw: msgspec.Raw


_ITEMS: Final = msgspec.json.Decoder(list[msgspec.Raw])
_EVENT: Final = msgspec.json.Decoder(PlainEvent)
_ENCODER: Final = msgspec.json.Encoder(order="sorted")


def split_batch(body: bytes) -> list[object] | None:
    """Return the items of a JSON array, plain ones as `SentEvent`, others as `parse_json` returns them.

    Args:
        body: what was sent.

    Returns:
        None when the body as a whole is no array of strict JSON in UTF-8; `parse_json` says what is wrong with it.
    """
    try:
        # Unknown members are skipped without a look at their letters.
        raws = _ITEMS.decode(body.decode())
        return [_item(raw) for raw in raws]
    except (ValueError, RecursionError):
        return None


def parsed(item: object) -> object:
    """Return an item of a batch as `parse_json` returns it; its text, when it is nested too deep for that."""
    if not isinstance(item, SentEvent):
        return item
    try:
        return parse_json(bytes(item.raw))
    except NotJsonError:
        return bytes(item.raw).decode()


def read_items(items: Sequence[object]) -> list[IncomingEvent | BadEventError]:
    """Return each item as an incoming event, or what is wrong with it.

    Args:
        items: of `split_batch` or of `parse_json`.
    """
    read = iter(_read_plain([item.event for item in items if isinstance(item, SentEvent)]))
    events: list[IncomingEvent | BadEventError] = []
    for item in items:
        event = next(read) if isinstance(item, SentEvent) else None
        events.append(event or _read_one(item))
    return events


def _item(raw: msgspec.Raw) -> object:
    try:
        return SentEvent(_EVENT.decode(raw), raw)
    except (ValueError, RecursionError):
        return parse_json(bytes(raw))


def _read_one(item: object) -> IncomingEvent | BadEventError:
    try:
        return read_event(parsed(item))
    except BadEventError as error:
        return error


# What `IncomingEvent._make` does, without a call into Python for each.
_new_event: Final = partial(tuple.__new__, IncomingEvent)


def _read_plain(events: list[PlainEvent]) -> list[IncomingEvent | None]:
    """Return the events whose texts need no second look, and None in place of the others."""
    contents = [_canonical(event.data) for event in events]
    # A line each: line breaks within a text are escaped.
    data_texts = _ENCODER.encode_lines(contents).decode().split("\n")
    times = read_times([event.time for event in events])
    return list(map(_join, events, contents, data_texts, times))


def _canonical(data: dict[str, Any]) -> dict[str, Any] | None:
    """Return data with its quantity in the one form of equal numbers, or None where that needs a second look."""
    quantity = data.get("quantity")
    if quantity is None:
        return None if "quantity" in data else data
    if not isinstance(quantity, str):
        return None
    if is_canonical(quantity):
        return data
    return {**data, "quantity": plain(Decimal(quantity))} if is_plain(quantity) else None


def _join(
    event: PlainEvent, data: dict[str, Any] | None, data_text: str, at: datetime | None
) -> IncomingEvent | None:
    event_id, source, tenant, event_type = event.id, event.source, event.tenant, event.type
    subject = event.subject or ""
    texts = f"{event_id}{source}{tenant}{event_type}{subject}{data_text}"
    if data is None or at is None or not texts.isprintable() or "\\" in texts:
        return None
    if len(data_text) > MAX_DATA:
        return None
    at_text = at.isoformat()
    digest = content_digest(
        tenant=tenant, event_type=event_type, subject=subject, at_text=at_text, data_text=data_text
    )
    # As it was sent: its trailing zeros stay in sums, as they do from every other way in.
    quantity: Any = event.data.get("quantity")
    return _new_event(
        (
            event_id,
            source,
            tenant,
            event_type,
            subject,
            at,
            data,
            data_text,
            digest,
            None if quantity is None else Decimal(quantity),
            at_text,
        )
    )
