"""A gateway's events as rows: stored once, worked off by one at a time, put off, ended, and taken up anew."""

from __future__ import annotations

import hashlib
import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from payments.enums import EventState
from payments.errors import EventNotFound
from payments.gateways.values import Topic
from payments.models import Connection, WebhookEvent
from payments.models.webhook_event import OTHER_MODE
from payments.services.schedule import EVENT_ROUND, next_event_try
from payments.services.staff_notices import announce_other_mode
from payments.services.transactions import own_transaction

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from payments.gateways.values import GatewayEvent

_log: Final = logging.getLogger(__name__)
# A try that nobody came back from, and one that a refused key let through to nobody.
ABANDONED: Final = timedelta(days=1)
KEYLESS: Final = timedelta(hours=1)


def store_event(
    connection: Connection, event: GatewayEvent, body: bytes | None, now: datetime
) -> int:
    """Store an event once and return its number.

    Args:
        connection: of the gateway; its provider's scope is open.
        event: verified, or listed.
        body: the raw bytes of a delivery, None for one that was listed.
        now: the time of arrival.

    Idempotency: by the gateway's event id and the body.
    """
    is_ours = event.is_live is connection.is_live
    row = WebhookEvent(
        provider_id=connection.provider_id,
        connection_id=connection.pk,
        event_id=event.event_id[:255],
        kind=event.kind[:128],
        topic=event.topic,
        object_id=event.object_id[:128],
        body=body,
        body_hash=hashlib.sha256(body or b"").digest(),
        created_at=event.created_at,
        received_at=now,
        state=EventState.RECEIVED if is_ours else EventState.IGNORED,
        next_try_at=now if is_ours else None,
        done_at=None if is_ours else now,
        error="" if is_ours else OTHER_MODE,
    )
    WebhookEvent.objects.bulk_create([row], ignore_conflicts=True)
    stored = WebhookEvent.objects.filter(
        provider_id=row.provider_id,
        connection_id=row.connection_id,
        event_id=row.event_id,
        body_hash=row.body_hash,
    )
    number, received_at = stored.values_list("pk", "received_at").get()
    if received_at != now:
        _log.info("A webhook of connection %s came again: event %s", row.connection_id, number)
    elif not is_ours:
        announce_other_mode(connection, now=now)
    return int(number)


def store_listed(
    *, provider_id: int, connection_id: int, events: Sequence[GatewayEvent], now: datetime
) -> list[int]:
    """Store changes that a gateway listed and no webhook told of; one that was given up is taken up again, once.

    Razorpay lists the same for months: what fails once more is for people.

    Args:
        provider_id: whose; no transaction is open.
        connection_id: of which connection.
        events: as the gateway lists them.
        now: the present moment.

    Returns:
        The numbers of those that are to be worked off.

    Idempotency: by the gateway's event id.
    """
    with own_transaction(provider_id):
        connection = Connection.objects.get(provider_id=provider_id, pk=connection_id)
        rows = WebhookEvent.objects.filter(
            provider_id=provider_id,
            connection_id=connection_id,
            event_id__in=[event.event_id for event in events],
        )
        # Most of a list is known: the whole of it is looked up at once.
        known = set(rows.values_list("event_id", flat=True))
        given_up = rows.filter(state=EventState.FAILED, tries__lte=EVENT_ROUND)
        numbers = list(given_up.values_list("pk", flat=True))
        if numbers:
            _take_up(given_up, now, tries=EVENT_ROUND)
        for event in events:
            if event.event_id not in known:
                known.add(event.event_id)
                numbers.append(store_event(connection, event, None, now))
    return numbers


def take_up_events(provider_id: int, connection_id: int, *, now: datetime) -> int:
    """Let all events of a connection be worked off now that wait or were given up, and return how many there are.

    Args:
        provider_id: whose; its scope is open, in a transaction.
        connection_id: whose key is taken again.
        now: the present moment.

    Idempotency: what they do is not done twice.
    """
    rows = WebhookEvent.objects.filter(provider_id=provider_id, connection_id=connection_id)
    return _take_up(rows.filter(state__in=[EventState.RECEIVED, EventState.FAILED]), now)


def take_up_refunds(provider_id: int, connection_id: int, *, now: datetime) -> int:
    """Let what a connection's gateway told of refunds be worked off now that a payment is credited after all.

    Args:
        provider_id: whose; its scope is open, in a transaction.
        connection_id: of the payment.
        now: the present moment.

    Returns:
        How many there are.

    Idempotency: what they do is not done twice.
    """
    rows = WebhookEvent.objects.filter(provider_id=provider_id, connection_id=connection_id)
    waiting = rows.filter(state__in=[EventState.RECEIVED, EventState.FAILED])
    return _take_up(waiting.filter(topic=Topic.REFUND), now)


