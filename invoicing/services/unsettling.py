"""Undo what a transfer's money did to documents, when a match is taken back or the bank returns it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from billing_platform.kernel.money import Money
from invoicing.enums import DocumentKind, DocumentState, SourceType
from invoicing.models import BankOrder, Document, Settlement
from invoicing.services.cancelling import cancel_document
from invoicing.services.crediting import credit_invoice
from invoicing.services.drafting import discard_draft, locked_document
from invoicing.services.return_notes import issue_return_note
from invoicing.services.settling import settle_document, undo_settlement
from invoicing.services.standing import open_minor

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from payments.selectors.bank_lines import CreditView
    from payments.services.bank_returns import Returned


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
    paid = _settled(provider_id, credit).filter(key=key, undoes_id__isnull=True)
    for document_id in paid.order_by("document_id").values_list("document_id", flat=True):
        undo_settlement(
            provider_id=provider_id,
            document_id=document_id,
            key=key,
            posting_id=credit.end_posting_id,
            now=now,
        )
    for row in own.order_by("pk"):
        _take_back(row, credit, reason, now)


def take_part_back(*, provider_id: int, returned: Returned, reason: str, now: datetime) -> None:
    """Lower what a credit settled to what is left of it, and correct its own invoice by a credit note of the part.

    What was more than the order goes first. A receipt says what came in, so it stands until nothing is left. An invoice
    that is a draft still, for instance because the buyer's address lacks something, stays one: the money is gone all
    the same, and the note of the part comes with the invoice.

    Args:
        provider_id: whose; its scope is open in a transaction, in which the money went back.
        returned: what went back.
        reason: printed on a credit note.
        now: the present moment.

    Idempotency: none; it runs once, in the transaction of its return.
    """
    credit, part = returned.credit, returned.part
    own = Document.objects.filter(
        provider_id=provider_id, source_type=SourceType.PAYMENT, source_id=credit.public_id
    )
    for row in _standing(provider_id, credit).order_by("document_id"):
        keep = min(row.amount_minor, returned.left.amount_minor)
        if keep == row.amount_minor:
            continue
        undo_settlement(
            provider_id=provider_id,
            document_id=row.document_id,
            key=row.key,
            posting_id=part.posting_id,
            now=now,
        )
        if keep:
            settle_document(
                provider_id=provider_id,
                document_id=row.document_id,
                amount=Money(keep, credit.amount.currency),
                key=f"payment/{credit.public_id}/{part.public_id}",
                posting_id=credit.posting_id,
                now=now,
            )
    for document in own.order_by("pk"):
        _correct(document, returned, reason, now)


def _standing(provider_id: int, credit: CreditView) -> QuerySet[Settlement]:
    """Return what a credit settles still, after parts of it went back too."""
    rows = _settled(provider_id, credit)
    undone = rows.filter(undoes_id__isnull=False).values("undoes_id")
    mine = rows.filter(key__startswith=f"payment/{credit.public_id}", undoes_id__isnull=True)
    return mine.exclude(pk__in=undone)


def _settled(provider_id: int, credit: CreditView) -> QuerySet[Settlement]:
    """Return all settlements of what a credit is for: its order's proforma, by the index of its document."""
    orders = BankOrder.objects.filter(provider_id=provider_id, reference=credit.reference)
    documents = list(orders.values_list("document_id", flat=True))
    return Settlement.objects.filter(provider_id=provider_id, document_id__in=documents)


def _correct(found: Document, returned: Returned, reason: str, now: datetime) -> None:
    # Locked: whoever issues it at this moment either comes later and sees this return, or was first.
    row = locked_document(found.provider_id, found.pk)
    if row.kind == DocumentKind.RECEIPT:
        if not returned.left and row.state == DocumentState.DRAFT:
            discard_draft(provider_id=row.provider_id, document_id=row.pk)
        elif not returned.left:
            cancel_document(provider_id=row.provider_id, document_id=row.pk, now=now)
        return
    if row.state != DocumentState.DRAFT:
        issue_return_note(row, returned.part, now, reason=reason)


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
            posting_id=credit.end_posting_id,
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
