"""What gateways told us, for timelines and for working it off again."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from payments.enums import EventState
from payments.errors import EventNotFound
from payments.models import Connection, WebhookEvent
from payments.types import EventView


@dataclass(frozen=True, slots=True)
class GivenUpEvent:
    """An event that could not be worked off.

    Attributes:
        connection: the label of the way to pay.
        object_id: the gateway's id of what it is about, or "".
    """

    event: EventView
    connection: str
    object_id: str


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


def given_up_events(provider_id: int, *, before: int | None, limit: int) -> list[GivenUpEvent]:
    """Return the events that could not be worked off, newest first, with the ways to pay that told them.

    Args:
        provider_id: whose; its scope is open.
        before: number of the event behind which the page begins, None for the newest.
        limit: at most so many.
    """
    rows = WebhookEvent.objects.filter(provider_id=provider_id, state=EventState.FAILED)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.defer("body").order_by("-pk")[:limit])
    connections = Connection.objects.filter(
        provider_id=provider_id, pk__in={row.connection_id for row in found}
    )
    labels = dict(connections.values_list("pk", "label"))
    return [
        GivenUpEvent(_view(row), labels.get(row.connection_id, ""), row.object_id) for row in found
    ]


def count_given_up(provider_id: int) -> dict[str, int]:
    """Return how many events could not be worked off, by the label of the way to pay.

    Args:
        provider_id: whose; its scope is open.
    """
    rows = WebhookEvent.objects.filter(provider_id=provider_id, state=EventState.FAILED)
    counts = dict(rows.values_list("connection_id").annotate(count=Count("pk")).order_by())
    connections = Connection.objects.filter(provider_id=provider_id, pk__in=counts)
    found = connections.order_by("position", "pk").values_list("pk", "label")
    return {label: counts[number] for number, label in found}


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
