"""Credit notes of refunds of taxed top-ups: the money and the tax that went back, exactly as the ledger has them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import override

from billing_platform.kernel.currencies import exponent
from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.rounding import round_to_minor
from billing_platform.kernel.scope import provider_scope
from invoicing.enums import DocumentKind, DocumentState, SourceType
from invoicing.models import Document, DocumentLine, DocumentTax
from invoicing.services.crediting import apply_note
from invoicing.services.drafting import locked_document
from invoicing.services.issuing import issue_now
from invoicing.services.settling import settle_document
from invoicing.types import Draft, DraftLine, DraftTax
from payments.selectors.settled import taxed_refunds
from tenants.selectors.providers import provider_view

if TYPE_CHECKING:
    from datetime import datetime

    from payments.selectors.settled import TaxedRefund

BATCH: Final = 200


def credit_refunds(
    *, provider_id: int, now: datetime, since: datetime | None = None
) -> tuple[int, dict[str, int]]:
    """Issue the credit notes of refunds whose top-up has an invoice, each in a transaction of its own.

    Args:
        provider_id: whose; no scope needs to be open.
        now: the moment of issue.
        since: only of refunds that have moved since; None for all.

    Returns:
        How many were issued, and how many were refused, by reason; those are tried again with the next round.

    Idempotency: by refund.
    Source: Directive 2006/112/EC Art. 90 and 219; docs/decisions/0022-the-money-of-a-top-up.md.
    """
    issued, failed, after = 0, dict[str, int](), 0
    while True:
        with provider_scope(provider_id):
            batch = taxed_refunds(provider_id, after=after, limit=BATCH, since=since)
        for refund in batch:
            try:
                with provider_scope(provider_id):
                    issued += _credit(provider_id, refund, now)
            except DomainError as error:
                failed[error.code] = failed.get(error.code, 0) + 1
        if not batch:
            return issued, failed
        after = batch[-1].id


def _credit(provider_id: int, refund: TaxedRefund, now: datetime) -> bool:
    """Issue the note of a refund; returns whether this call did. An invoice that is a draft still comes first."""
    mine = Document.objects.filter(provider_id=provider_id)
    invoices = mine.filter(
        kind=DocumentKind.INVOICE, source_type=SourceType.PAYMENT, source_id=refund.payment
    ).exclude(state=DocumentState.DRAFT)
    number = invoices.values_list("pk", flat=True).first()
    if number is None:
        return False
    invoice = locked_document(provider_id, number)
    if invoice.credited_minor + refund.amount.amount_minor > invoice.total_minor:
        return (
            False  # more went back than was paid, in the gateway's dashboard: for people to look at
        )
    source_id = f"{invoice.public_id}/{refund.public_id}"
    if mine.filter(kind=DocumentKind.CREDIT_NOTE, source_id=source_id).exists():
        return False
    draft = _draft(invoice, refund, source_id, now)
    note_id = issue_now(provider_id=provider_id, draft=draft, now=now)
    apply_note(invoice, note_id, now)
    settle_document(
        provider_id=provider_id,
        document_id=note_id,
        amount=refund.amount,
        key=f"refund/{refund.public_id}",
        posting_id=refund.posting_id,
        now=now,
    )
    return True


def _draft(invoice: Document, refund: TaxedRefund, source_id: str, now: datetime) -> Draft:
    language = str(invoice.content.get("language", ""))
    zone = ZoneInfo(provider_view(invoice.provider_id).time_zone)
    base = refund.amount.amount_minor - sum(refund.tax_parts)
    discount = _discount(invoice, refund.amount.amount_minor)
    with override(language or None):
        reason = _("Refund %s") % refund.public_id
    return Draft(
        kind=DocumentKind.CREDIT_NOTE,
        tenant_id=invoice.tenant_id,
        currency=invoice.currency,
        source_type=SourceType.DOCUMENT,
        source_id=source_id,
        supplied_on=now.astimezone(zone).date(),
        lines=(_line(invoice, base + discount),),
        taxes=_taxes(invoice, refund, base),
        discount_minor=discount,
        corrects_id=invoice.pk,
        posting_id=refund.posting_id,
        language=language,
        reason=reason,
    )


def _line(invoice: Document, net_minor: int) -> DraftLine:
    line = DocumentLine.objects.get(provider_id=invoice.provider_id, document_id=invoice.pk)
    return DraftLine(
        name=line.name,
        detail=line.detail,
        quantity=Decimal(1),
        unit_price=Decimal(net_minor).scaleb(-exponent(invoice.currency)),
        net_minor=net_minor,
        tax_group=line.tax_group,
        corrects_position=line.position,
    )


def _taxes(invoice: Document, refund: TaxedRefund, base: int) -> tuple[DraftTax, ...]:
    rows = DocumentTax.objects.filter(provider_id=invoice.provider_id, document_id=invoice.pk)
    return tuple(
        DraftTax(
            tax_group=tax.tax_group,
            name=tax.name,
            category=tax.category,
            rate=tax.rate,
            base_minor=base,
            tax_minor=part,
            region=tax.region,
            reason=tax.reason,
        )
        for tax, part in zip(rows.order_by("position"), refund.tax_parts, strict=True)
    )


def _discount(invoice: Document, amount: int) -> int:
    """Return what of the invoice's discount goes back with an amount, so that in the end all of it has."""
    notes = Document.objects.filter(provider_id=invoice.provider_id, corrects_id=invoice.pk)
    given = notes.exclude(state=DocumentState.DRAFT).aggregate(
        off=Sum("discount_minor", default=0), total=Sum("total_minor", default=0)
    )
    together = Decimal(invoice.discount_minor) * (given["total"] + amount)
    return max(0, round_to_minor(together / invoice.total_minor) - int(given["off"]))
