"""To whom a document was mailed, and whether it has left. Called by pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from billing_platform.kernel.outbox_watch import deliveries
from invoicing.enums import MailState
from invoicing.models import DocumentMail
from invoicing.types import MailView

if TYPE_CHECKING:
    from billing_platform.kernel.outbox_watch import Delivery

TOPIC: Final = "document.mail"


def mail_key(mail_id: int) -> str:
    """Return the natural key of a mail in the outbox.

    Args:
        mail_id: the row's number.
    """
    return f"document-mail/{mail_id}"


def mails_of(provider_id: int, document_id: int) -> list[MailView]:
    """Return the mails of a document, newest first, by two queries.

    Args:
        provider_id: whose; its scope is open.
        document_id: the row's number.
    """
    rows = list(
        DocumentMail.objects.filter(provider_id=provider_id, document_id=document_id).order_by(
            "-number", "address"
        )
    )
    keys = [mail_key(row.pk) for row in rows]
    known = deliveries(provider_id=provider_id, topic=TOPIC, keys=keys) if keys else {}
    return [_view(row, known.get(mail_key(row.pk))) for row in rows]


def _view(row: DocumentMail, delivery: Delivery | None) -> MailView:
    state, at = MailState.QUEUED, row.created_at
    if row.bounced_at is not None:
        state, at = MailState.BOUNCED, row.bounced_at
    elif delivery is not None and delivery.sent_at is not None:
        state, at = MailState.SENT, delivery.sent_at
    elif delivery is not None and delivery.dead_at is not None:
        state, at = MailState.FAILED, delivery.dead_at
    return MailView(
        address=row.address,
        number=row.number,
        state=state,
        at=at,
        words=row.bounce,
        attempts=delivery.attempts if delivery else 0,
    )
