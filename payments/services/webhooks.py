"""What gateways tell us: stored once and answered at once, then worked off by fetching what it points at."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from celery import current_app
from django.db import transaction

from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.markers import marker
from payments.enums import EventState
from payments.errors import WebhookRejected
from payments.errors_gateways import GatewayDown, GatewayRefused
from payments.gateways.values import PaymentState, Topic
from payments.models import Attempt, Connection, WebhookEvent
from payments.models.webhook_event import BODY_BYTES_MAX
from payments.selectors.connections import connection_of_webhook
from payments.services.asking import asking, asking_at
from payments.services.disputes import record_dispute
from payments.services.gateways import load_gateway
from payments.services.methods import follow_method
from payments.services.refund_outcomes import record_refund
from payments.services.settlement import settle
from payments.services.staff_notices import announce_warning
from payments.services.stored_events import (
    claim_event,
    finish_event,
    keep_event,
    postpone_event,
    store_event,
)
from payments.services.sync import sync_payment
from payments.services.transactions import own_transaction

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from payments.gateways.protocol import Gateway

PROCESS_TASK: Final = "payments.process_event"
MARKERS: Final = ("webhook.stored", "webhook.claimed", "webhook.followed")
# A gateway may tell of a refund before its own look-up knows it.
EARLY: Final = 3
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
        raise _rejected(connection_id, "too big")
    with own_transaction(provider_id):
        speaker = load_gateway(provider_id=provider_id, connection_id=connection_id)
        connection = Connection.objects.get(provider_id=provider_id, pk=connection_id)
    try:
        # A gateway may verify by asking back, and be unable to.
        with asking_at(provider_id, connection_id, now):
            event = speaker.parse_event(body, headers, now=now)
    except GatewayRefused as error:
        raise _rejected(connection_id, error.sentence) from error
    except GatewayDown as error:
        raise _rejected(connection_id, "not verified: the gateway does not answer") from error
    # No gateway's word holds what a database or a log cannot: whoever signed it, it is no event.
    is_written = f"{event.event_id}{event.kind}{event.object_id}".isprintable()
    if event.account_id not in ("", connection.account_id) or not is_written:
        raise _rejected(connection_id, "of another account, or not printable")
    with own_transaction(provider_id):
        number = store_event(connection, event, body, now)
        transaction.on_commit(partial(_ring, provider_id, number), robust=True)
    marker("webhook.stored")
    return number


def _rejected(connection_id: int, reason: str) -> WebhookRejected:
    found = WebhookRejected()
    found.connection_id, found.reason = connection_id, reason
    return found


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
    event = claim_event(provider_id, event_id, now, again=again)
    if event is None:
        return EventState.RECEIVED
    if event.state != EventState.RECEIVED:
        return event.state
    marker("webhook.claimed")
    return _work_off(event, now)[0]


def try_event(*, provider_id: int, event_id: int, now: datetime) -> bool:
    """Work an event off that is due, and return whether its gateway answered.

    Args, idempotency: as `process_event`.

    Raises:
        EventNotFound: the provider has no such event.
    """
    event = claim_event(provider_id, event_id, now, again=False)
    if event is None or event.state != EventState.RECEIVED:
        return True
    marker("webhook.claimed")
    return _work_off(event, now)[1]


def _work_off(event: WebhookEvent, now: datetime) -> tuple[EventState, bool]:
    """Return what became of an event, and whether its gateway answered."""
    try:
        with own_transaction(event.provider_id):
            gateway = load_gateway(provider_id=event.provider_id, connection_id=event.connection_id)
        with asking(event, now):
            attempt_id = _follow(event, gateway, now)
        is_ours = attempt_id is not None or follow_method(event, now=now)
    except GatewayDown as error:
        return postpone_event(event, error.words, now), not error.is_silent
    except GatewayRefused as error:
        return _note_refusal(event, error, now), True
    except DomainError as error:
        # A gateway that cannot be called, since its package or a key of ours is missing, says nothing either.
        return postpone_event(event, str(error), now), True
    marker("webhook.followed")
    state = EventState.PROCESSED if is_ours else EventState.IGNORED
    return finish_event(event, state, attempt_id, now), True


def _note_refusal(event: WebhookEvent, error: GatewayRefused, now: datetime) -> EventState:
    if error.is_key:
        return keep_event(event, error.words, now)
    if error.is_missing and event.topic == Topic.REFUND and event.tries < EARLY:
        return postpone_event(event, error.words, now)
    return finish_event(event, EventState.IGNORED, None, now, error.words)


def _ring(provider_id: int, event_id: int) -> None:
    # A broker that is away costs a minute: the poller works off what was not rung for.
    current_app.send_task(
        PROCESS_TASK,
        kwargs={"provider_id": provider_id, "event_id": event_id},
        retry=False,
        ignore_result=True,
    )


def _follow(event: WebhookEvent, gateway: Gateway, now: datetime) -> int | None:
    """Return the payment that an event moved or confirmed, None when it is none of ours."""
    if event.topic == Topic.PAYMENT:
        return _follow_payment(event, gateway, event.object_id, now)
    if event.topic == Topic.WARNING:
        attempt_id = _follow_payment(event, gateway, event.object_id, now)
        if attempt_id is not None:
            announce_warning(provider_id=event.provider_id, attempt_id=attempt_id, now=now)
        return attempt_id
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
