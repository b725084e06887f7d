"""What a document has to do with others, with payments and with time. Called by pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db.models import Q

from billing_platform.kernel.money import Money
from invoicing.enums import DocumentKind, DocumentState, SourceType
from invoicing.models import Document, Settlement
from invoicing.selectors.document_views import view_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from invoicing.types import DocumentView

_PAYMENT: Final = "payment/"
_MONEY: Final = SourceType.PAYMENT


@dataclass(frozen=True, slots=True)
class SettlementView:
    """Money that settled a document; less than nothing where it was undone.

    Attributes:
        payment: public id of the payment or the bank's credit that brought it, or "".
    """

    amount: Money
    payment: str
    posting_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Lifetime:
    """When a document was made, and when its state changed last."""

    created_at: datetime
    state_at: datetime
    settlements: Sequence[SettlementView]


def lifetime_of(document: DocumentView, provider_id: int) -> Lifetime:
    """Return the moments of a document, by two queries.

    Args:
        document: which.
        provider_id: whose; its scope, or the tenant's, is open.
    """
    row = Document.objects.filter(provider_id=provider_id, pk=document.id).get()
    mine = Settlement.objects.filter(provider_id=provider_id, document_id=document.id)
    return Lifetime(
        created_at=row.created_at,
        state_at=row.state_at,
        settlements=[
            SettlementView(
                amount=Money(each.amount_minor, row.currency),
                payment=_payment(each.key),
                posting_id=each.posting_id,
                at=each.at,
            )
            for each in mine.order_by("pk")
        ],
    )


def related_documents(
    provider_id: int, document: DocumentView, payments: Sequence[str], *, today: date
) -> list[DocumentView]:
    """Return the documents that belong to one, oldest first, by two queries.

    It is corrected by them or corrects them, replaces them or is replaced by them, or was made for the same money.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        document: which.
        payments: public ids of what settled it.
        today: the provider's day.
    """
    issued = Document.objects.filter(provider_id=provider_id).exclude(state=DocumentState.DRAFT)
    tied = Q(corrects_id=document.id)
    if document.corrects_id is not None:
        tied |= Q(pk=document.corrects_id)
    names = {*payments, *([document.source_id] if document.source_type == _MONEY else ())}
    made_for = Q(source_type=_MONEY, source_id__in=names)
    made_for |= Q(source_type=SourceType.DOCUMENT, source_id=document.public_id)
    found = {row.pk: row for row in issued.filter(tied)}
    kinds = issued.filter(kind__in=DocumentKind.values)
    found |= {row.pk: row for row in kinds.filter(made_for)}
    if document.source_type == SourceType.DOCUMENT and document.corrects_id is None:
        again = issued.filter(public_id=document.source_id)
        found |= {row.pk: row for row in again}
    found.pop(document.id, None)
    return [view_of(found[key], today) for key in sorted(found)]


def documents_of_payment(provider_id: int, payment: str, *, today: date) -> list[DocumentView]:
    """Return receipt and invoice of a payment, their credit notes, and what was issued again after one.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        payment: public id of a payment, or of a bank's credit.
        today: the provider's day.
    """
    issued = Document.objects.filter(provider_id=provider_id, kind__in=DocumentKind.values)
    issued = issued.exclude(state=DocumentState.DRAFT)
    newest = list(issued.filter(source_type=_MONEY, source_id=payment))
    found = {row.pk: row for row in newest}
    while newest:
        notes = list(issued.filter(corrects_id__in=[row.pk for row in newest]))
        names = [row.public_id for row in notes]
        newest = list(issued.filter(source_type=SourceType.DOCUMENT, source_id__in=names))
        found |= {row.pk: row for row in (*notes, *newest)}
    return [view_of(found[key], today) for key in sorted(found)]


def refund_of(document: DocumentView) -> str:
    """Return the public id of the refund that a credit note is of; "" of other documents.

    Args:
        document: any.
    """
    return document.source_id.partition("/")[2] if document.corrects_id is not None else ""


def _payment(key: str) -> str:
    return key.removeprefix(_PAYMENT).partition("/")[0] if key.startswith(_PAYMENT) else ""
