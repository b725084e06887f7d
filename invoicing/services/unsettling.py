"""Undo what a transfer's money did to documents, when a match is taken back or the bank returns it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from billing_platform.kernel.money import Money
from invoicing.enums import DocumentKind, DocumentState, SourceType
from invoicing.models import Document, Settlement
from invoicing.services.cancelling import cancel_document
from invoicing.services.crediting import credit_invoice
from invoicing.services.drafting import discard_draft
from invoicing.services.settling import open_minor, settle_document, undo_settlement

if TYPE_CHECKING:
    from datetime import datetime

    from payments.selectors.bank_lines import CreditView


def take_documents_back(
    *, provider_id: int, credit: CreditView, reason: str, now: datetime
) -> None:
    """Undo what a credit settled, and its own document: a draft goes, a receipt is cancelled, an invoice credited.

    Args:
        provider_id: whose; its scope is open in a transaction, in which the money went back.
        credit: as it ended.
        reason: printed on a credit note.
        now: the present moment.

    Idempotency: settlements are undone once, documents are cancelled or credited once.
    """
    key = f"payment/{credit.public_id}"
    own = Document.objects.filter(
        provider_id=provider_id, source_type=SourceType.PAYMENT, source_id=credit.public_id
    )
    mine = {row.pk for row in own}
    paid = Settlement.objects.filter(provider_id=provider_id, key=key, undoes_id__isnull=True)
    for document_id in paid.order_by("document_id").values_list("document_id", flat=True):
        if document_id not in mine:
            undo_settlement(
                provider_id=provider_id,
                document_id=document_id,
                key=key,
                posting_id=credit.end_posting_id,
                now=now,
            )
    for row in own.order_by("pk"):
        _take_back(row, credit, reason, now)


def _take_back(row: Document, credit: CreditView, reason: str, now: datetime) -> None:
    if row.state == DocumentState.DRAFT:
        discard_draft(provider_id=row.provider_id, document_id=row.pk)
    elif row.kind == DocumentKind.RECEIPT:
        cancel_document(provider_id=row.provider_id, document_id=row.pk, now=now)
    elif row.kind == DocumentKind.INVOICE:
        note_id = credit_invoice(
            provider_id=row.provider_id,
            document_id=row.pk,
            reason=reason[:300],
            key=f"bank/{credit.public_id}"[:60],
            now=now,
        )
        _settle_note(row.provider_id, note_id, credit, now)


def _settle_note(provider_id: int, note_id: int, credit: CreditView, now: datetime) -> None:
    """Count the posting that took the money back as what settles the note: nothing of it is owed to the tenant."""
    note = Document.objects.get(provider_id=provider_id, pk=note_id)
    settle_document(
        provider_id=note.provider_id,
        document_id=note.pk,
        amount=Money(open_minor(note), note.currency),
        key=f"bank/{credit.public_id}",
        posting_id=credit.end_posting_id,
        now=now,
    )
