"""What no webhook told us in time: open payments are asked about, stored events worked off, missed ones listed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final, TypedDict

from django.db.models import Exists, OuterRef, Q

from billing_platform.kernel.errors import DomainError
from payments.enums import CREDITED, ConnectionState
from payments.models import Attempt, Connection, Dispute, MethodSetup, Refund, WebhookEvent
from payments.services.asking import asking_at
from payments.services.claims import PATIENCE, Asked, ask_due
from payments.services.disputes import ask_dispute
from payments.services.gateways import load_gateway
from payments.services.refunds import ask_refund
from payments.services.schedule import DAILY
from payments.services.setup_polling import sync_setup
from payments.services.staff_notices import announce_silence
from payments.services.stored_events import store_listed
from payments.services.sync import ask_payment
from payments.services.transactions import own_transaction
from payments.services.webhooks import try_event

if TYPE_CHECKING:
    from datetime import datetime

LIMIT: Final = 200
# Gateways list what is a moment old; clocks differ a little besides.
OVERLAP: Final = timedelta(minutes=10)
# News of one connection that are taken up in one round, and how many are stored at once.
LISTED_MAX: Final = 5000
BATCH: Final = 500
# Banks take chargebacks for 120 days, and some for half a year.
COMES_BACK: Final = timedelta(days=200)


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


class _Own(TypedDict):
    provider_id: int
    now: datetime


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
    silent: set[int] = set()
    events = _work_off_due(provider_id, now, limit, silent)
    count = Asked()
    own: _Own = {"provider_id": provider_id, "now": now}
    for model, ask in (
        (Attempt, lambda row: ask_payment(attempt_id=row, **own)),
        (Refund, lambda row: ask_refund(refund_id=row, **own)),
        (MethodSetup, lambda row: sync_setup(setup_id=row, **own)),
        (Dispute, lambda row: ask_dispute(dispute_id=row, **own)),
    ):
        count.add(ask_due(model, ask, limit=limit, silent=silent, **own))
    return PollCount(count.asked, count.moved, events, tuple(sorted(count.failed)))


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
        connections = _listed(provider_id, now)
    done, failed = 0, []
    for connection in connections:
        try:
            done += _catch_up_one(connection, now)
        except DomainError:
            failed.append(connection.public_id)
    announce_silence(provider_id=provider_id, now=now)
    return PollCount(events=done, failed=tuple(failed))


def _listed(provider_id: int, now: datetime) -> list[Connection]:
    """Return the connections whose changes are listed; of those that are off once a day, while money may come back."""
    rows = Connection.objects.filter(provider_id=provider_id)
    paid = Attempt.objects.filter(
        provider_id=provider_id,
        connection_id=OuterRef("pk"),
        state__in=CREDITED,
        settled_at__gt=now - COMES_BACK,
    )
    is_on = ~Q(state=ConnectionState.OFF)
    is_due = Q(listed_until=None) | Q(listed_until__lte=now - DAILY)
    return list(rows.filter(is_on | (is_due & Exists(paid))).order_by("pk"))


def _catch_up_one(connection: Connection, now: datetime) -> int:
    provider_id = connection.provider_id
    with own_transaction(provider_id):
        gateway = load_gateway(provider_id=provider_id, connection_id=connection.pk)
    before = connection.listed_until or connection.created_at
    numbers: list[int] = []
    until = now
    with asking_at(provider_id, connection.pk, now):
        listed = iter(gateway.list_events(since=before - OVERLAP))
        while part := list(islice(listed, BATCH)):
            if len(numbers) >= LISTED_MAX:
                # The rest comes the next time; a gateway that looks back lists old things first, which are known by
                # then.
                until = max(before, part[0].created_at)
                break
            numbers += store_listed(
                provider_id=provider_id, connection_id=connection.pk, events=part, now=now
            )
    for number in numbers:
        # What is left is due: the poller goes on with it once the gateway answers again.
        if not try_event(provider_id=provider_id, event_id=number, now=now):
            break
    with own_transaction(provider_id):
        Connection.objects.filter(provider_id=provider_id, pk=connection.pk).update(
            listed_until=until
        )
    return len(numbers)


def _work_off_due(provider_id: int, now: datetime, limit: int, silent: set[int]) -> int:
    """Work off the events that are due, and name the connections whose gateway says nothing."""
    with own_transaction(provider_id):
        rows = WebhookEvent.objects.filter(provider_id=provider_id, next_try_at__lte=now)
        found = rows.order_by("next_try_at").values_list("pk", "connection_id")
        due = list(found[:limit])
    done = 0
    for event_id, connection_id in due:
        if connection_id in silent:
            continue
        done += 1
        if not try_event(provider_id=provider_id, event_id=event_id, now=now):
            silent.add(connection_id)
            with own_transaction(provider_id):
                rows.filter(connection_id=connection_id).update(next_try_at=now + PATIENCE)
    return done
