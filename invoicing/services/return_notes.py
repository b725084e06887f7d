"""Credit notes of transfers of which the bank took a part back. Called where returns are booked and invoices issued."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import override

from invoicing.enums import DocumentKind
from invoicing.services.drafting import locked_document
from invoicing.services.refund_notes import credit_refunds_before, issue_note
from payments.selectors.bank_returns import returns_of_credit
from payments.selectors.settled import TaxedRefund

if TYPE_CHECKING:
    from datetime import datetime

    from invoicing.models import Document
    from payments.selectors.bank_returns import ReturnView


def issue_notes_with(invoice: Document, now: datetime) -> None:
    """Issue the notes of all that went back before an invoice was issued, right after it.

    Args:
        invoice: of a payment, issued and settled just now in an open transaction, in which its row is locked.
        now: the moment of issue.

    Raises:
        SellerIncomplete, BuyerIncomplete, ExchangeRateMissing: as `issue_document`; then the invoice waits too.

    Idempotency: none; an invoice is issued once.
    """
    if invoice.kind != DocumentKind.INVOICE:
        return
    for part in returns_of_credit(invoice.provider_id, invoice.source_id):
        row = locked_document(invoice.provider_id, invoice.pk)
        language = str(row.content.get("language", ""))
        with override(language or None):
            reason = _("Returned by the bank")
        issue_return_note(row, part, now, reason=reason)
    credit_refunds_before(invoice, now)


def issue_return_note(invoice: Document, part: ReturnView, now: datetime, *, reason: str) -> None:
    """Issue the credit note of a part that went back; of money that was nobody's there is none.

    Args:
        invoice: of the transfer, locked in an open transaction.
        part: what went back.
        now: the moment of issue.
        reason: printed on the note.

    Raises:
        SellerIncomplete, BuyerIncomplete, ExchangeRateMissing: as `issue_document`.
    """
    if part.posting_id is None:
        return
    told = TaxedRefund(
        id=0,
        public_id=part.public_id,
        payment=invoice.source_id,
        amount=part.amount,
        tax_parts=part.tax_parts,
        posting_id=part.posting_id,
        at=now,
    )
    issue_note(invoice, told, now, reason=reason[:300])
