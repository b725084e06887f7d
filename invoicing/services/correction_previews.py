"""What a correction of an invoice would do, before anybody confirms it. Called by staff pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from billing_platform.kernel.money import Money
from invoicing.errors import DocumentNotFound
from invoicing.models import Document
from invoicing.services.corrections import figures_of
from invoicing.services.credit_shares import rooms_of
from tenants.registry import APPROVAL_LIMIT_MINOR
from tenants.selectors.settings import get_setting

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class CorrectionPreview:
    """What a correction takes off an invoice.

    Attributes:
        net, tax: of a credit note; of a write-off no tax goes back.
        lowered: what of it was open.
        back: what goes to the client's balance, since it was paid.
        needs_second: it is above what one person may decide.
    """

    net: Money
    tax: Money
    lowered: Money
    back: Money
    needs_second: bool

    @property
    def total(self) -> Money:
        """Return what it takes off, with its tax."""
        return self.net + self.tax


@dataclass(frozen=True, slots=True)
class LineRoom:
    """A line of an invoice, and what notes may still take back of it, net of tax."""

    position: int
    name: str
    left: Money


def preview_correction(
    *, provider_id: int, document_id: int, kind: str, nets: Mapping[int, int] | None
) -> CorrectionPreview:
    """Return what a correction would do as the invoice stands now.

    Args:
        provider_id: whose; its scope is open.
        document_id: the invoice's number of row.
        kind: of CorrectionKind.
        nets: net minor units by the line's position; None for all that is left, and for a write-off.

    Raises:
        DocumentNotFound: the provider has no such document.
        PaidByPayment, NotCorrectable, IsWrittenOff, NothingOpen, CreditRefused: as `correct_invoice`.
    """
    invoice = _invoice(provider_id, document_id)
    figures = figures_of(invoice, kind, nets)
    limit: int = get_setting(provider_id, APPROVAL_LIMIT_MINOR)

    def money(minor: int) -> Money:
        return Money(minor, invoice.currency)

    return CorrectionPreview(
        net=money(figures.net),
        tax=money(figures.tax),
        lowered=money(figures.lowered),
        back=money(figures.back),
        needs_second=bool(limit) and figures.total > limit,
    )


def credit_rooms(*, provider_id: int, document_id: int) -> list[LineRoom]:
    """Return the lines of an invoice with what is left of each to credit.

    Args:
        provider_id: whose; its scope is open.
        document_id: the invoice's number of row.

    Raises:
        DocumentNotFound: the provider has no such document.
    """
    invoice = _invoice(provider_id, document_id)
    return [
        LineRoom(line.position, line.name, Money(left, invoice.currency))
        for line, left in rooms_of(invoice)
    ]


def _invoice(provider_id: int, document_id: int) -> Document:
    row = Document.objects.filter(provider_id=provider_id, pk=document_id).first()
    if row is None:
        raise DocumentNotFound
    return row
