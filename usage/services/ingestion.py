"""Take usage events in: one transaction per batch, one verdict per event. Called by the API, imports and replays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from billing_platform.kernel.markers import marker
from usage.enums import Aggregation
from usage.importers.cloudevent_batches import parsed, read_items
from usage.importers.cloudevents import readable_id
from usage.intake.originals import Refusal, original_of_event, original_of_item
from usage.intake.timestamps import window_at
from usage.intake.verdicts import BadEventError, EventResult, Reason, Verdict
from usage.services.event_batches import adds_up, take_batch
from usage.services.event_store import StoredEvent, WaitingEvent, park_events, store_events
from usage.services.ingest_lock import share_ingest_lock
from usage.services.metered_usage import UsageRow, add_usage
from usage.services.refusals import KEPT, keep_refusals
from usage.services.resolving import Resolved, resolve_batch
from usage.services.resource_intervals import Resource, ResourceChange, change_resources
from usage.services.surroundings import surroundings, time_limits
from usage.services.suspended_starts import tell_suspended_starts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from usage.enums import Via
    from usage.intake.events import IncomingEvent
    from usage.intake.metering import Measure
    from usage.intake.timestamps import TimeLimits
    from usage.services.event_keys import EventKey

# A test kills a batch at each of these, sends it again, and fails when one is never reached.
MARKERS = ("ingest.claimed", "ingest.stored", "ingest.counted")


@transaction.atomic(savepoint=False)
def ingest_cloudevents(
    *,
    provider_id: int,
    items: Sequence[object],
    now: datetime,
    limits: TimeLimits | None = None,
    via: Via | None = None,
) -> list[EventResult]:
    """Take in CloudEvents as parsed from JSON, in one transaction; what is refused is kept as it was sent.

    Args:
        provider_id: whose; its scope is open.
        items: as `usage.importers.cloudevents.parse_json` or `cloudevent_batches.split_batch` returns them.
        now: the moment of receipt.
        limits: how old and how early events may be; the provider's settings without it.
        via: which way they came in.

    Returns:
        One result per item, in their order.

    Idempotency: by source and id; a repeated event is `duplicate`, or `conflict` when its content differs.
    """
    read = read_items(items)
    events = [event for event in read if not isinstance(event, BadEventError)]
    taken = iter(take_events(provider_id=provider_id, events=events, now=now, limits=limits))
    results = [
        EventResult(None, Verdict.REJECTED, event.reason)
        if isinstance(event, BadEventError)
        else next(taken)
        for event in read
    ]
    refused = [
        place
        for place, result in enumerate(results)
        if result.reason is not None and result.verdict in KEPT
    ]
    refusals = []
    for place, item in zip(refused, parsed(items, refused), strict=True):
        told = results[place]
        results[place] = EventResult(told.id or readable_id(item), told.verdict, told.reason)
        reason = told.reason or Reason.INVALID_EVENT
        refusals.append(Refusal(told.verdict, reason, original_of_item(item)))
    keep_refusals(provider_id=provider_id, refusals=refusals, via=via, now=now)
    return results


@transaction.atomic(savepoint=False)
def ingest_events(
    *,
    provider_id: int,
    events: Sequence[IncomingEvent],
    now: datetime,
    limits: TimeLimits | None = None,
    via: Via | None = None,
    unread: Sequence[Refusal] = (),
) -> list[EventResult]:
    """Take a batch of events in, in one transaction; what is refused is kept.

    Args:
        provider_id: whose; its scope is open.
        events: at most a few thousand; each names its source, tenant and type.
        now: the moment of receipt.
        limits: how old and how early events may be; the provider's settings without it.
        via: which way they came in.
        unread: rows of the same batch that never became events, kept with the others.

    Returns:
        One result per event, in their order; see `take_events`.

    Idempotency: by source and id, for ever; a repeated event is `duplicate`, or `conflict` when its content differs.
    """
    results = take_events(provider_id=provider_id, events=events, now=now, limits=limits)
    refusals = [
        Refusal(result.verdict, result.reason, original_of_event(event))
        for event, result in zip(events, results, strict=True)
        if result.reason is not None and result.verdict in KEPT
    ]
    keep_refusals(provider_id=provider_id, refusals=[*unread, *refusals], via=via, now=now)
    return results


def take_events(
    *,
    provider_id: int,
    events: Sequence[IncomingEvent],
    now: datetime,
    limits: TimeLimits | None = None,
) -> list[EventResult]:
    """Take a batch of events in, in the caller's transaction; what is refused is the caller's to keep.

    Args:
        provider_id: whose; its scope is open.
        events: at most a few thousand; each names its source, tenant and type.
        now: the moment of receipt.
        limits: how old and how early events may be; the provider's settings without it.

    Returns:
        One result per event, in their order. Events of a suspended tenant are counted: the usage happened; one that
        starts a resource says `started_while_suspended`. Events of an unknown or closed tenant, or of a type that no
        meter knows, are parked.

    Idempotency: by source and id, for ever; a repeated event is `duplicate`, or `conflict` when its content differs.
    """
    if not events:
        return []
    share_ingest_lock(provider_id)
    window = window_at(now, limits or time_limits(provider_id))
    around = surroundings(provider_id=provider_id, events=events, now=now)
    resolved = resolve_batch(events, around, window)
    first: dict[EventKey, Resolved] = {}
    for item in resolved:
        if isinstance(item, Resolved):
            first.setdefault(item.key, item)
    firsts = list(first.values())
    taken = take_batch(provider_id=provider_id, items=firsts, now=now)
    marker("ingest.claimed")
    new = [item for place, item in enumerate(firsts) if place not in taken.known]
    _count_rest(provider_id=provider_id, resolved=new, is_counted=taken.is_counted, now=now)
    stored = {firsts[place].key: digest for place, digest in taken.known.items()}
    results = [
        _verdict(event, item, first, stored) for event, item in zip(events, resolved, strict=True)
    ]
    return tell_suspended_starts(
        provider_id=provider_id, tenants=around.tenants, items=resolved, results=results
    )


def count_events(*, provider_id: int, resolved: Sequence[Resolved], now: datetime) -> None:
    """Keep events whose keys are ours, and count them; waiting ones are parked.

    Args:
        provider_id: whose; its scope is open and its ingest lock is shared.
        resolved: in the order of receipt.
        now: the moment of receipt.
    """
    counted = [item for item in resolved if item.waits_for is None]
    stored = [
        StoredEvent(
            item.event, item.tenant_id, item.key.source_id, [m.meter_id for m in item.measures]
        )
        for item in counted
    ]
    store_events(provider_id=provider_id, events=stored, now=now)
    _count_rest(provider_id=provider_id, resolved=resolved, is_counted=False, now=now)


def _count_rest(
    *, provider_id: int, resolved: Sequence[Resolved], is_counted: bool, now: datetime
) -> None:
    """Park what waits, and count what is not counted yet.

    Args:
        provider_id: whose; its scope is open and its ingest lock is shared.
        resolved: new events that are stored, and those that wait, in the order of receipt.
        is_counted: whether sums and counts are.
        now: the moment of receipt.
    """
    waiting = [
        WaitingEvent(item.event, item.key, item.waits_for)
        for item in resolved
        if item.waits_for is not None
    ]
    park_events(provider_id=provider_id, events=waiting, now=now)
    marker("ingest.stored")
    rest = [
        (item, m) for item in resolved for m in item.measures if not (is_counted and adds_up(m))
    ]
    changes = [
        ResourceChange(
            Resource(item.tenant_id, m.meter_id, m.resource),
            item.event.at,
            m.quantity,
            m.action == "stop",
        )
        for item, m in rest
        if m.action
    ]
    rows = [_usage_row(item, m) for item, m in rest]
    rows += change_resources(provider_id=provider_id, changes=changes)
    add_usage(provider_id=provider_id, rows=rows)
    marker("ingest.counted")


def _verdict(
    event: IncomingEvent,
    item: Resolved | Reason,
    first: Mapping[EventKey, Resolved],
    stored: Mapping[EventKey, str],
) -> EventResult:
    """Return what became of an event, once its batch is taken."""
    if not isinstance(item, Resolved):
        return EventResult(event.event_id, Verdict.REJECTED, item)
    holder = first[item.key]
    digest = stored.get(item.key)
    if holder is item and digest is None:
        verdict = Verdict.ACCEPTED if item.waits_for is None else Verdict.PARKED
        return EventResult(event.event_id, verdict, item.waits_for)
    if (digest or holder.event.digest) == event.digest:
        return EventResult(event.event_id, Verdict.DUPLICATE)
    return EventResult(event.event_id, Verdict.CONFLICT, Reason.OTHER_CONTENT)


def _usage_row(item: Resolved, m: Measure) -> UsageRow:
    # What a duration counts comes from its intervals; the event itself is one event of quantity 0.
    quantity = m.quantity * 0 if m.aggregation == Aggregation.DURATION else m.quantity
    event = item.event
    return UsageRow(
        item.tenant_id, m.meter_id, m.aggregation, event.at, quantity, 1, m.identity, event.at_text
    )
