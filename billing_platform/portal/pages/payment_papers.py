"""The documents of a payment, as its page links them: receipt, invoice, and the credit notes of its refunds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from invoicing.enums import DocumentKind
from invoicing.selectors.relations import documents_of_payment, refund_of
from tenants.selectors.providers import provider_day

if TYPE_CHECKING:
    from datetime import datetime

    from billing_platform.kernel.money import Money
    from payments.types import PaymentView


@dataclass(frozen=True, slots=True)
class Paper:
    """One document; `refund` is the public id of the refund that a credit note is of, or ""."""

    kind: str
    number: str
    url: str
    pill: str
    total: Money
    refund: str


def payment_papers(
    provider_id: int, row: PaymentView, *, portal: str, now: datetime
) -> list[Paper]:
    """Return the documents of a payment, oldest first, by two queries while there are none.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        row: the payment.
        portal: `billing` or `provider`, whose pages are linked.
        now: the present moment.
    """
    today = provider_day(provider_id, now)
    return [
        Paper(
            kind=str(DocumentKind(each.kind).label),
            number=each.number,
            url=reverse(f"{portal}-document", args=[each.public_id]),
            pill=f"document_{each.status}",
            total=each.total,
            refund=refund_of(each),
        )
        for each in documents_of_payment(provider_id, row.public_id, today=today)
    ]
