"""What gateways tell us: stored once and answered at once, then worked off by fetching what it points at."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import TYPE_CHECKING, Final

from celery import current_app
from django.db import transaction

from billing_platform.kernel.markers import marker
from payments.enums import EventState
from payments.errors import EventNotFound, WebhookRejected
from payments.gateways.errors import GatewayRejected, GatewayUnavailable, WebhookRefused
from payments.gateways.values import PaymentState, Topic
from payments.models import Attempt, Connection, WebhookEvent
from payments.models.webhook_event import BODY_BYTES_MAX
from payments.selectors.connections import connection_of_webhook
from payments.services.asking import is_broken
from payments.services.disputes import record_dispute
from payments.services.gateways import load_gateway
from payments.services.methods import follow_method
from payments.services.refund_outcomes import record_refund
from payments.services.schedule import next_event_try
from payments.services.settlement import settle
from payments.services.sync import sync_payment
from payments.services.transactions import own_transaction

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from payments.gateways.protocol import Gateway
    from payments.gateways.values import GatewayEvent

PROCESS_TASK: Final = "payments.process_event"
MARKERS: Final = ("webhook.stored", "webhook.claimed", "webhook.followed")
_DONE: Final = (PaymentState.SUCCEEDED, PaymentState.PENDING)


def receive_webhook(
    *, gateway: str, token: str, body: bytes, headers: Mapping[str, str], now: datetime
) -> int:
    """Verify a delivery, store it once, and ring for a worker.

    Args:
        gateway: the gateway's code in the address.
        token: the opaque part of the address.
        body: the raw bytes, at most 256 KiB.
        headers: of the request.
        now: the time of arrival.

    Returns:
        The number of the stored event, of the one before when it was delivered before.

    Raises:
        ConnectionNotFound: the address is nobody's.
        WebhookRejected: too big, unsigned, forged, stale, of another account, or no event. Nothing is written.

    Idempotency: by the gateway's event id and the body.
    """
    provider_id, connection_id = connection_of_webhook(gateway, token)
    if len(body) > BODY_BYTES_MAX:
        raise WebhookRejected
    with own_transaction(provider_id):
        speaker = load_gateway(provider_id=provider_id, connection_id=connection_id)
        connection = Connection.objects.get(provider_id=provider_id, pk=connection_id)
    try:
        event = speaker.parse_event(body, headers, now=now)
    except WebhookRefused as error:
        raise WebhookRejected from error
    except (GatewayRejected, GatewayUnavailable) as error:
        # A gateway that verifies by asking back, and could not.
        raise WebhookRejected from error
    # No gateway's word holds what a database or a log cannot: whoever signed it, it is no event.
    is_written = f"{event.event_id}{event.kind}{event.object_id}".isprintable()
    if event.account_id not in ("", connection.account_id) or not is_written:
        raise WebhookRejected
    with own_transaction(provider_id):
        number = _store(connection, event, body, now)
        transaction.on_commit(partial(_ring, provider_id, number), robust=True)
    marker("webhook.stored")
    return number


def store_listed(
    *, provider_id: int, connection_id: int, events: Iterable[GatewayEvent], now: datetime
) -> list[int]:
    """Store changes that a gateway listed and no webhook told of.

    Args:
        provider_id: whose; no transaction is open.
        connection_id: of which connection.
        events: as the gateway lists them.
        now: the present moment.

    Returns:
        The numbers of those that are new.

    Idempotency: by the gateway's event id.
    """
    with own_transaction(provider_id):
        connection = Connection.objects.get(provider_id=provider_id, pk=connection_id)
        rows = WebhookEvent.objects.filter(provider_id=provider_id, connection_id=connection_id)
        return [
            _store(connection, event, None, now)
            for event in events
            if not rows.filter(event_id=event.event_id).exists()
        ]


def process_event(*, provider_id: int, event_id: int, now: datetime, again: bool = False) -> str:
    """Work an event off: fetch what it points at and bring our payment there.

    Args:
        provider_id: whose; no transaction is open.
        event_id: the stored event's number.
        now: the present moment.
        again: also when it was worked off before.

    Returns:
        The event's state after it.

    Raises:
        EventNotFound: the provider has no such event.

    Idempotency: effects hang on the payment, so an event may be worked off any number of times, also at once.
    """
    event = _claim(provider_id, event_id, now, again=again)
    if event is None:
        return EventState.RECEIVED
    if event.state != EventState.RECEIVED:
        return event.state
    try:
        with own_transaction(provider_id):
            gateway = load_gateway(provider_id=provider_id, connection_id=event.connection_id)
        attempt_id = _follow(event, gateway, now)
        is_ours = attempt_id is not None or follow_method(event, now=now)
    except GatewayUnavailable as error:
        return _postpone(event, str(error), now)
    except GatewayRejected as error:
        if is_broken(provider_id, event.connection_id, error, now):
            return _postpone(event, str(error), now)
        return _finish(event, EventState.IGNORED, None, now, str(error))
    marker("webhook.followed")
    state = EventState.PROCESSED if is_ours else EventState.IGNORED
    return _finish(event, state, attempt_id, now)


def _store(connection: Connection, event: GatewayEvent, body: bytes | None, now: datetime) -> int:
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
        error="" if is_ours else "of the other mode",
    )
    WebhookEvent.objects.bulk_create([row], ignore_conflicts=True)
    stored = WebhookEvent.objects.filter(
        provider_id=row.provider_id,
        connection_id=row.connection_id,
        event_id=row.event_id,
        body_hash=row.body_hash,
    )
    return int(stored.values_list("pk", flat=True).get())


def _ring(provider_id: int, event_id: int) -> None:
    # A broker that is away costs a minute: the poller works off what was not rung for.
    current_app.send_task(
        PROCESS_TASK,
        kwargs={"provider_id": provider_id, "event_id": event_id},
        retry=False,
        ignore_result=True,
    )


def _claim(provider_id: int, event_id: int, now: datetime, *, again: bool) -> WebhookEvent | None:
    """Return an event whose next try is put off while this one runs; None while somebody else is at it."""
    with own_transaction(provider_id):
        rows = WebhookEvent.objects.filter(provider_id=provider_id, pk=event_id)
        if not rows.exists():
            raise EventNotFound
        event = rows.select_for_update(skip_locked=True).first()
        if event is None or (event.state != EventState.RECEIVED and not again):
            return event
        event.state, event.tries = EventState.RECEIVED, event.tries + 1
        event.next_try_at = next_event_try(event.tries, now) or now
        event.done_at, event.error = None, ""
        event.save()
    marker("webhook.claimed")
    return event


def _follow(event: WebhookEvent, gateway: Gateway, now: datetime) -> int | None:
    """Return the payment that an event moved or confirmed, None when it is none of ours."""
    if event.topic == Topic.PAYMENT:
        return _follow_payment(event, gateway, event.object_id, now)
    if event.topic == Topic.CHECKOUT:
        attempt_id = _attempt_by(event, checkout_id=event.object_id)
        if attempt_id is not None:
            sync_payment(provider_id=event.provider_id, attempt_id=attempt_id, now=now)
        return attempt_id
    if event.topic == Topic.REFUND:
        return _follow_refund(event, gateway, now)
    if event.topic == Topic.DISPUTE:
        return record_dispute(
            provider_id=event.provider_id,
            connection_id=event.connection_id,
            gateway=gateway,
            found=gateway.fetch_dispute(event.object_id),
            now=now,
        )
    return None


def _follow_refund(event: WebhookEvent, gateway: Gateway, now: datetime) -> int | None:
    found = gateway.fetch_refund(event.object_id)
    named = {"provider_id": event.provider_id, "connection_id": event.connection_id}
    number = record_refund(**named, found=found, now=now)
    if number is None and _follow_payment(event, gateway, found.payment_id, now) is not None:
        # Nobody had told of the payment yet.
        number = record_refund(**named, found=found, now=now)
    return number


def _follow_payment(
    event: WebhookEvent, gateway: Gateway, payment_id: str, now: datetime
) -> int | None:
    found = gateway.fetch_payment(payment_id)
    attempt_id = _attempt_by(event, external_id=found.payment_id)
    if attempt_id is None and found.reference:
        attempt_id = _attempt_by(event, public_id=found.reference)
    if attempt_id is None:
        return None
    if found.state in _DONE:
        settle(provider_id=event.provider_id, attempt_id=attempt_id, found=found, now=now)
    else:
        # A declined card on a page that is still open is not the end: the page knows.
        sync_payment(provider_id=event.provider_id, attempt_id=attempt_id, now=now)
    return attempt_id


def _attempt_by(event: WebhookEvent, **named: str) -> int | None:
    if not all(named.values()):
        return None
    with own_transaction(event.provider_id):
        rows = Attempt.objects.filter(
            provider_id=event.provider_id, connection_id=event.connection_id, **named
        )
        return rows.values_list("pk", flat=True).first()


def _postpone(event: WebhookEvent, words: str, now: datetime) -> str:
    if next_event_try(event.tries, now) is None:
        return _finish(event, EventState.FAILED, None, now, words)
    with own_transaction(event.provider_id):
        rows = WebhookEvent.objects.filter(provider_id=event.provider_id, pk=event.pk)
        rows.filter(state=EventState.RECEIVED).update(error=words[:500])
    return EventState.RECEIVED


def _finish(
    event: WebhookEvent,
    state: EventState,
    attempt_id: int | None,
    now: datetime,
    words: str = "",
) -> str:
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
