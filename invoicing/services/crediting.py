"""Credit notes: take an invoice back, whole or in part, at the invoice's own rates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction

from billing_platform.kernel.money import Money
from invoicing.enums import DocumentKind, DocumentState, SourceType
from invoicing.errors import CreditRefused
from invoicing.models import Document
from invoicing.services.credit_shares import CreditShare
from invoicing.services.drafting import locked_document
from invoicing.services.issuing import issue_now
from invoicing.services.settling import settle_document
from invoicing.services.standing import open_minor, restate
from invoicing.types import Draft
from tenants.selectors.providers import provider_day

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

# A draft may be thrown away; what is written off is owed again first.
_CLOSED: Final = (DocumentState.DRAFT, DocumentState.WRITTEN_OFF)


@transaction.atomic
def credit_invoice(
    *,
    provider_id: int,
    document_id: int,
    reason: str,
    key: str,
    now: datetime,
    nets: Mapping[int, int] | None = None,
    posting_id: int | None = None,
) -> int:
    """Issue a credit note on an invoice; what was open of the invoice falls by it, what is over is owed to the tenant.

    Args:
        provider_id: whose; its scope is open.
        document_id: the invoice's number of row.
        reason: printed on the note, at most 300 characters.
        key: of the form or job that asks, at most 60 characters.
        now: the moment of issue.
        nets: net minor units to take back by the line's position, above 0; None for all that is left.
        posting_id: the posting that took it back.

    Returns:
        The row of the credit note.

    Raises:
        DocumentNotFound: the provider has no such document.
        CreditRefused: no issued invoice, one that is written off, an unknown line, more than a line has left, or
            nothing is left.
        SellerIncomplete, NumberRefused: as `issue_document`.

    Idempotency: by `key` per invoice.
    Source: Directive 2006/112/EC Art. 219 (it refers to the invoice), Art. 90; the rates are the invoice's.
    """
    invoice = locked_document(provider_id, document_id)
    source_id = f"{invoice.public_id}/{key}"
    there = Document.objects.filter(
        provider_id=provider_id, kind=DocumentKind.CREDIT_NOTE, source_id=source_id
    ).first()
    if there is not None:
        return int(there.pk)
    if invoice.kind != DocumentKind.INVOICE or invoice.state in _CLOSED:
        raise CreditRefused
    share = CreditShare(invoice, nets)
    day = provider_day(provider_id, now)
    draft = Draft(
        kind=DocumentKind.CREDIT_NOTE,
        tenant_id=invoice.tenant_id,
        currency=invoice.currency,
        source_type=SourceType.DOCUMENT,
        source_id=source_id,
        supplied_on=day,
        lines=share.lines(),
        taxes=share.taxes(),
        discount_minor=share.discount_minor(),
        corrects_id=invoice.pk,
        posting_id=posting_id,
        language=str(invoice.content.get("language", "")),
        reason=reason,
        tax=invoice.content.get("tax") or {},
    )
    note_id = issue_now(provider_id=provider_id, draft=draft, now=now)
    apply_note(invoice, note_id, now)
    return note_id


def apply_note(invoice: Document, note_id: int, now: datetime) -> None:
    """Let a note lower what is open of its invoice, and count that as what settles the note.

    Args:
        invoice: locked in an open transaction.
        note_id: the row of its credit note, just issued.
        now: the present moment.
    """
    note = Document.objects.get(provider_id=invoice.provider_id, pk=note_id)
    was_open = open_minor(invoice)
    invoice.credited_minor += note.total_minor
    restate(invoice, now)
    lowered = min(was_open, note.total_minor)
    if lowered:
        settle_document(
            provider_id=invoice.provider_id,
            document_id=note_id,
            amount=Money(lowered, note.currency),
            key=f"document/{invoice.public_id}",
            now=now,
        )
