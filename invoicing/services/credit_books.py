"""The posting of a credit note by hand: revenue and tax go back as the invoice's own posting had them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Sum

from accounts.enums import REVENUE_KINDS, AccountKind, PostingKind
from accounts.selectors.posting_lines import lines_of
from accounts.services.posting import post
from accounts.services.wallets import open_wallet
from accounts.types import Line, PostingRequest
from invoicing.enums import DocumentKind, DocumentState, SourceType
from invoicing.errors_corrections import NotCorrectable, PaidByPayment
from invoicing.models import Document
from invoicing.services.credit_shares import share_of
from invoicing.services.writing_off import SOURCE

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class NoteFigures:
    """What a credit note takes back, minor units.

    Attributes:
        net: of the lines, less their discount.
        lowered: what of it was open; the rest goes to the balance.
    """

    net: int
    tax: int
    lowered: int

    @property
    def total(self) -> int:
        """Return what it takes off the invoice."""
        return self.net + self.tax

    @property
    def back(self) -> int:
        """Return what goes to the balance: what was paid already."""
        return self.total - self.lowered


def owed_revenue(invoice: Document) -> tuple[Line, ...]:
    """Return the revenue that an invoice's own posting brought, by account.

    Args:
        invoice: any document; the provider's scope is open.

    Raises:
        PaidByPayment: an invoice of a payment, which goes back with it.
        NotCorrectable: no issued invoice, or its posting is not what it prints.
    """
    if invoice.kind != DocumentKind.INVOICE or invoice.state == DocumentState.DRAFT:
        raise NotCorrectable
    if invoice.source_type in (SourceType.PAYMENT, SourceType.DOCUMENT):
        raise PaidByPayment
    if invoice.posting_id is None:
        raise NotCorrectable
    lines = lines_of(invoice.provider_id, invoice.posting_id)
    revenue = tuple(line for line in lines if line.kind in REVENUE_KINDS)
    tax = sum(line.amount_minor for line in lines if line.kind == AccountKind.TAX_PAYABLE)
    net = sum(line.amount_minor for line in revenue)
    if (net, tax) != (invoice.total_minor - invoice.tax_minor, invoice.tax_minor):
        raise NotCorrectable
    return revenue


def post_credit(
    invoice: Document, figures: NoteFigures, *, key: str, reason: str, now: datetime
) -> int:
    """Post what a credit note takes back: what was open is not owed any more, what was paid is credit again.

    Args:
        invoice: locked in an open transaction.
        figures: of the note.
        key: of the correction.
        reason: a person's words.
        now: the moment of posting.

    Returns:
        The posting.

    Raises:
        PaidByPayment, NotCorrectable: as `owed_revenue`.
    """
    tenant_id = int(invoice.tenant_id)
    if figures.back:
        open_wallet(
            provider_id=invoice.provider_id,
            tenant_id=tenant_id,
            currency=invoice.currency,
            now=now,
        )
    lines = (
        *_revenue(invoice, figures.net),
        Line(kind=AccountKind.TAX_PAYABLE, amount_minor=-figures.tax),
        Line(kind=AccountKind.RECEIVABLE, amount_minor=figures.lowered, tenant_id=tenant_id),
        Line(kind=AccountKind.WALLET, amount_minor=figures.back, tenant_id=tenant_id),
    )
    request = PostingRequest(
        kind=PostingKind.CREDIT_NOTE,
        currency=invoice.currency,
        lines=tuple(line for line in lines if line.amount_minor),
        key=f"{SOURCE}/{key}",
        source_type=SOURCE,
        source_id=invoice.public_id,
        reason=reason,
    )
    return post(provider_id=invoice.provider_id, request=request, now=now).posting_id


def _revenue(invoice: Document, net: int) -> list[Line]:
    """Return each revenue account's share of a net, so that the last note takes exactly what is left of each."""
    revenue = owed_revenue(invoice)
    notes = Document.objects.filter(provider_id=invoice.provider_id, corrects_id=invoice.pk)
    sums = notes.exclude(state=DocumentState.DRAFT).aggregate(
        total=Sum("total_minor", default=0), tax=Sum("tax_minor", default=0)
    )
    before, whole = sums["total"] - sums["tax"], invoice.total_minor - invoice.tax_minor
    shares = [
        share_of(line.amount_minor, before + net, whole)
        - share_of(line.amount_minor, before, whole)
        for line in revenue[:-1]
    ]
    shares.append(net - sum(shares))
    return [
        Line(kind=line.kind, amount_minor=-share)
        for line, share in zip(revenue, shares, strict=True)
    ]
