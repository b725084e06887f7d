"""Refunds that a bank sent back after their credit notes were issued: invoices for what came again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import override

from billing_platform.kernel.money import Money
from invoicing.enums import DocumentKind, SourceType
from invoicing.models import Document, DocumentLine, DocumentTax
from invoicing.services.issuing import issue_now
from invoicing.services.payment_documents import draft_again
from invoicing.services.refund_notes import each_refund, invoices_of, notes_of
from invoicing.services.settling import settle_document
from invoicing.types import Draft, DraftLine, DraftTax
from payments.enums import RefundState
from tenants.selectors.providers import provider_day

if TYPE_CHECKING:
    from datetime import datetime

    from payments.selectors.settled import TaxedRefund


def invoice_returns(
    *, provider_id: int, now: datetime, since: datetime | None = None
) -> tuple[int, dict[str, int]]:
    """Issue the invoices of refunds that failed after their credit notes: the same lines and taxes, paid already.

    An issued note stays; what came again is owed to the state again, and the client has it in the balance. A payment
    whose draft ended with its money is drafted again.

    Args:
        provider_id: whose; no scope needs to be open.
        now: the moment of issue.
        since: only of refunds that have moved since; None for all.

    Returns:
        For how many refunds invoices were issued, and how many were refused, by reason; those are tried again with
        the next round.

    Idempotency: by credit note.
    Source: docs/decisions/0022-the-money-of-a-top-up.md.
    """
    return each_refund(provider_id, RefundState.FAILED, _invoice, now=now, since=since)


def _invoice(provider_id: int, refund: TaxedRefund, now: datetime) -> bool:
    invoices = invoices_of(provider_id, refund.payment)
    if not invoices:
        draft_again(provider_id=provider_id, payment=refund.payment)
        return False
    notes = notes_of(provider_id, invoices, refund.public_id)
    known = Document.objects.filter(
        provider_id=provider_id, kind=DocumentKind.INVOICE, source_type=SourceType.DOCUMENT
    )
    done = set(
        known.filter(source_id__in=[one.public_id for one in notes]).values_list("source_id")
    )
    waiting = [one for one in notes if (one.public_id,) not in done]
    for note in waiting:
        corrected = next(one for one in invoices if one.pk == note.corrects_id)
        _issue(note, corrected, refund, now)
    return bool(waiting)


def _issue(note: Document, corrected: Document, refund: TaxedRefund, now: datetime) -> None:
    draft = _draft(note, corrected, refund, now)
    document_id = issue_now(provider_id=note.provider_id, draft=draft, now=now)
    settle_document(
        provider_id=note.provider_id,
        document_id=document_id,
        amount=Money(note.total_minor, note.currency),
        key=f"refund/{refund.public_id}/returned",
        posting_id=refund.posting_id,
        now=now,
    )


def _draft(note: Document, corrected: Document, refund: TaxedRefund, now: datetime) -> Draft:
    language = str(note.content.get("language", ""))
    named = {"refund": refund.public_id, "note": note.number}
    with override(language or None):
        words = _("The bank sent refund %(refund)s back: credit note %(note)s no longer counts.")
    own = {"provider_id": note.provider_id, "document_id": note.pk}
    return Draft(
        kind=DocumentKind.INVOICE,
        tenant_id=note.tenant_id,
        currency=note.currency,
        source_type=SourceType.DOCUMENT,
        source_id=note.public_id,
        supplied_on=provider_day(note.provider_id, now),
        lines=tuple(
            DraftLine(
                name=line.name,
                detail=line.detail,
                quantity=line.quantity,
                unit_price=line.unit_price,
                net_minor=line.net_minor,
                tax_group=line.tax_group,
            )
            for line in DocumentLine.objects.filter(**own).order_by("position")
        ),
        taxes=tuple(
            DraftTax(
                tax_group=tax.tax_group,
                name=tax.name,
                category=tax.category,
                rate=tax.rate,
                base_minor=tax.base_minor,
                tax_minor=tax.tax_minor,
                region=tax.region,
                reason=tax.reason,
            )
            for tax in DocumentTax.objects.filter(**own).order_by("position")
        ),
        discount_minor=note.discount_minor,
        posting_id=refund.posting_id,
        language=language,
        note=words % named,
        # Of the invoice, for older notes have none of it.
        tax=corrected.content.get("tax") or {},
    )
