"""Tell a client by mail that money which was on its way, or had come, did not stay: through the outbox."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext

from billing_platform.kernel.formats import format_money
from billing_platform.kernel.money import Money
from billing_platform.kernel.outbox import enqueue
from billing_platform.kernel.scope import provider_scope
from payments.enums import FAILED_STATES
from payments.gateways.declines import GENERAL
from payments.gateways.refusals import known_decline
from payments.models import Attempt, Dispute, Method
from tenants.selectors.readers import payers_readers
from tenants.selectors.tenants import tenant_by_id
from tenants.services.mails import mail_readers

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from billing_platform.kernel.outbox import Message
    from tenants.types import TenantView

    _Facts = dict[str, Any]

BOUNCE_TOPIC: Final = "payment.bounced"
RETURN_TOPIC: Final = "payment.returned"
# Razorpay's page stays open while a payment on it is undecided: whoever is at it may pay by another one until then.
PAGE_IS_LEFT: Final = timedelta(minutes=30)


def announce_bounce(row: Attempt, *, now: datetime) -> None:
    """Write down that a payment which was pending has failed, in the transaction in which it does.

    Args:
        row: of an open transaction; it was made on the gateway's page.
        now: the moment; it is told once nobody waits at the page any more.

    Idempotency: by payment.
    """
    enqueue(
        provider_id=row.provider_id,
        tenant_id=row.tenant_id,
        topic=BOUNCE_TOPIC,
        payload={"payment": row.public_id, "code": row.failure_code},
        dedupe_key=row.public_id,
        now=now,
        available_at=now + PAGE_IS_LEFT,
    )


def announce_return(row: Dispute, *, now: datetime) -> None:
    """Write down that a bank took a debit back which had succeeded, in the transaction that notes it first.

    Args:
        row: new, and saved.
        now: the moment.

    Idempotency: by return.
    """
    enqueue(
        provider_id=row.provider_id,
        tenant_id=row.tenant_id,
        topic=RETURN_TOPIC,
        payload={"dispute": row.public_id},
        dedupe_key=row.public_id,
        now=now,
    )


def tell_bounce(message: Message) -> None:
    """Mail the client's people that a pending payment has failed, unless it came after all; handles `BOUNCE_TOPIC`.

    Args:
        message: written by `announce_bounce`.

    Idempotency: by message and reader.
    """
    with provider_scope(message.provider_id):
        rows = Attempt.objects.filter(provider_id=message.provider_id)
        row = rows.get(public_id=message.payload["payment"])
        if row.state not in FAILED_STATES:
            return
        amount, code = Money(row.amount_minor, row.currency), message.payload["code"]
        _mail(message, "emails/payment_bounced.txt", row, amount, lambda: {"reason": _words(code)})


def tell_return(message: Message) -> None:
    """Mail the client's people that a bank took a debit back; the handler of `RETURN_TOPIC`.

    Args:
        message: written by `announce_return`.

    Idempotency: by message and reader.
    """
    with provider_scope(message.provider_id):
        own = {"provider_id": message.provider_id}
        row = Dispute.objects.get(**own, public_id=message.payload["dispute"])
        payment = Attempt.objects.get(**own, pk=row.attempt_id)
        methods = Method.objects.filter(**own, connection_id=row.connection_id)
        frozen = methods.filter(tenant_id=row.tenant_id, frozen_at__isnull=False)
        facts = {
            "is_taken": row.taken_minor > 0,
            "is_frozen": frozen.filter(method_id=row.method_id).exists(),
        }
        amount = Money(row.amount_minor, row.currency)
        _mail(message, "emails/payment_returned.txt", payment, amount, lambda: facts)


def _mail(
    message: Message, template: str, payment: Attempt, amount: Money, more: Callable[[], _Facts]
) -> None:
    tenant = tenant_by_id(message.provider_id, message.tenant_id)
    mail_readers(
        message,
        readers=payers_readers(message.provider_id, tenant),
        template=template,
        shown=partial(_shown, tenant, payment, amount, more),
        key=f"{message.topic}/{message.id}",
    )


def _shown(
    tenant: TenantView,
    payment: Attempt,
    amount: Money,
    more: Callable[[], _Facts],
    language: str,
) -> _Facts:
    """Return what the templates say; called while the reader's language is active."""
    return {
        "tenant": " ".join(tenant.name.split()),
        "payment": payment.public_id,
        "amount": format_money(amount, language),
        **more(),
    }


def _words(code: str) -> str:
    known = known_decline(code)
    return gettext(known.words if known else GENERAL)
