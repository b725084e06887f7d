"""Remember event ids for ever: the insert of a key decides whether an event is new. Called by ingestion."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from billing_platform.kernel.rows import fetch_all
from usage.intake.digests import id_hash
from usage.services.staging import StageTable, stage_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

_STAGE = StageTable(
    "usage_stage_key", (("source_id", "bigint"), ("key", "uuid"), ("digest", "uuid"))
)
_CLAIM = """
INSERT INTO usage_event_key (provider_id, source_id, key, digest)
SELECT %s, source_id, key, digest FROM pg_temp.usage_stage_key ORDER BY source_id, key
ON CONFLICT DO NOTHING
RETURNING source_id, encode(uuid_send(key), 'hex')
"""
# The lateral join asks for one key at a time; a plain join would read the whole table of keys.
_STORED = """
SELECT s.source_id, encode(uuid_send(s.key), 'hex'), encode(uuid_send(k.digest), 'hex')
  FROM unnest(%s::bigint[], %s::uuid[]) AS s (source_id, key)
 CROSS JOIN LATERAL (
       SELECT digest FROM usage_event_key k
        WHERE k.provider_id = %s AND k.source_id = s.source_id AND k.key = s.key LIMIT 1) k
"""


class EventKey(NamedTuple):
    """An event's id within its source, as 32 hexadecimal digits."""

    source_id: int
    key: str


class ClaimedKeys(NamedTuple):
    """Which keys are new, and the content that stands behind the others.

    Attributes:
        new: keys that no event had before.
        stored: content digest by key, of the keys that were known.
    """

    new: set[EventKey]
    stored: dict[EventKey, str]


def key_of(source_id: int, event_id: str) -> EventKey:
    """Return the key of an event."""
    return EventKey(source_id, id_hash(event_id))


def claim_keys(*, provider_id: int, keys: Sequence[tuple[EventKey, str]]) -> ClaimedKeys:
    """Take the keys that are still free, for ever.

    Args:
        provider_id: whose events; its scope is open.
        keys: distinct keys with the digest of their content, 32 hexadecimal digits.

    Returns:
        Which are new and what the others stand for. A batch that claims the same key at the same time waits here
        until the other has committed or rolled back.

    Idempotency: a key is new once.
    """
    if not keys:
        return ClaimedKeys(set(), {})
    stage_rows(_STAGE, ((str(key.source_id), key.key, digest) for key, digest in keys))
    new = {EventKey(*row) for row in fetch_all(_CLAIM, [provider_id])}
    known = [key for key, _ in keys if key not in new]
    if not known:
        return ClaimedKeys(new, {})
    rows = fetch_all(
        _STORED, [[key.source_id for key in known], [key.key for key in known], provider_id]
    )
    return ClaimedKeys(new, {EventKey(source_id, key): digest for source_id, key, digest in rows})
