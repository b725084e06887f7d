"""Tell both sides that a refund came back after it had seemed to be made: by mail, through the outbox."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings

from billing_platform.kernel.formats import format_money
from billing_platform.kernel.money import Money
from billing_platform.kernel.outbox import enqueue
from billing_platform.kernel.scope import provider_scope
from payments.enums import GIVEN_UP, NEVER_MADE, RefundState
from payments.models import Attempt, Refund, RefundRequest
from tenants.selectors.readers import money_readers, payers_readers
from tenants.selectors.tenants import tenant_by_id
from tenants.services.mails import mail_readers

if TYPE_CHECKING:
    from datetime import datetime

    from billing_platform.kernel.outbox import Message
    from tenants.types import TenantView

TOPIC: Final = "refund.failed"


def announce_failure(row: Refund, before: str, *, now: datetime) -> None:
    """Write down that a refund has failed, in the transaction in which it does.

    Args:
        row: failed, of an open transaction.
        before: its state before that.
        now: the moment.

    Idempotency: by refund; what has failed stays failed.
    """
    # What is refused at once, or given up, its person reads on the page.
    is_read = row.failure_code == GIVEN_UP or (before == RefundState.CREATED and not row.polls)
    enqueue(
        provider_id=row.provider_id,
        tenant_id=row.tenant_id,
        topic=TOPIC,
        payload={"refund": row.public_id, "is_read": is_read},
        dedupe_key=row.public_id,
        now=now,
    )


def tell_failure(message: Message) -> None:
    """Mail that a refund came back to the provider's people, and to a client who had asked for it.

    Args:
        message: written by `announce_failure`.

    Idempotency: by message and reader; the mail's key says so.
    """
    provider_id = message.provider_id
    with provider_scope(provider_id):
        tenant = tenant_by_id(provider_id, message.tenant_id)
        row = Refund.objects.get(provider_id=provider_id, public_id=message.payload["refund"])
        asked = RefundRequest.objects.filter(provider_id=provider_id, refund_id=row.pk)
        payers, staff = {}, {}
        if asked.filter(by_staff=False).exists():
            payers = payers_readers(provider_id, tenant)
        if not message.payload["is_read"]:
            staff = money_readers(provider_id, settings.LANGUAGE_CODE)
        for side, template, readers in (
            ("payers", "emails/refund_returned.txt", payers),
            ("staff", "emails/refund_failed.txt", staff),
        ):
            mail_readers(
                message,
                readers=readers,
                template=template,
                shown=partial(_shown, tenant, row),
                key=f"{TOPIC}/{message.id}/{side}",
            )


def _shown(tenant: TenantView, row: Refund, language: str) -> dict[str, Any]:
    payment = Attempt.objects.get(provider_id=row.provider_id, pk=row.attempt_id)
    return {
        "tenant": " ".join(tenant.name.split()),
        "payment": payment.public_id,
        "amount": format_money(Money(row.amount_minor, row.currency), language),
        "code": row.failure_code,
        "is_never_made": row.failure_code == NEVER_MADE,
    }
