"""What invoicing hears of other parts: each receiver is one line that calls a service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from billing_platform.kernel.clock import now
from billing_platform.kernel.money import Money
from invoicing.services.document_mails import note_bounce
from invoicing.services.payment_documents import draft_of_payment
from invoicing.tasks import issue_provider_documents

if TYPE_CHECKING:
    from anymail.signals import AnymailTrackingEvent

    from payments.events import PaymentSettled

# What Anymail calls a mail that did not arrive, and will not.
_BOUNCES: Final = frozenset({"bounced", "rejected", "failed"})
_DIGITS: Final = 18


def on_payment(event: PaymentSettled) -> None:
    """Draft the payment's document with the payment."""
    draft_of_payment(
        provider_id=event.provider_id,
        tenant_id=event.tenant_id,
        payment=event.payment,
        posting_id=event.posting_id,
        amount=Money(event.amount_minor, event.currency),
        topup=event.topup,
        now=event.settled_at,
    )


def ring(event: PaymentSettled) -> None:
    """Issue it at once; when the bell is lost, the sweep does it within a minute."""
    issue_provider_documents.delay(provider_id=event.provider_id)


def on_tracking(sender: object, event: AnymailTrackingEvent, **_more: Any) -> None:
    """Keep the bounce of a document's mail that a mail service tells of; it is told again when this fails."""
    known = event.metadata or {}
    numbers = [str(known.get(name, "")) for name in ("provider", "mail")]
    if event.event_type not in _BOUNCES or not all(map(_is_number, numbers)):
        return
    note_bounce(
        provider_id=int(numbers[0]),
        mail_id=int(numbers[1]),
        address=str(event.recipient or ""),
        words=str(event.description or event.mta_response or event.reject_reason or ""),
        now=now(),
    )


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _DIGITS
