"""Documents: one with all that is printed, lists of them, and what they come to. Called by pages and renderers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db.models import Count, F, Q, Sum

from billing_platform.kernel.caps import COUNT_CAP
from billing_platform.kernel.money import Money
from invoicing.enums import UNPAID_STATES, DocumentKind, DocumentState, Status
from invoicing.errors import DocumentNotFound
from invoicing.models import Document, DocumentLine, DocumentTax
from invoicing.selectors.document_views import line_of, tax_of, view_of
from invoicing.selectors.registrations import registration_of
from invoicing.types import DocumentView, WholeDocument

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from django.db.models import QuerySet

# Their sum is asked for with each look at the list; more rows than so many have to be narrowed first.
TOTALS_MAX: Final = COUNT_CAP


@dataclass(frozen=True, slots=True)
class DocumentQuery:
    """Which documents are asked for; what is None or empty does not narrow.

    Attributes:
        kinds: of DocumentKind.
        status: of Status.
        number: a part of the number, any letters.
        since, until: half-open, days of issue.
        before: the row behind which the page begins.
        oldest_first: the newest come first unless it says so.
        with_drafts: only the provider's people see drafts.
    """

    tenant_id: int | None = None
    kinds: Sequence[str] = ()
    status: str = ""
    number: str = ""
    since: date | None = None
    until: date | None = None
    before: int | None = None
    oldest_first: bool = False
    with_drafts: bool = False


@dataclass(frozen=True, slots=True)
class DocumentTotals:
    """What documents of one currency and kind come to.

    Attributes:
        due: what is open of them.
    """

    kind: str
    count: int
    total: Money
    due: Money


def list_documents(
    provider_id: int, query: DocumentQuery, *, today: date, limit: int
) -> list[DocumentView]:
    """Return documents by one query.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        query: which.
        today: the provider's day, on which unpaid ones are overdue or not.
        limit: at most so many.
    """
    rows = matching_documents(provider_id, query, today=today)
    order, behind = ("pk", "pk__gt") if query.oldest_first else ("-pk", "pk__lt")
    if query.before is not None:
        rows = rows.filter(**{behind: query.before})
    return [view_of(row, today) for row in rows.order_by(order)[:limit]]


def document_totals(
    provider_id: int, query: DocumentQuery, *, today: date
) -> list[DocumentTotals] | None:
    """Return what all documents that match come to, per currency and kind; None of more than `TOTALS_MAX`.

    By two queries.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        query: which; the place is ignored.
        today: the provider's day.
    """
    matching = matching_documents(provider_id, query, today=today)
    if matching[: TOTALS_MAX + 1].count() > TOTALS_MAX:
        return None
    off = F("credit_used_minor") + F("paid_minor") + F("credited_minor")
    open_now = Sum(F("total_minor") - off, filter=Q(state__in=UNPAID_STATES), default=0)
    rows = matching.values("currency", "kind")
    found = rows.annotate(
        count=Count("pk"), total=Sum("total_minor", default=0), due=open_now
    ).order_by("currency", "kind")
    return [
        DocumentTotals(
            row["kind"],
            row["count"],
            Money(int(row["total"]), row["currency"]),
            Money(int(row["due"]), row["currency"]),
        )
        for row in found
    ]


def whole_document(
    provider_id: int, public_id: str, *, today: date, tenant_id: int | None = None
) -> WholeDocument:
    """Return a document with its lines and taxes, by four queries at most.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        public_id: which.
        today: the provider's day.
        tenant_id: only when it is this tenant's, and issued.

    Raises:
        DocumentNotFound: the provider, or the tenant, has no such document.
    """
    rows = Document.objects.filter(provider_id=provider_id, public_id=public_id)
    if tenant_id is not None:
        rows = rows.filter(tenant_id=tenant_id).exclude(state=DocumentState.DRAFT)
    return _whole(rows.first(), today)


def issued_document(provider_id: int, document_id: int, *, today: date) -> WholeDocument:
    """Return an issued document by its row, with its lines and taxes, by four queries at most.

    Args:
        provider_id: whose; its scope is open.
        document_id: the row's number.
        today: the provider's day.

    Raises:
        DocumentNotFound: the provider has no such document, or it is a draft.
    """
    rows = Document.objects.filter(provider_id=provider_id, pk=document_id)
    return _whole(rows.exclude(state=DocumentState.DRAFT).first(), today)


def documents_of_source(
    provider_id: int, source_type: str, source_ids: Sequence[str], *, today: date
) -> dict[str, list[DocumentView]]:
    """Return the documents of several sources by source, oldest first, by one query.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        source_type: of SourceType.
        source_ids: which.
        today: the provider's day.
    """
    rows = Document.objects.filter(
        provider_id=provider_id, source_type=source_type, source_id__in=source_ids
    ).exclude(state=DocumentState.DRAFT)
    found: dict[str, list[DocumentView]] = {}
    for row in rows.order_by("pk"):
        found.setdefault(row.source_id, []).append(view_of(row, today))
    return found


def documents_by_number(
    provider_id: int, number: str, *, today: date, tenant_id: int | None = None
) -> list[DocumentView]:
    """Return the documents with a number, one of each kind at most, by one query.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        number: whole, as it was typed; capital letters may be small.
        today: the provider's day.
        tenant_id: only this tenant's.
    """
    rows = Document.objects.filter(
        provider_id=provider_id, kind__in=DocumentKind.values, number__in={number, number.upper()}
    ).exclude(number="")
    if tenant_id is not None:
        rows = rows.filter(tenant_id=tenant_id)
    return [view_of(row, today) for row in rows.order_by("pk")]


def _whole(row: Document | None, today: date) -> WholeDocument:
    if row is None:
        raise DocumentNotFound
    mine = {"provider_id": row.provider_id, "document_id": row.pk}
    return WholeDocument(
        head=view_of(row, today),
        lines=tuple(
            line_of(line, row.currency)
            for line in DocumentLine.objects.filter(**mine).order_by("position")
        ),
        taxes=tuple(
            tax_of(tax, row.currency)
            for tax in DocumentTax.objects.filter(**mine).order_by("position")
        ),
        content=row.content,
        corrects=_corrected(row),
        digest=row.digest,
        registration=registration_of(row),
    )


def matching_documents(
    provider_id: int, query: DocumentQuery, *, today: date
) -> QuerySet[Document]:
    """Return the rows that match, in no order; the place is ignored.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        query: which.
        today: the provider's day.
    """
    rows = Document.objects.filter(provider_id=provider_id)
    if not query.with_drafts:
        rows = rows.exclude(state=DocumentState.DRAFT)
    if query.tenant_id is not None:
        rows = rows.filter(tenant_id=query.tenant_id)
    if query.kinds:
        rows = rows.filter(kind__in=query.kinds)
    if query.status:
        rows = rows.filter(_standing(query.status, today))
    if query.number:
        rows = rows.filter(number__icontains=query.number)
    if query.since:
        rows = rows.filter(issued_on__gte=query.since)
    return rows.filter(issued_on__lt=query.until) if query.until else rows


def _standing(status: str, today: date) -> Q:
    if status == Status.OVERDUE:
        return Q(state__in=UNPAID_STATES, due_on__lt=today)
    if status in UNPAID_STATES:
        return Q(state=status) & (Q(due_on__isnull=True) | Q(due_on__gte=today))
    return Q(state=status)


def _corrected(row: Document) -> tuple[str, date] | None:
    if row.corrects_id is None:
        return None
    found = Document.objects.filter(provider_id=row.provider_id, pk=row.corrects_id).first()
    return (found.number, found.issued_on) if found and found.issued_on else None
