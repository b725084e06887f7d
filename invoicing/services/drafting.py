"""Write a draft: lines, taxes and their sums, before there is a number. Called by billing runs, top-ups and people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from billing_platform.kernel.currencies import exponent
from invoicing.enums import DocumentKind, DocumentState
from invoicing.errors import DocumentNotFound, DraftRefused, NotADraft
from invoicing.models import Document, DocumentLine, DocumentTax

if TYPE_CHECKING:
    from datetime import datetime

    from invoicing.types import Draft


@transaction.atomic
def draft_document(*, provider_id: int, draft: Draft, now: datetime) -> int:
    """Write a draft with its lines and taxes.

    Args:
        provider_id: whose; its scope is open.
        draft: what is to be printed; every amount is worked out already.
        now: the present moment.

    Returns:
        The row's number; of the document that is there when its source has one of this kind.

    Raises:
        DraftRefused: no lines, an unknown tax group, taxes on another base than the lines', more off than there is.

    Idempotency: by kind and source, for ever.
    """
    check_draft(draft)
    row = Document(
        provider_id=provider_id,
        tenant_id=draft.tenant_id,
        kind=draft.kind,
        state_at=now,
        created_at=now,
        due_on=draft.due_on,
        supplied_on=draft.supplied_on,
        period_starts_on=draft.period[0] if draft.period else None,
        period_ends_on=draft.period[1] if draft.period else None,
        currency=draft.currency,
        subtotal_minor=subtotal_of(draft),
        discount_minor=draft.discount_minor,
        tax_minor=tax_of(draft),
        total_minor=subtotal_of(draft) - draft.discount_minor + tax_of(draft),
        credit_used_minor=draft.credit_used_minor,
        corrects_id=draft.corrects_id,
        source_type=draft.source_type,
        source_id=draft.source_id,
        posting_id=draft.posting_id,
        content={
            "language": draft.language,
            "reason": draft.reason,
            "note": draft.note,
            "tax": dict(draft.tax),
            "reference": draft.reference,
        },
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        there = Document.objects.filter(
            provider_id=provider_id,
            kind=draft.kind,
            source_type=draft.source_type,
            source_id=draft.source_id,
        ).first()
        if there is None:
            raise DraftRefused from error
        return int(there.pk)
    _write_parts(row, draft)
    return int(row.pk)


@transaction.atomic
def discard_draft(*, provider_id: int, document_id: int) -> None:
    """Throw a draft away; its source may get another one.

    Args:
        provider_id: whose; its scope is open.
        document_id: the row's number.

    Raises:
        DocumentNotFound: the provider has no such document.
        NotADraft: it is issued.
    """
    row = locked_document(provider_id, document_id)
    if row.state != DocumentState.DRAFT:
        raise NotADraft
    for part in (DocumentLine, DocumentTax):
        part.objects.filter(provider_id=provider_id, document_id=row.pk).delete()
    Document.objects.filter(provider_id=provider_id, pk=row.pk).delete()


def locked_document(provider_id: int, document_id: int) -> Document:
    """Return a document that nobody else changes until the transaction ends.

    Raises:
        DocumentNotFound: the provider has no such document.
    """
    rows = Document.objects.select_for_update().filter(provider_id=provider_id, pk=document_id)
    row = rows.first()
    if row is None:
        raise DocumentNotFound
    return row


def check_draft(draft: Draft) -> None:
    """Refuse a draft whose parts do not fit together.

    Args:
        draft: what is to be printed.

    Raises:
        DraftRefused: as `draft_document`.
        UnknownCurrencyError: no such currency.
    """
    exponent(draft.currency)
    groups = {tax.tax_group for tax in draft.taxes}
    is_taxed = draft.kind not in (DocumentKind.PROFORMA, DocumentKind.RECEIPT)
    off = draft.discount_minor
    subtotal, total = subtotal_of(draft), subtotal_of(draft) - off + tax_of(draft)
    bases = {tax.tax_group: tax.base_minor for tax in draft.taxes}
    if (
        not draft.lines
        or (is_taxed and not draft.taxes)
        or (groups and {line.tax_group for line in draft.lines} - groups)
        or not 0 <= off <= subtotal
        or not 0 <= draft.credit_used_minor <= total
        or (groups and sum(bases.values()) != subtotal - off)
        or any(bases[tax.tax_group] != tax.base_minor for tax in draft.taxes)
    ):
        raise DraftRefused


def subtotal_of(draft: Draft) -> int:
    """Return what a draft's lines come to, net of tax, minor units."""
    return sum(line.net_minor for line in draft.lines)


def tax_of(draft: Draft) -> int:
    """Return what a draft's taxes come to, minor units."""
    return sum(tax.tax_minor for tax in draft.taxes)


def _write_parts(row: Document, draft: Draft) -> None:
    place = {
        "provider_id": row.provider_id,
        "tenant_id": row.tenant_id,
        "document_id": row.pk,
    }
    DocumentLine.objects.bulk_create(
        DocumentLine(
            **place,
            position=position,
            name=line.name,
            detail=line.detail,
            quantity=line.quantity,
            unit=line.unit,
            unit_price=line.unit_price,
            discount_minor=line.discount_minor,
            net_minor=line.net_minor,
            tax_group=line.tax_group,
            corrects_position=line.corrects_position,
        )
        for position, line in enumerate(draft.lines, start=1)
    )
    DocumentTax.objects.bulk_create(
        DocumentTax(
            **place,
            position=position,
            tax_group=tax.tax_group,
            name=tax.name,
            category=tax.category,
            rate=tax.rate,
            region=tax.region,
            base_minor=tax.base_minor,
            tax_minor=tax.tax_minor,
            reason=tax.reason,
        )
        for position, tax in enumerate(draft.taxes, start=1)
    )
