"""What no webhook told us in time: open payments are asked about, stored events worked off, missed ones listed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final

from payments.enums import ConnectionState
from payments.errors import PaymentsError
from payments.gateways.errors import GatewayRejected, GatewayUnavailable
from payments.models import Attempt, Connection, WebhookEvent
from payments.services.claims import claim_question
from payments.services.connections import KEY_CODES, mark_connection
from payments.services.disputes import ask_due_disputes
from payments.services.gateways import load_gateway
from payments.services.refunds import ask_due_refunds
from payments.services.setup_polling import ask_due_setups
from payments.services.staff_notices import announce_silence
from payments.services.sync import sync_payment
from payments.services.transactions import own_transaction
from payments.services.webhooks import process_event, store_listed

if TYPE_CHECKING:
    from datetime import datetime

LIMIT: Final = 200
# Gateways list what is a moment old; clocks differ a little besides.
OVERLAP: Final = timedelta(minutes=10)
LISTED_MAX: Final = 5000


@dataclass(frozen=True, slots=True)
class PollCount:
    """What a round did.

    Attributes:
        asked: payments, refunds, disputes and pages that save a method, which a gateway was asked about.
        moved: of them, those that stand elsewhere now.
        events: stored events that were worked off.
        failed: what could not be asked: connections by public id, or reasons.
    """

    asked: int = 0
    moved: int = 0
    events: int = 0
    failed: tuple[str, ...] = ()


def poll_due(*, provider_id: int, now: datetime, limit: int = LIMIT) -> PollCount:
    """Ask about a provider's open payments that are due, and work off its events that nobody rang for.

    Args:
        provider_id: whose; no transaction is open.
        now: the present moment.
        limit: at most so many of each.

    Returns:
        What was done.

    Idempotency: each payment is asked about once per due time, whoever polls.
    """
    events = _due_events(provider_id, now, limit)
    for event_id in events:
        process_event(provider_id=provider_id, event_id=event_id, now=now)
    asked = moved = 0
    failed: set[str] = set()
    for attempt_id in _due_attempts(provider_id, now, limit):
        before = claim_question(Attempt, provider_id=provider_id, row_id=attempt_id, now=now)
        if before is None:
            continue
        asked += 1
        try:
            after = sync_payment(provider_id=provider_id, attempt_id=attempt_id, now=now)
        except PaymentsError as error:
            failed.add(error.code)
            continue
        moved += after != before
    refunds, went_on = ask_due_refunds(provider_id=provider_id, now=now, limit=limit)
    setups, closed = ask_due_setups(provider_id=provider_id, now=now, limit=limit)
    disputes, decided = ask_due_disputes(provider_id=provider_id, now=now, limit=limit)
    asked += refunds + setups + disputes
    moved += went_on + closed + decided
    return PollCount(asked, moved, len(events), tuple(sorted(failed)))


def catch_up(*, provider_id: int, now: datetime) -> PollCount:
    """List what changed at each gateway since the last time, and work off what no webhook told of.

    Args:
        provider_id: whose; no transaction is open.
        now: the present moment.

    Returns:
        What was done; a gateway that cannot be asked is named, and is asked from the same moment on the next time.

    Idempotency: by the gateway's event ids.
    """
    with own_transaction(provider_id):
        rows = Connection.objects.filter(provider_id=provider_id).exclude(state=ConnectionState.OFF)
        connections = list(rows.order_by("pk"))
    done, failed = 0, []
    for connection in connections:
        try:
            done += _catch_up_one(connection, now)
        except (GatewayUnavailable, PaymentsError):
            failed.append(connection.public_id)
        except GatewayRejected as error:
            failed.append(connection.public_id)
            if error.code in KEY_CODES:
                with own_transaction(provider_id):
                    mark_connection(provider_id, connection.pk, broken=error.message, now=now)
    announce_silence(provider_id=provider_id, now=now)
    return PollCount(events=done, failed=tuple(failed))


def _catch_up_one(connection: Connection, now: datetime) -> int:
    provider_id = connection.provider_id
    with own_transaction(provider_id):
        gateway = load_gateway(provider_id=provider_id, connection_id=connection.pk)
    since = (connection.listed_until or connection.created_at) - OVERLAP
    listed = list(islice(gateway.list_events(since=since), LISTED_MAX))
    numbers = store_listed(
        provider_id=provider_id, connection_id=connection.pk, events=listed, now=now
    )
    for number in numbers:
        process_event(provider_id=provider_id, event_id=number, now=now)
    # A list that was cut goes on from its last event.
    until = listed[-1].created_at if len(listed) == LISTED_MAX else now
    with own_transaction(provider_id):
        Connection.objects.filter(provider_id=provider_id, pk=connection.pk).update(
            listed_until=until
        )
    return len(numbers)


def _due_events(provider_id: int, now: datetime, limit: int) -> list[int]:
    with own_transaction(provider_id):
        rows = WebhookEvent.objects.filter(provider_id=provider_id, next_try_at__lte=now)
        return list(rows.order_by("next_try_at").values_list("pk", flat=True)[:limit])


def _due_attempts(provider_id: int, now: datetime, limit: int) -> list[int]:
    with own_transaction(provider_id):
        rows = Attempt.objects.filter(provider_id=provider_id, next_poll_at__lte=now)
        return list(rows.order_by("next_poll_at").values_list("pk", flat=True)[:limit])
