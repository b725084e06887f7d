"""Cancel documents that are no invoices: a proforma that nobody will pay, a receipt of money that was taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction

from invoicing.enums import DocumentKind, DocumentState
from invoicing.errors_bank import NotCancellable
from invoicing.services.drafting import locked_document

if TYPE_CHECKING:
    from datetime import datetime

# An invoice is taken back by a credit note.
_KINDS: Final = (DocumentKind.PROFORMA, DocumentKind.RECEIPT)


@transaction.atomic
def cancel_document(*, provider_id: int, document_id: int, now: datetime) -> None:
    """Cancel a proforma that nobody paid, or a receipt; it keeps its number and everything it prints.

    Args:
        provider_id: whose; its scope is open.
        document_id: the row's number.
        now: the present moment.

    Raises:
        DocumentNotFound: the provider has no such document.
        NotCancellable: an invoice, a credit note, a draft, or a proforma on which something is paid.

    Idempotency: a document that is cancelled stays so.
    """
    row = locked_document(provider_id, document_id)
    if row.state == DocumentState.CANCELLED:
        return
    is_paid = row.kind == DocumentKind.PROFORMA and row.paid_minor > 0
    if row.kind not in _KINDS or row.state == DocumentState.DRAFT or is_paid:
        raise NotCancellable
    row.state, row.state_at = DocumentState.CANCELLED, now
    row.save(update_fields=["state", "state_at"])
