"""Tell the provider's people what cannot wait for a look at the pages: a refused key, a silent endpoint, a dispute."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings

from billing_platform.kernel.formats import format_moment, format_money
from billing_platform.kernel.money import Money
from billing_platform.kernel.outbox import enqueue
from billing_platform.kernel.scope import provider_scope
from payments.enums import AttemptState
from payments.models import Attempt, Connection, Dispute
from payments.selectors.endpoints import silent_endpoints
from payments.selectors.refunds import sent_back
from payments.services.transactions import own_transaction
from tenants.selectors.providers import provider_view
from tenants.selectors.readers import money_readers
from tenants.selectors.tenants import tenant_by_id
from tenants.services.mails import mail_readers

if TYPE_CHECKING:
    from billing_platform.kernel.outbox import Message

KEY_TOPIC: Final = "gateway.refused"
SILENCE_TOPIC: Final = "gateway.silent"
MODE_TOPIC: Final = "gateway.other_mode"
DISPUTE_TOPIC: Final = "dispute.opened"
WARNING_TOPIC: Final = "payment.warned"
_CONNECTION_MAILS: Final = {
    KEY_TOPIC: "emails/gateway_refused.txt",
    SILENCE_TOPIC: "emails/gateway_silent.txt",
    MODE_TOPIC: "emails/gateway_other_mode.txt",
}


def announce_refusal(row: Connection, *, now: datetime) -> None:
    """Write down that a gateway does not take a connection's key any more, in the transaction that notes it.

    Args:
        row: of the connection, as it is from now on.
        now: the present moment.
    """
    enqueue(
        provider_id=row.provider_id,
        topic=KEY_TOPIC,
        payload={"connection": row.public_id},
        dedupe_key=f"{row.public_id}/{row.state_at.isoformat()}",
        now=now,
    )


def announce_other_mode(row: Connection, *, now: datetime) -> None:
    """Write down that test money came to a live connection, or the reverse, in the transaction that stores its event.

    Args:
        row: the connection.
        now: the present moment.

    Idempotency: one notice per connection and day.
    """
    enqueue(
        provider_id=row.provider_id,
        topic=MODE_TOPIC,
        payload={"connection": row.public_id},
        dedupe_key=f"{row.public_id}/{now:%Y-%m-%d}",
        now=now,
    )


def announce_silence(*, provider_id: int, now: datetime) -> None:
    """Write down which endpoints hear nothing while their gateways have something to tell.

    Args:
        provider_id: whose; no transaction is open.
        now: the present moment.

    Idempotency: one notice per silence, known by the last delivery before it.
    """
    with own_transaction(provider_id):
        for silent in silent_endpoints(provider_id, now=now):
            last = silent.heard_at.isoformat() if silent.heard_at else "never"
            enqueue(
                provider_id=provider_id,
                topic=SILENCE_TOPIC,
                payload={"connection": silent.public_id, "since": silent.since.isoformat()},
                dedupe_key=f"{silent.public_id}/{last}",
                now=now,
            )


def announce_dispute(row: Dispute, *, now: datetime) -> None:
    """Write down that a payment is disputed or came back, in the transaction that notes it first.

    Args:
        row: new, and saved.
        now: the present moment.
    """
    enqueue(
        provider_id=row.provider_id,
        tenant_id=row.tenant_id,
        topic=DISPUTE_TOPIC,
        payload={"dispute": row.public_id},
        dedupe_key=row.public_id,
        now=now,
    )


def announce_warning(*, provider_id: int, attempt_id: int, now: datetime) -> None:
    """Mark and announce that a card network takes a payment for fraud: given back now, it is not disputed later.

    Args:
        provider_id: whose; no transaction is open.
        attempt_id: the payment; one that brought no money, has gone back or is disputed already is nobody's work.
        now: the present moment.

    Idempotency: one notice per payment.
    """
    with own_transaction(provider_id):
        row = Attempt.objects.get(provider_id=provider_id, pk=attempt_id)
        is_left = (row.received_minor or 0) > sent_back(provider_id, attempt_id)
        if row.state == AttemptState.SUCCEEDED and is_left:
            marked = Attempt.objects.filter(provider_id=provider_id, pk=attempt_id)
            marked.filter(warned_at__isnull=True).update(warned_at=now)
            enqueue(
                provider_id=provider_id,
                tenant_id=row.tenant_id,
                topic=WARNING_TOPIC,
                payload={"payment": row.public_id},
                dedupe_key=row.public_id,
                now=now,
            )


def tell_connection(message: Message) -> None:
    """Mail that a connection needs somebody; the handler of `KEY_TOPIC`, `SILENCE_TOPIC` and `MODE_TOPIC`.

    Args:
        message: written by `announce_refusal`, `announce_silence` or `announce_other_mode`.

    Idempotency: by message and reader.
    """
    with provider_scope(message.provider_id):
        rows = Connection.objects.filter(provider_id=message.provider_id)
        row = rows.get(public_id=message.payload["connection"])
        mail_readers(
            message,
            readers=money_readers(message.provider_id, settings.LANGUAGE_CODE),
            template=_CONNECTION_MAILS[message.topic],
            shown=partial(_connection, row, str(message.payload.get("since", ""))),
            key=f"{message.topic}/{message.id}",
        )


def tell_dispute(message: Message) -> None:
    """Mail that a payment is disputed; the handler of `DISPUTE_TOPIC`.

    Args:
        message: written by `announce_dispute`.

    Idempotency: by message and reader.
    """
    with provider_scope(message.provider_id):
        rows = Dispute.objects.filter(provider_id=message.provider_id)
        row = rows.get(public_id=message.payload["dispute"])
        mail_readers(
            message,
            readers=money_readers(message.provider_id, settings.LANGUAGE_CODE),
            template="emails/dispute_opened.txt",
            shown=partial(_dispute, row),
            key=f"{message.topic}/{message.id}",
        )


def tell_warning(message: Message) -> None:
    """Mail that a payment may be fraud; the handler of `WARNING_TOPIC`.

    Args:
        message: written by `announce_warning`.

    Idempotency: by message and reader.
    """
    with provider_scope(message.provider_id):
        rows = Attempt.objects.filter(provider_id=message.provider_id)
        row = rows.get(public_id=message.payload["payment"])
        tenant = tenant_by_id(message.provider_id, message.tenant_id)
        received = Money(row.received_minor or 0, row.received_currency)
        mail_readers(
            message,
            readers=money_readers(message.provider_id, settings.LANGUAGE_CODE),
            template="emails/payment_warned.txt",
            shown=lambda language: {
                "tenant": " ".join(tenant.name.split()),
                "payment": row.public_id,
                "amount": format_money(received, language),
            },
            key=f"{message.topic}/{message.id}",
        )


def _connection(row: Connection, since: str, language: str) -> dict[str, Any]:
    zone = provider_view(row.provider_id).time_zone
    shown = {"label": row.label, "reason": row.state_note, "is_live": row.is_live}
    if since:
        moment = format_moment(datetime.fromisoformat(since), zone, language)
        shown["since"] = f"{moment} ({zone})"
    return shown


def _dispute(row: Dispute, language: str) -> dict[str, Any]:
    zone = provider_view(row.provider_id).time_zone
    tenant = tenant_by_id(row.provider_id, row.tenant_id)
    payment = Attempt.objects.get(provider_id=row.provider_id, pk=row.attempt_id)
    due = row.evidence_due_at
    return {
        "tenant": " ".join(tenant.name.split()),
        "payment": payment.public_id,
        "amount": format_money(Money(row.amount_minor, row.currency), language),
        "is_return": row.is_return,
        "due": f"{format_moment(due, zone, language)} ({zone})" if due else "",
    }
