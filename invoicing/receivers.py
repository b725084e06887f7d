"""What invoicing hears of other parts: each receiver is one line that calls a service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from billing_platform.kernel.clock import now
from billing_platform.kernel.money import Money
from invoicing.services.payment_documents import draft_of_payment
from invoicing.tasks import issue_provider_documents

if TYPE_CHECKING:
    from payments.events import PaymentSettled


def on_payment(event: PaymentSettled) -> None:
    """Draft the payment's document with the payment."""
    draft_of_payment(
        provider_id=event.provider_id,
        tenant_id=event.tenant_id,
        payment=event.payment,
        posting_id=event.posting_id,
        amount=Money(event.amount_minor, event.currency),
        topup=event.topup,
        now=now(),
    )


def ring(event: PaymentSettled) -> None:
    """Issue it at once; when the bell is lost, the sweep does it within a minute."""
    issue_provider_documents.delay(provider_id=event.provider_id)
