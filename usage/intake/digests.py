"""The canonical form of an event and its digest: equal facts have equal digests. Pure; called by the readers."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from hashlib import blake2b
from typing import TYPE_CHECKING

from usage.intake.verdicts import BadEventError, Reason
from usage.pricing.exact import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MAX_DATA = 32_768
# NUL is no text to PostgreSQL; an even number of backslashes before it are backslashes of the sender.
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


def canonical_data(data: Mapping[str, object]) -> str:
    """Return an event's data as JSON with sorted keys; decimal numbers become strings, so none is ever a float.

    Raises:
        BadEventError: `invalid_data` (characters that are no text, nesting too deep), `too_long` (over 32,768
            characters).
    """
    try:
        text = "".join(_encode(data, 0))
        if not text.isascii():
            text.encode()  # half of a surrogate pair fails here
    except (ValueError, RecursionError):
        raise BadEventError(Reason.INVALID_DATA) from None
    if len(text) > MAX_DATA:
        raise BadEventError(Reason.TOO_LONG)
    if "\\u0000" in text and _NUL.search(text):
        raise BadEventError(Reason.INVALID_DATA)
    return text


def content_digest(
    *, tenant: str, event_type: str, subject: str, at_text: str, data_text: str
) -> str:
    """Return the 32 hexadecimal digits that stand for an event's content, id and source left out.

    Args:
        tenant: the tenant's external id.
        event_type: what meters match.
        subject: the resource or identity, or an empty string.
        at_text: the event's time in UTC, in ISO format.
        data_text: the result of `canonical_data`.
    """
    content = "\0".join((tenant, event_type, subject, at_text, data_text))
    return blake2b(content.encode(), digest_size=16).hexdigest()


def id_hash(event_id: str) -> str:
    """Return the 32 hexadecimal digits that stand for an event's id within its source."""
    return blake2b(event_id.encode(), digest_size=16).hexdigest()


def _json_text(value: object) -> str:
    if not isinstance(value, Decimal):
        raise TypeError(type(value).__name__)
    if not value.is_finite():
        return str(value)
    # An exponent such as 1E+9999 must not become ten thousand digits.
    return plain(value) if abs(value.adjusted()) < 100 else str(value)


# `json.dumps` would make an encoder per event, which costs more than the encoding. Its arguments: no memory of what
# was seen, the default, the string encoder, no indent, separators, sorted keys, no skipped keys, no float of no value.
_OPTIONS = (None, _json_text, json.encoder.encode_basestring, None, ":", ",", True, False, False)
_encode: Callable[[Mapping[str, object], int], tuple[str, ...]] = json.encoder.c_make_encoder(  # type: ignore[attr-defined]  # not in the stubs
    *_OPTIONS
)
