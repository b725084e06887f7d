"""Read the body of a call: which form it says it has, how large it is, and the events in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.core.exceptions import RequestDataTooBig
from django.http import UnreadablePostError

from billing_platform.kernel.errors import DomainError
from usage.importers.cloudevent_batches import split_batch
from usage.importers.cloudevents import NotJsonError, parse_json

if TYPE_CHECKING:
    from django.http import HttpRequest

SINGLE: Final = "application/cloudevents+json"
BATCH: Final = "application/cloudevents-batch+json"
EVENTS_MAX: Final = 1_000


class UnsupportedMediaTypeError(DomainError):
    """The body is in a form that is not taken."""

    code = "unsupported_media_type"
    message = f"Send {SINGLE} or {BATCH}, in UTF-8 and not compressed."
    http_status = 415


class TooLargeError(DomainError):
    """The body, or the number of events in it, is beyond the limit."""

    code = "too_large"
    message = f"A batch has at most {EVENTS_MAX:,} events and 2.5 MB."
    http_status = 413


class LengthRequiredError(DomainError):
    """The body comes without its length."""

    code = "length_required"
    message = "Send the body with a Content-Length."
    http_status = 411


class UnreadableBodyError(DomainError):
    """The body is not the JSON that its form promises."""

    code = "unreadable_body"
    message = "The body is not JSON of the form that Content-Type names."
    http_status = 422


def receive(request: HttpRequest) -> int:
    """Receive a body of one of the two forms without looking into it, and return its length in bytes.

    Args:
        request: a POST.

    Raises:
        UnsupportedMediaTypeError, TooLargeError, LengthRequiredError, UnreadableBodyError: as they say.
    """
    media_type = (request.content_type or "").lower()
    charset = (request.content_params or {}).get("charset", "utf-8").lower()
    encoding = request.META.get("HTTP_CONTENT_ENCODING", "identity").lower()
    if media_type not in (SINGLE, BATCH) or charset != "utf-8" or encoding != "identity":
        raise UnsupportedMediaTypeError
    return len(_read(request))


def read_events(request: HttpRequest) -> list[object]:
    """Return the events of a body, as ingestion takes them: one, or for the batch form any number up to the limit.

    Args:
        request: a POST whose body was received.

    Raises:
        TooLargeError, UnreadableBodyError: as they say.
    """
    body = request.body
    media_type = (request.content_type or "").lower()
    events = split_batch(body) if media_type == BATCH else None
    if events is None:
        events = _parse(body, is_batch=media_type == BATCH)
    if len(events) > EVENTS_MAX:
        raise TooLargeError
    return events


def _parse(body: bytes, *, is_batch: bool) -> list[object]:
    try:
        document = parse_json(body)
    except NotJsonError:
        raise UnreadableBodyError from None
    if isinstance(document, list) != is_batch:
        raise UnreadableBodyError
    return document if isinstance(document, list) else [document]


def _read(request: HttpRequest) -> bytes:
    if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
        raise LengthRequiredError
    try:
        return request.body
    except RequestDataTooBig:
        raise TooLargeError from None
    except UnreadablePostError:
        raise UnreadableBodyError from None
