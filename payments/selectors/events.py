"""What gateways told us, for timelines and for working it off again."""

from __future__ import annotations

from payments.errors import EventNotFound
from payments.models import WebhookEvent
from payments.types import EventView


def events_of_payment(provider_id: int, attempt_id: int) -> list[EventView]:
    """Return the events that moved or confirmed a payment, oldest first.

    Args:
        provider_id: whose; its scope is open.
        attempt_id: the payment's row.
    """
    rows = WebhookEvent.objects.filter(provider_id=provider_id, attempt_id=attempt_id)
    return [_view(row) for row in rows.defer("body").order_by("received_at", "pk")]


def events_about(provider_id: int, attempt_id: int, object_id: str) -> list[EventView]:
    """Return the events of a payment that are about one object of the gateway, oldest first.

    Args:
        provider_id: whose; its scope is open.
        attempt_id: the payment's row.
        object_id: the gateway's id, of a dispute say.
    """
    rows = WebhookEvent.objects.filter(
        provider_id=provider_id, attempt_id=attempt_id, object_id=object_id
    )
    return [_view(row) for row in rows.defer("body").order_by("received_at", "pk")]


def provider_of_event(event_id: int) -> int:
    """Return whose an event is; the system's scope is open.

    Args:
        event_id: the event's number.

    Raises:
        EventNotFound: there is none.
    """
    found = WebhookEvent.objects.filter(pk=event_id).values_list("provider_id", flat=True).first()
    if found is None:
        raise EventNotFound
    return int(found)


def _view(row: WebhookEvent) -> EventView:
    return EventView(
        id=row.pk,
        event_id=row.event_id,
        kind=row.kind,
        state=row.state,
        created_at=row.created_at,
        received_at=row.received_at,
        done_at=row.done_at,
        tries=row.tries,
        error=row.error,
    )
