"""CloudEvents 1.0 in JSON, read exactly; each item becomes an incoming event. Called by ingestion."""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

from usage.intake.digests import canonical_data, content_digest
from usage.intake.events import IncomingEvent
from usage.intake.quantities import is_canonical, read_quantity
from usage.intake.timestamps import read_time
from usage.intake.verdicts import BadEventError, Reason
from usage.pricing.exact import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import TextIO

MAX_ID = 200
MAX_SOURCE = 200
MAX_TYPE = 100
MAX_SUBJECT = 500
MAX_TENANT = 200
# A Python int of more digits costs quadratic time and is refused by the interpreter with an error for the whole body.
_SAFE_DIGITS = 40
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_NOT_A_NUMBER = Decimal("NaN")


class NotJsonError(ValueError):
    """A body that is no JSON at all, so that no event in it can be read."""


def parse_json(text: str | bytes) -> object:
    """Return JSON with every number as int or Decimal; NaN, Infinity and numbers beyond reason become a Decimal NaN.

    Raises:
        NotJsonError: the text is no JSON, no UTF-8, or nested too deep.
    """
    try:
        return json.loads(
            text,
            parse_float=_read_decimal,
            parse_int=_read_int,
            parse_constant=lambda _: _NOT_A_NUMBER,
        )
    except (ValueError, RecursionError) as error:
        raise NotJsonError(str(error)) from None


def read_file(lines: TextIO) -> Iterator[object]:
    """Yield the items of a file that holds one JSON array, or one JSON object per line; a broken line yields
    itself, a text.

    Raises:
        NotJsonError: the file is an array and cannot be read.
    """
    first = ""
    for first in lines:
        if first.strip():
            break
    if first.lstrip("\ufeff \t").startswith("["):
        items = parse_json(first.lstrip("\ufeff") + lines.read())
        yield from items if isinstance(items, list) else [items]
        return
    if first.strip():
        yield read_line(first.lstrip("\ufeff"))
    for line in lines:
        if line.strip():
            yield read_line(line)


def read_line(line: str) -> object:
    """Return what one line of JSON says; itself, a text, when it is broken."""
    try:
        return parse_json(line)
    except NotJsonError:
        return line


def read_event(item: object) -> IncomingEvent:
    """Return one CloudEvent as an incoming event.

    Args:
        item: what `parse_json` made of the event: `type` is what meters match, `subject` the resource
            or identity, the extension `tenant` the tenant's external id, `data` an object with `quantity`
            and properties.

    Raises:
        BadEventError: with the first thing that is wrong.
    """
    if not isinstance(item, dict):
        raise BadEventError(Reason.INVALID_EVENT)
    event_id, source, event_type, tenant, subject = _texts(item)
    at = read_time(item.get("time"))
    at_text = at.isoformat()
    data, quantity = _data(item)
    data_text = canonical_data(data)
    digest = content_digest(
        tenant=tenant, event_type=event_type, subject=subject, at_text=at_text, data_text=data_text
    )
    return IncomingEvent(
        event_id,
        source,
        tenant,
        event_type,
        subject,
        at,
        data,
        data_text,
        digest,
        quantity,
        at_text,
    )


def readable_id(item: object) -> str | None:
    """Return the id to answer with, as far as one can be read and shown."""
    event_id = item.get("id") if isinstance(item, dict) else None
    if not isinstance(event_id, str):
        return None
    return _CONTROL.sub("\ufffd", event_id[:MAX_ID])


def _texts(item: Mapping[str, Any]) -> tuple[str, str, str, str, str]:
    """Return id, source, type, tenant and subject."""
    subject = item.get("subject")
    texts = (
        item.get("id"),
        item.get("source"),
        item.get("type"),
        item.get("tenant"),
        "" if subject is None else subject,
    )
    if item.get("specversion") == "1.0" and all(texts[:4]) and _are_plain(texts):
        return texts  # type: ignore[return-value]  # joined below, so all of them are text
    event_id = _text(item, "id", MAX_ID, Reason.INVALID_ID)
    if item.get("specversion") != "1.0":
        raise BadEventError(Reason.INVALID_SPECVERSION)
    source = _text(item, "source", MAX_SOURCE, Reason.INVALID_SOURCE)
    event_type = _text(item, "type", MAX_TYPE, Reason.INVALID_TYPE)
    tenant = _text(item, "tenant", MAX_TENANT, Reason.INVALID_TENANT)
    if subject is not None and subject != "":
        _text(item, "subject", MAX_SUBJECT, Reason.INVALID_SUBJECT)
    return event_id, source, event_type, tenant, subject or ""


def _are_plain(texts: tuple[Any, ...]) -> bool:
    """Return whether all are short printable texts, as those of nearly all events are: one look instead of five."""
    try:
        joined: str = "".join(texts)
    except TypeError:
        return False
    return len(joined) <= MAX_TYPE and joined.isprintable()


def _text(item: Mapping[str, object], name: str, longest: int, reason: Reason) -> str:
    value = item.get(name)
    if not isinstance(value, str) or not value:
        raise BadEventError(reason)
    if not value.isprintable() and _CONTROL.search(value):
        raise BadEventError(reason)
    if len(value) > longest:
        raise BadEventError(Reason.TOO_LONG)
    return value


def _data(item: Mapping[str, object]) -> tuple[dict[str, object], Decimal | None]:
    data = item.get("data")
    if data is None and "data_base64" not in item:
        return {}, None
    if not isinstance(data, dict):
        raise BadEventError(Reason.INVALID_DATA)
    if "quantity" not in data:
        return data, None
    quantity = read_quantity(data["quantity"])
    if is_canonical(data["quantity"]):
        return data, quantity
    # One text for equal numbers: "1.50" and 1.5 are the same fact.
    return {**data, "quantity": plain(quantity)}, quantity


def _read_int(text: str) -> int | Decimal:
    return int(text) if len(text) <= _SAFE_DIGITS else _read_decimal(text)


def _read_decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        return _NOT_A_NUMBER


# Takes numbers as `parse_json` does, for who reads a text value by value.
DECODER: Final = json.JSONDecoder(
    parse_float=_read_decimal, parse_int=_read_int, parse_constant=lambda _: _NOT_A_NUMBER
)
