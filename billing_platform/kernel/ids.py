"""Public ids: what URLs, APIs and mails show instead of a row's number. Made by models' defaults and by services."""

from __future__ import annotations

import re
import secrets
from typing import Final

# Crockford's base 32: no i, l, o, u, so an id survives being read aloud. 26 signs hold 130 bits.
_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH: Final = 26
_PREFIX: Final = re.compile(r"[a-z][a-z0-9]{1,7}")

PUBLIC_ID_LENGTH_MAX: Final = 8 + 1 + _LENGTH


def new_public_id(prefix: str) -> str:
    """Return a new id that nobody can guess and that says what it names, for instance `inv_7c0x…`.

    Args:
        prefix: 2 to 8 small letters or digits, a letter first; one per kind of thing.

    Returns:
        At most `PUBLIC_ID_LENGTH_MAX` characters; 130 random bits behind the prefix.

    Raises:
        ValueError: the prefix has another shape.
    """
    if not _PREFIX.fullmatch(prefix):
        raise ValueError(f"{prefix!r} is no prefix of a public id.")
    return f"{prefix}_{''.join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))}"


def is_public_id(text: str, prefix: str) -> bool:
    """Return whether a text has the shape of a public id of a kind; it may still name nothing.

    Args:
        text: what came in from outside.
        prefix: the kind's prefix.
    """
    head, _, tail = text.partition("_")
    return head == prefix and len(tail) == _LENGTH and set(tail) <= set(_ALPHABET)
