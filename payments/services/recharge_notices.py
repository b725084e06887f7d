"""Tell a customer by mail why its auto-recharge does not charge: declined, stopped, or its state is missing."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from billing_platform.kernel.formats import format_money
from billing_platform.kernel.money import Money
from billing_platform.kernel.outbox import enqueue
from billing_platform.kernel.scope import provider_scope
from payments.models import Attempt, Recharge, RechargeRule
from payments.services.recharge_tokens import LinkClaim, link_token
from tenants.selectors.readers import payers_readers
from tenants.selectors.tenants import tenant_by_id
from tenants.services.mails import mail_readers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from billing_platform.kernel.outbox import Message
    from payments.models import Breaker
    from tenants.types import TenantView

TOPIC: Final = "recharge.declined"
STATE_TOPIC: Final = "recharge.state_missing"


def announce_decline(row: Recharge, breaker: Breaker, *, now: datetime) -> None:
    """Write down that a recharge was declined, in the transaction that counts it.

    Args:
        row: in an open transaction.
        breaker: of its tenant, as it is after the decline.
        now: the moment.

    Idempotency: by recharge.
    """
    enqueue(
        provider_id=row.provider_id,
        tenant_id=row.tenant_id,
        topic=TOPIC,
        payload={
            "recharge": row.public_id,
            "decline": str(row.decline),
            "is_paused": breaker.paused_at is not None,
        },
        dedupe_key=row.public_id,
        now=now,
    )


def announce_missing_state(row: Recharge, *, now: datetime) -> None:
    """Write down that a recharge waits for the state of a customer in India, in the transaction that gives it back.

    Args:
        row: in an open transaction.
        now: the moment.

    Idempotency: by recharge, which is tried again until the state is there.
    """
    enqueue(
        provider_id=row.provider_id,
        tenant_id=row.tenant_id,
        topic=STATE_TOPIC,
        payload={"amount_minor": row.amount_minor, "currency": row.currency},
        dedupe_key=row.public_id,
        now=now,
    )


def tell_missing_state(message: Message) -> None:
    """Mail the customer's people that they have to enter a state; the handler of `STATE_TOPIC`.

    Args:
        message: written by `announce_missing_state`.

    Idempotency: by message and reader.
    """
    wanted = Money(message.payload["amount_minor"], message.payload["currency"])
    with provider_scope(message.provider_id):
        tenant = tenant_by_id(message.provider_id, message.tenant_id)
        mail_readers(
            message,
            readers=payers_readers(message.provider_id, tenant),
            template="emails/recharge_state.txt",
            shown=lambda language: {
                "tenant": " ".join(tenant.name.split()),
                "amount": format_money(wanted, language),
            },
            key=f"{STATE_TOPIC}/{message.id}",
        )


def tell_decline(message: Message) -> None:
    """Mail what became of a recharge to the customer's people; the handler of `TOPIC`.

    Args:
        message: written by `announce_decline`.

    Idempotency: by message and reader; the mail's key says so.
    """
    with provider_scope(message.provider_id):
        tenant = tenant_by_id(message.provider_id, message.tenant_id)
        rows = Recharge.objects.filter(provider_id=message.provider_id)
        row = rows.get(public_id=message.payload["recharge"])
        mail_readers(
            message,
            readers=payers_readers(message.provider_id, tenant),
            template="emails/recharge_declined.txt",
            shown=partial(_shown, tenant, row, message.payload),
            key=f"recharge-declined/{message.id}",
        )


def _shown(
    tenant: TenantView, row: Recharge, facts: Mapping[str, Any], language: str
) -> dict[str, Any]:
    rules = RechargeRule.objects.filter(provider_id=row.provider_id)
    payments = Attempt.objects.filter(provider_id=row.provider_id)
    payment = payments.get(pk=row.attempt_id or 0)
    claim = LinkClaim(row.provider_id, row.tenant_id, row.public_id)
    token = link_token(claim, since=row.decided_at or row.created_at)
    link = rules.get(pk=row.rule_id).link_url
    return {
        **facts,
        "tenant": " ".join(tenant.name.split()),
        "amount": format_money(Money(row.amount_minor, row.currency), language),
        "method": " ".join(
            part for part in (payment.paid_brand.title(), payment.paid_last4) if part
        ),
        "link": link.replace("{recharge}", row.public_id).replace("{token}", token),
    }
