"""Tell both sides that money came for a payment order that was closed before. Matching announces; the relay calls."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from billing_platform.kernel.formats import format_money
from billing_platform.kernel.money import Money
from billing_platform.kernel.outbox import enqueue
from billing_platform.kernel.scope import provider_scope
from tenants.selectors.readers import money_readers, payers_readers
from tenants.selectors.tenants import tenant_by_id
from tenants.services.mails import mail_readers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from billing_platform.kernel.outbox import Message
    from invoicing.models import Document
    from payments.selectors.bank_lines import CreditView
    from tenants.types import TenantView

TOPIC: Final = "transfer.second"


def announce_second(document: Document, credit: CreditView, *, now: datetime) -> None:
    """Write down that a transfer paid nothing of its order any more, in the transaction that credits it.

    Args:
        document: the order's proforma, paid or cancelled before.
        credit: what became of the transfer.
        now: the present moment.

    Idempotency: by credit.
    """
    enqueue(
        provider_id=document.provider_id,
        tenant_id=document.tenant_id,
        topic=TOPIC,
        payload={
            "number": document.number,
            "amount_minor": credit.amount.amount_minor,
            "currency": credit.amount.currency,
        },
        dedupe_key=credit.public_id,
        now=now,
    )


def tell_second(message: Message) -> None:
    """Mail the client's and the provider's people that money came twice; the handler of `TOPIC`.

    Args:
        message: written by `announce_second`.

    Idempotency: by message, side and reader.
    """
    with provider_scope(message.provider_id):
        tenant = tenant_by_id(message.provider_id, message.tenant_id)
        for side, readers in (
            ("payers", payers_readers(message.provider_id, tenant)),
            ("staff", money_readers(message.provider_id, tenant.language)),
        ):
            mail_readers(
                message,
                readers=readers,
                template=f"emails/second_payment_{side}.txt",
                shown=partial(_shown, tenant, message.payload),
                key=f"{TOPIC}/{message.id}/{side}",
            )


def _shown(tenant: TenantView, told: Mapping[str, Any], language: str) -> dict[str, str]:
    return {
        "tenant": " ".join(tenant.name.split()),
        "number": told["number"],
        "amount": format_money(Money(told["amount_minor"], told["currency"]), language),
    }