def claim_event(
    provider_id: int, event_id: int, now: datetime, *, again: bool
) -> WebhookEvent | None:
    """Return an event whose next try is put off while this one runs; None while somebody else is at it.

    Args:
        provider_id: whose; no transaction is open.
        event_id: its number.
        now: the present moment.
        again: also one that is done.

    Raises:
        EventNotFound: the provider has no such event.
    """
    with own_transaction(provider_id):
        rows = WebhookEvent.objects.filter(provider_id=provider_id, pk=event_id)
        if not rows.exists():
            raise EventNotFound
        event = rows.select_for_update(skip_locked=True).first()
        if event is None or (event.state != EventState.RECEIVED and not again):
            return event
        # What was given up begins anew.
        tries = 0 if event.state == EventState.FAILED else event.tries
        event.state, event.tries = EventState.RECEIVED, tries + 1
        # A try that ends the process may not be the first thing that each round begins with.
        event.next_try_at = next_event_try(event.tries, now) or now + ABANDONED
        event.done_at, event.error = None, ""
        event.save()
    return event


def postpone_event(event: WebhookEvent, words: str, now: datetime) -> EventState:
    """Leave an event for its next try, or give it up after the last one; the provider's pages show it then.

    Args:
        event: claimed; no transaction is open.
        words: what stands in the way.
        now: the present moment.
    """
    if next_event_try(event.tries, now) is None:
        return finish_event(event, EventState.FAILED, None, now, words)
    with own_transaction(event.provider_id):
        _waiting(event).update(error=words[:500])
    return EventState.RECEIVED


def keep_event(event: WebhookEvent, words: str, now: datetime) -> EventState:
    """Leave an event until the gateway takes the connection's key again: the key's refusal says nothing about it.

    Args:
        event: claimed; no transaction is open.
        words: the gateway's.
        now: the present moment.
    """
    with own_transaction(event.provider_id):
        _waiting(event).update(error=words[:500], tries=event.tries - 1, next_try_at=now + KEYLESS)
    return EventState.RECEIVED


def finish_event(
    event: WebhookEvent,
    state: EventState,
    attempt_id: int | None,
    now: datetime,
    words: str = "",
) -> EventState:
    """Write down what became of an event.

    Args:
        event: claimed; no transaction is open.
        state: of EventState.
        attempt_id: the payment that it moved or confirmed, or None.
        now: the present moment.
        words: why it was ignored or given up, or "".
    """
    with own_transaction(event.provider_id):
        rows = WebhookEvent.objects.filter(provider_id=event.provider_id, pk=event.pk)
        rows.update(
            state=state,
            attempt_id=attempt_id,
            next_try_at=None,
            done_at=now,
            error=words[:500],
        )
    return state


def take_up_given_up(*, provider_id: int, now: datetime) -> int:
    """Let all events of a provider be worked off again that were given up; the poller does it within a minute.

    Args:
        provider_id: whose; no transaction is open.
        now: the present moment.

    Returns:
        How many there are.

    Idempotency: what they do is not done twice.
    """
    with own_transaction(provider_id):
        rows = WebhookEvent.objects.filter(provider_id=provider_id, state=EventState.FAILED)
        return _take_up(rows, now)


def set_event_aside(*, provider_id: int, event_id: int, person: str, now: datetime) -> None:
    """End an event that was given up, by a person's decision.

    Args:
        provider_id: whose; no transaction is open.
        event_id: its number.
        person: who decides, as it is written down with the event.
        now: the present moment.

    Raises:
        EventNotFound: the provider has no such event that was given up.
    """
    with own_transaction(provider_id):
        rows = WebhookEvent.objects.select_for_update().filter(provider_id=provider_id)
        event = rows.filter(pk=event_id, state=EventState.FAILED).first()
        if event is None:
            raise EventNotFound
        event.state, event.done_at = EventState.IGNORED, now
        event.error = f"set aside by {person}; {event.error}"[:500]
        event.save(update_fields=["state", "done_at", "error"])


def _waiting(event: WebhookEvent) -> QuerySet[WebhookEvent]:
    rows = WebhookEvent.objects.filter(provider_id=event.provider_id, pk=event.pk)
    return rows.filter(state=EventState.RECEIVED)


def _take_up(rows: QuerySet[WebhookEvent], now: datetime, tries: int = 0) -> int:
    return rows.update(state=EventState.RECEIVED, tries=tries, next_try_at=now, done_at=None)
