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
from usage.intake.quantities import is_canonical, is_plain
from usage.intake.timestamps import read_times
from usage.intake.verdicts import BadEventError
from usage.pricing.exact import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
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


class PlainBatch(list[object]):
    """A batch of plain events only, and its JSON as it was sent."""

    text: str


class SentEvent(NamedTuple):
    """A plain event among others, and its JSON as it was sent."""

    event: PlainEvent
    raw: msgspec.Raw


_EVENTS: Final = msgspec.json.Decoder(list[PlainEvent])
_ITEMS: Final = msgspec.json.Decoder(list[msgspec.Raw])
_EVENT: Final = msgspec.json.Decoder(PlainEvent)
_ENCODER: Final = msgspec.json.Encoder(order="sorted")


def split_batch(body: bytes) -> list[object] | None:
    """Return the items of a JSON array, plain ones read, others as `parse_json` returns them.

    Args:
        body: what was sent.

    Returns:
        None when the body as a whole is no array of strict JSON in UTF-8; `parse_json` says what is wrong with it.
    """
    try:
        # Unknown members are skipped without a look at their letters.
        text = body.decode()
        return _plain_batch(text) or [_item(raw) for raw in _ITEMS.decode(text)]
    except (ValueError, RecursionError):
        return None


def parsed(items: Sequence[object], places: Iterable[int]) -> list[object]:
    """Return items of a batch as `parse_json` returns them; their text, when they are nested too deep for that.

    Args:
        items: of `split_batch` or of `parse_json`.
        places: which of them.
    """
    wanted = list(places)
    raws: Sequence[object] = items
    if wanted and isinstance(items, PlainBatch):
        raws = _ITEMS.decode(items.text)
    return [_parsed(raws[place]) for place in wanted]


def read_items(items: Sequence[object]) -> list[IncomingEvent | BadEventError]:
    """Return each item as an incoming event, or what is wrong with it.

    Args:
        items: of `split_batch` or of `parse_json`.
    """
    plain = [_plain(item) for item in items]
    read = iter(_read_plain([event for event in plain if event is not None]))
    found = [next(read) if event is not None else None for event in plain]
    others = [place for place, event in enumerate(found) if event is None]
    events: list[IncomingEvent | BadEventError] = list(found)  # type: ignore[arg-type]  # the rest follows
    for place, item in zip(others, parsed(items, others), strict=True):
        events[place] = _read_one(item)
    return events


def _plain_batch(text: str) -> PlainBatch | None:
    try:
        batch = PlainBatch(_EVENTS.decode(text))
    except (ValueError, RecursionError):
        return None
    batch.text = text
    return batch


def _plain(item: object) -> PlainEvent | None:
    if isinstance(item, PlainEvent):
        return item
    return item.event if isinstance(item, SentEvent) else None


def _parsed(item: object) -> object:
    raw = item.raw if isinstance(item, SentEvent) else item
    if not isinstance(raw, msgspec.Raw):
        return raw
    try:
        return parse_json(bytes(raw))
    except NotJsonError:
        return bytes(raw).decode()


def _item(raw: msgspec.Raw) -> object:
    try:
        return SentEvent(_EVENT.decode(raw), raw)
    except (ValueError, RecursionError):
        return parse_json(bytes(raw))


def _read_one(item: object) -> IncomingEvent | BadEventError:
    try:
        return read_event(item)
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
    event: PlainEvent,
    data: dict[str, Any] | None,
    data_text: str,
    time: tuple[datetime, str] | None,
) -> IncomingEvent | None:
    event_id, source, tenant, event_type = event.id, event.source, event.tenant, event.type
    subject = event.subject or ""
    texts = f"{event_id}{source}{tenant}{event_type}{subject}{data_text}"
    if data is None or time is None or not texts.isprintable() or "\\" in texts:
        return None
    if len(data_text) > MAX_DATA:
        return None
    at, at_text = time
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
            True,
        )
    )
