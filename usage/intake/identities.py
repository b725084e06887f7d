"""Read the identity that a unique meter counts: the same user under two spellings is one. Pure; called by metering."""

from __future__ import annotations

import re
from hashlib import blake2b

from usage.enums import Identity

_SCHEME = re.compile(r"^(?:sips?|tel):(?://)?", re.IGNORECASE)
_ADDRESS = re.compile(r"<([^>]*)>")
_PORT = re.compile(r":[0-9]{1,5}$")


def read_identity(text: str, identity: Identity) -> str:
    """Return the identity in its one spelling, or an empty string when there is none.

    Args:
        text: an event's subject or property, for instance `"Anna" <sip:anna@Example.ORG:5060;transport=tls>`.
        identity: how the meter reads it.

    Source:
        Design, decided point 4: scheme and port dropped, domain in lower case; RFC 3261 section 19.1.4 for the rest.
    """
    if identity == Identity.RAW:
        return text.strip()
    address = _ADDRESS.search(text)
    bare = _SCHEME.sub("", (address.group(1) if address else text).strip())
    bare = re.split(r"[;?]", bare, maxsplit=1)[0]
    user, at, host = bare.rpartition("@")
    host = _PORT.sub("", host).lower()
    if identity == Identity.SIP_HOST:
        return host
    return f"{user.partition(':')[0]}{at}{host}"


def identity_hash(identity: str) -> str:
    """Return the 32 hexadecimal digits that stand for an identity, so that counting keeps no personal text."""
    return blake2b(identity.encode(), digest_size=16).hexdigest()
