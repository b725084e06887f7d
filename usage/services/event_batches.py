"""Write a batch of events: keys, events, hourly rows and totals, by one call of the database. Called by ingestion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from billing_platform.kernel.rows import fetch_one
from usage.enums import Aggregation
from usage.services.event_store import ensure_months
from usage.services.staging import NULL, StageTable, copy_text, stage_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from usage.intake.metering import Measure
    from usage.services.resolving import Resolved

_STAGE: Final = StageTable(
    "usage_stage_batch",
    (
        ("place", "integer"),
        ("source_id", "bigint"),
        ("key", "uuid"),
        ("tenant_id", "bigint"),
        ("at", "timestamptz"),
        ("meter_id", "bigint"),
        ("amount", "numeric"),
        ("digest", "uuid"),
        ("event_id", "text"),
        ("type", "text"),
        ("subject", "text"),
        ("properties", "jsonb"),
        ("quantity", "numeric"),
        ("meter_ids", "bigint[]"),
    ),
)
_TAKE: Final = "SELECT known, known_digests, is_counted FROM usage_take_batch(%s, %s, %s)"
_ADDED_UP: Final = frozenset({Aggregation.SUM, Aggregation.COUNT})
_NO_SUM: Final = (NULL, "", NULL, "", "", "")
_NO_EVENT: Final = "\t".join([NULL] * 7)


class TakenBatch(NamedTuple):
    """What became of a batch.

    Attributes:
        known: content digest by place in the batch, of the events whose keys were known.
        is_counted: whether the sums and counts of the others are in their hours and totals.
    """

    known: dict[int, str]
    is_counted: bool


def take_batch(*, provider_id: int, items: Sequence[Resolved], now: datetime) -> TakenBatch:
    """Take the keys that are still free, for ever, and keep and count the events that they belong to.

    Counted is what adds up; the highest, last and unique values are the caller's to count. Nothing is counted when a
    resource's duration, a missing or a closed period is among it.

    Args:
        provider_id: whose; its scope is open and its ingest lock is shared.
        items: events of distinct keys; of those that wait only the keys are taken.
        now: the moment of receipt.

    Returns:
        Which keys were known. A batch that claims the same key at the same time waits here until the other has
        committed or rolled back.

    Idempotency: a key is new once.
    """
    if not items:
        return TakenBatch({}, is_counted=True)
    ensure_months(item.event.at for item in items if item.waits_for is None)
    counts = not any(measure.action for item in items for measure in item.measures)
    stage_lines(_STAGE, _lines(items))
    known, digests, is_counted = fetch_one(_TAKE, [provider_id, now, counts]) or ([], [], False)
    return TakenBatch(dict(zip(known, digests or [], strict=True)), is_counted)


def adds_up(measure: Measure) -> bool:
    """Return whether a measure is one of those that `take_batch` counts."""
    return measure.aggregation in _ADDED_UP


def _lines(items: Sequence[Resolved]) -> Iterator[str]:
    """Yield each event with its first sum, followed by its further sums, as lines of COPY."""
    for place, (event, (source_id, key), tenant_id, measures, _) in enumerate(items):
        event_id, _, _, event_type, subject, at, data, text, digest, _, at_text, is_plain = event
        if not is_plain:
            event_id, event_type = copy_text(event_id), copy_text(event_type)
            subject, text = copy_text(subject), copy_text(text)
        value = data.get("quantity")
        sums, meter_ids = measures, NULL
        if len(measures) != 1 or not adds_up(measures[0]):
            sums = [each for each in measures if adds_up(each)]
            meter_ids = f"{{{','.join([str(each.meter_id) for each in measures])}}}"
        meter_id, _, amount, _, _, _ = sums[0] if sums else _NO_SUM
        head = f"{place}\t{source_id}\t{key}\t{tenant_id or NULL}\t{at_text or at.isoformat()}"
        yield (
            f"{head}\t{meter_id}\t{amount}\t{digest}\t{event_id}\t{event_type}\t{subject}\t{text}"
            f"\t{NULL if value is None else value}\t{meter_ids}\n"
        )
        for each in sums[1:]:
            yield f"{head}\t{each.meter_id}\t{each.quantity}\t{_NO_EVENT}\n"
