"""Keep events that were not taken, each content once and counted. Called by ingestion, in the batch's transaction."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

from billing_platform.kernel.rows import execute
from usage.intake.originals import ORIGINAL_MAX
from usage.intake.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from usage.enums import Via
    from usage.intake.originals import Original, Refusal

# How many open ones of each verdict a provider's list holds; a flood beyond is answered, and not kept.
KEPT_MAX: Final = 10_000
KEPT: Final = frozenset({Verdict.REJECTED, Verdict.CONFLICT})
# In the order of the keys, as everything that changes these rows, so that nobody waits in a circle.
_KEEP: Final = """
WITH room AS MATERIALIZED (
    SELECT v AS verdict, %(most)s - (SELECT count(*) FROM (
               SELECT FROM usage_refused_event r
                WHERE r.provider_id = %(provider)s AND r.verdict = v AND r.settled_at IS NULL LIMIT %(most)s) x) AS free
      FROM unnest(ARRAY['rejected', 'conflict']) AS v),
sent AS (
    SELECT s.*, row_number() OVER (PARTITION BY s.verdict ORDER BY s.no) AS place
      FROM unnest(%(key)s::uuid[], %(verdict)s::text[], %(reason)s::text[], %(form)s::text[], %(original)s::text[],
                  %(is_cut)s::boolean[], %(digest)s::uuid[], %(source)s::text[], %(event_id)s::text[],
                  %(tenant)s::text[], %(type)s::text[], %(at)s::timestamptz[], %(times)s::bigint[]) WITH ORDINALITY
           AS s (key, verdict, reason, form, original, is_cut, digest, source, event_id, tenant, type, at, times, no))
INSERT INTO usage_refused_event AS kept
       (provider_id, key, verdict, reason, via, form, original, is_cut, digest, source, event_id, tenant_external_id,
        event_type, at, received_at, last_seen_at, times, tries, outcome)
SELECT %(provider)s, s.key, s.verdict, s.reason, %(via)s, s.form, s.original, s.is_cut, s.digest, s.source, s.event_id,
       s.tenant, s.type, s.at, %(now)s, %(now)s, s.times, 0, ''
  FROM sent s JOIN room ON room.verdict = s.verdict
 WHERE s.place <= room.free
    OR EXISTS (SELECT FROM usage_refused_event r WHERE r.provider_id = %(provider)s AND r.key = s.key)
 ORDER BY s.key
ON CONFLICT (provider_id, key) DO UPDATE
   SET times = kept.times + excluded.times, last_seen_at = greatest(kept.last_seen_at, excluded.last_seen_at),
       reason = excluded.reason, via = coalesce(nullif(excluded.via, ''), kept.via)
"""
_COLUMNS: Final = (
    "key",
    "verdict",
    "reason",
    "form",
    "original",
    "is_cut",
    "digest",
    "source",
    "event_id",
    "tenant",
    "type",
    "at",
    "times",
)


@dataclass
class _Sent:
    refusal: Refusal
    times: int = 1


def keep_refusals(
    *, provider_id: int, refusals: Iterable[Refusal], via: Via | None, now: datetime
) -> None:
    """Keep refused events; nothing is asked of the database when there are none.

    Args:
        provider_id: whose; its scope is open, in the transaction of the batch.
        refusals: of one batch; the same content may come several times.
        via: which way they came in, None when unknown.
        now: the moment of receipt.

    Idempotency: none; each call counts once more. New contents beyond `KEPT_MAX` open ones are not kept.
    """
    sent: dict[str, _Sent] = {}
    for refusal in refusals:
        known = sent.setdefault(refusal_key(refusal), _Sent(refusal, 0))
        known.times += 1
    if not sent:
        return
    rows = [_cells(key, each) for key, each in sent.items()]
    columns: dict[str, Sequence[Any]] = dict(
        zip(_COLUMNS, map(list, zip(*rows, strict=True)), strict=True)
    )
    execute(
        _KEEP,
        {
            **columns,
            "provider": provider_id,
            "via": via.value if via else "",
            "now": now,
            "most": KEPT_MAX,
        },
    )


def refusal_key(refusal: Refusal) -> str:
    """Return the 32 hexadecimal digits of a refused content: source, id, verdict and all that was sent."""
    original = refusal.original
    parts = (
        original.source,
        original.event_id,
        refusal.verdict.value,
        original.digest,
        original.text,
    )
    return blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()


def _cells(key: str, sent: _Sent) -> tuple[Any, ...]:
    refusal = sent.refusal
    original = refusal.original
    text, is_cut = _bounded(original)
    return (
        key,
        refusal.verdict.value,
        refusal.reason.value,
        original.form.value,
        text,
        is_cut,
        original.digest or None,
        original.source,
        original.event_id,
        original.tenant,
        original.type,
        original.at,
        sent.times,
    )


def _bounded(original: Original) -> tuple[str, bool]:
    """Return as much of the text as is kept, and whether that is less than all."""
    encoded = original.text.encode()
    if len(encoded) <= ORIGINAL_MAX:
        return original.text, False
    return encoded[:ORIGINAL_MAX].decode(errors="ignore"), True
