"""Documents of tests that need no payment."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from accounts.enums import AccountKind, PostingKind
from accounts.services.posting import post
from accounts.types import Line, PostingRequest
from invoicing.enums import DocumentKind, SourceType
from invoicing.models import Document, DocumentLine
from invoicing.services.issuing import issue_document
from tests.cast import NOW


def make_receipt(provider_id: int, tenant_id: int, *, public_id: str, minor: int, name: str) -> str:
    """Issue a receipt of one line, in dollars, under a public id of one's own; the scope is open."""
    return _issue(provider_id, tenant_id, public_id=public_id, minor=minor, name=name)


def make_invoice(provider_id: int, tenant_id: int, *, public_id: str, minor: int, name: str) -> str:
    """Post and issue an invoice of one line, in dollars and free of tax, that is owed; the scope is open."""
    lines = (
        Line(kind=AccountKind.RECEIVABLE, amount_minor=-minor, tenant_id=tenant_id),
        Line(kind=AccountKind.REVENUE_ONE_TIME, amount_minor=minor),
    )
    request = PostingRequest(kind=PostingKind.INVOICE, currency="USD", lines=lines, key=public_id)
    posted = post(provider_id=provider_id, request=request, now=NOW)
    return _issue(
        provider_id,
        tenant_id,
        public_id=public_id,
        minor=minor,
        name=name,
        kind=DocumentKind.INVOICE,
        posting_id=posted.posting_id,
        due_on=NOW.date(),
    )


def _issue(
    provider_id: int, tenant_id: int, *, public_id: str, minor: int, name: str, **more: Any
) -> str:
    given = {"kind": DocumentKind.RECEIPT, **more}
    row = Document.objects.create(
        public_id=public_id,
        provider_id=provider_id,
        tenant_id=tenant_id,
        state_at=NOW,
        created_at=NOW,
        supplied_on=NOW.date(),
        currency="USD",
        subtotal_minor=minor,
        total_minor=minor,
        source_type=SourceType.HAND,
        source_id=public_id,
        content={"language": "en", "reason": "", "note": ""},
        **given,
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
