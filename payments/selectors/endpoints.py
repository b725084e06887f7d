"""Endpoints of webhooks that hear nothing, though their gateways' lists tell that something was sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db.models import OuterRef, Subquery

from payments.enums import ConnectionState
from payments.models import Connection, WebhookEvent
from payments.models.webhook_event import OTHER_MODE

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

# A gateway tries again for minutes to hours before a delivery counts as lost; it gives up and switches the endpoint off
# after a day (Razorpay) or three (Stripe, PayPal). Bodies stay for a month at least, so that both are still told apart.
PATIENCE: Final = timedelta(hours=2)
LOOK_BACK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class SilentEndpoint:
    """A connection whose webhooks do not arrive.

    Attributes:
        since: when the gateway made the newest event that it had to be asked for.
        heard_at: when it made the newest event that it delivered, None for none in the days looked at.
    """

    public_id: str
    label: str
    since: datetime
    heard_at: datetime | None


def silent_endpoints(provider_id: int, *, now: datetime) -> list[SilentEndpoint]:
    """Return the connections with an event of the last week that was only listed, and none delivered since.

    Args:
        provider_id: whose; its scope is open.
        now: the present moment.
    """
    events = WebhookEvent.objects.filter(
        provider_id=provider_id,
        connection_id=OuterRef("pk"),
        created_at__gt=now - LOOK_BACK,
        created_at__lte=now - PATIENCE,
    )
    # What was delivered has a body until retention removes it; what was listed never had one. The newest of each is
    # looked up: of an endpoint that hears nothing, every event of the week is listed.
    connections = Connection.objects.filter(provider_id=provider_id).annotate(
        listed_at=_newest(events.filter(body__isnull=True)),
        heard_at=_newest(events.filter(body__isnull=False)),
    )
    return [
        SilentEndpoint(
            public_id=row.public_id, label=row.label, since=row.listed_at, heard_at=row.heard_at
        )
        for row in connections.exclude(state=ConnectionState.OFF).order_by("position", "pk")
        if row.listed_at and (row.heard_at is None or row.heard_at < row.listed_at)
    ]


def _newest(events: QuerySet[WebhookEvent]) -> Subquery:
    """Return SQL of when the newest of a connection's events was made."""
    return Subquery(events.order_by("-created_at").values("created_at")[:1])


def endpoints_of_other_mode(provider_id: int, *, since: datetime) -> list[tuple[str, str]]:
    """Return public id and label of connections to which money of the other mode came since a moment.

    Args:
        provider_id: whose; its scope is open.
        since: the moment.
    """
    events = WebhookEvent.objects.filter(
        provider_id=provider_id, received_at__gte=since, error=OTHER_MODE
    )
    rows = Connection.objects.filter(provider_id=provider_id, pk__in=events.values("connection_id"))
    return list(rows.order_by("position", "pk").values_list("public_id", "label"))
