"""A file that a page shows first and takes afterwards waits in the page itself, packed. Called by forms and views."""

from __future__ import annotations

import base64
import binascii
import hashlib
import zlib
from typing import Final

from payments.statements.values import BYTES_MAX

# Below what a request may bring outside of its files.
PACKED_MAX: Final = 2_000_000


def packed(data: bytes) -> str:
    """Return a file as a text for a hidden field, "" when that would be too long.

    Args:
        data: of the file.
    """
    text = base64.b64encode(zlib.compress(data)).decode()
    return text if len(text) <= PACKED_MAX else ""


def unpacked(text: str) -> bytes | None:
    """Return the file, None where the text is none, or the file is larger than any that is taken.

    Args:
        text: of `packed`, or what somebody made of it.
    """
    try:
        unpacking = zlib.decompressobj()
        data = unpacking.decompress(base64.b64decode(text, validate=True), BYTES_MAX)
    except (binascii.Error, ValueError, zlib.error):
        return None
    return data if unpacking.eof else None


def digest_of(data: bytes) -> str:
    """Return what tells a file from any other."""
    return hashlib.sha256(data).hexdigest()
