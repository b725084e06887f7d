"""Documents of tests that need no payment."""

from __future__ import annotations

from decimal import Decimal

from invoicing.enums import DocumentKind, SourceType
from invoicing.models import Document, DocumentLine
from invoicing.services.issuing import issue_document
from tests.cast import NOW


def make_receipt(provider_id: int, tenant_id: int, *, public_id: str, minor: int, name: str) -> str:
    """Issue a receipt of one line, in dollars, under a public id of one's own; the scope is open."""
    row = Document.objects.create(
        public_id=public_id,
        provider_id=provider_id,
        tenant_id=tenant_id,
        kind=DocumentKind.RECEIPT,
        state_at=NOW,
        created_at=NOW,
        supplied_on=NOW.date(),
        currency="USD",
        subtotal_minor=minor,
        total_minor=minor,
        source_type=SourceType.HAND,
        source_id=public_id,
        content={"language": "en", "reason": "", "note": ""},
    )
    DocumentLine.objects.create(
        provider_id=provider_id,
        tenant_id=tenant_id,
        document_id=row.pk,
        position=1,
        name=name,
        quantity=Decimal(1),
        unit_price=Decimal(minor) / 100,
        net_minor=minor,
        tax_group="",
    )
    return issue_document(provider_id=provider_id, document_id=row.pk, now=NOW)
