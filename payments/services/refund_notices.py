"""Tell both sides of a request for a refund by mail, through the outbox. Services announce; the relay calls."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from billing_platform.kernel.formats import format_money
from billing_platform.kernel.outbox import enqueue
from billing_platform.kernel.scope import provider_scope
from payments.enums import RequestState
from payments.models import Attempt, RefundRequest
from payments.selectors.refund_requests import view_of
from tenants.selectors.readers import money_readers, payers_readers
from tenants.selectors.tenants import tenant_by_id
from tenants.services.mails import mail_readers

if TYPE_CHECKING:
    from datetime import datetime

    from billing_platform.kernel.outbox import Message
    from payments.types import RefundRequestView
    from tenants.types import TenantView

TOPIC: Final = "refund.request"
# Which mail each side gets of each state; a client never hears of what staff settle among themselves.
_PAYERS: Final[dict[str, str]] = {
    RequestState.ASKED: "emails/refund_asked.txt",
    RequestState.APPROVED: "emails/refund_approved.txt",
    RequestState.REJECTED: "emails/refund_rejected.txt",
}
_STAFF: Final[dict[str, str]] = {
    RequestState.ASKED: "emails/refund_to_decide.txt",
    RequestState.WAITING: "emails/refund_to_second.txt",
    RequestState.WITHDRAWN: "emails/refund_withdrawn.txt",
}


def announce(row: RefundRequest, *, now: datetime) -> None:
    """Write down that a request has come to its present state, in the transaction in which it does.

    Args:
        row: in an open transaction.
        now: the moment of the change.
    """
    enqueue(
        provider_id=row.provider_id,
        tenant_id=row.tenant_id,
        topic=TOPIC,
        payload={"request": row.public_id, "state": str(row.state)},
        dedupe_key=f"{row.public_id}/{row.state}/{row.proposals}",
        now=now,
    )


def tell_request(message: Message) -> None:
    """Mail what became of a request; the handler of `TOPIC`.

    Args:
        message: written by `announce`.

    Idempotency: by request, state and reader; the mail's key says so.
    """
    state = message.payload["state"]
    with provider_scope(message.provider_id):
        tenant = tenant_by_id(message.provider_id, message.tenant_id)
        rows = RefundRequest.objects.filter(provider_id=message.provider_id)
        row = view_of(rows.get(public_id=message.payload["request"]))
        payers = {} if row.by_staff else payers_readers(message.provider_id, tenant)
        staff = money_readers(message.provider_id, tenant.language)
        staff.pop(str(row.proposed_by), None)
        for side, template, readers in (
            ("payers", _PAYERS.get(state), payers),
            ("staff", _STAFF.get(state), staff),
        ):
            if template:
                mail_readers(
                    message,
                    readers=readers,
                    template=template,
                    shown=partial(_shown, tenant, row),
                    key=f"refund-request/{message.id}/{side}",
                )


def _shown(tenant: TenantView, row: RefundRequestView, language: str) -> dict[str, Any]:
    """Return what the templates say, with amounts as the reader's language writes them."""
    payment = Attempt.objects.get(provider_id=tenant.provider_id, pk=row.attempt_id)
    return {
        "tenant": " ".join(tenant.name.split()),
        "payment": payment.public_id,
        "amount": format_money(row.amount, language),
        "granted": format_money(row.granted or row.amount, language),
        "is_to_balance": row.destination == "balance",
        "reason": row.reason,
        "answer": row.answer,
    }
