"""Rows of documents as values that leave this part. Called by the selectors that find them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from billing_platform.kernel.money import Money
from invoicing.enums import UNPAID_STATES, Status
from invoicing.types import DocumentView, LineView, TaxView

if TYPE_CHECKING:
    from datetime import date

    from invoicing.models import Document, DocumentLine, DocumentTax


def view_of(row: Document, today: date) -> DocumentView:
    """Return a row as pages list it.

    Args:
        row: the document.
        today: the provider's day, on which it is overdue or not.
    """

    def money(minor: int) -> Money:
        return Money(minor, row.currency)

    off = row.credit_used_minor + row.paid_minor + row.credited_minor
    is_unpaid = row.state in UNPAID_STATES
    is_late = is_unpaid and row.due_on is not None and row.due_on < today
    period = (
        (row.period_starts_on, row.period_ends_on)
        if row.period_starts_on and row.period_ends_on
        else None
    )
    return DocumentView(
        id=row.pk,
        public_id=row.public_id,
        tenant_id=row.tenant_id,
        kind=row.kind,
        status=Status.OVERDUE if is_late else row.state,
        number=row.number,
        issued_on=row.issued_on,
        issued_at=row.issued_at,
        due_on=row.due_on,
        supplied_on=row.supplied_on,
        period=period,
        subtotal=money(row.subtotal_minor),
        discount=money(row.discount_minor),
        tax=money(row.tax_minor),
        total=money(row.total_minor),
        credit_used=money(row.credit_used_minor),
        paid=money(row.paid_minor),
        credited=money(row.credited_minor),
        due=money(max(0, row.total_minor - off) if is_unpaid else 0),
        corrects_id=row.corrects_id,
        source_type=row.source_type,
        source_id=row.source_id,
        posting_id=row.posting_id,
    )


def line_of(row: DocumentLine, currency: str) -> LineView:
    """Return a line as it is printed.

    Args:
        row: the line.
        currency: of its document.
    """
    return LineView(
        position=row.position,
        name=row.name,
        detail=row.detail,
        quantity=row.quantity,
        unit=row.unit,
        unit_price=row.unit_price,
        discount=Money(row.discount_minor, currency),
        net=Money(row.net_minor, currency),
        tax_group=row.tax_group,
    )


def tax_of(row: DocumentTax, currency: str) -> TaxView:
    """Return a tax as it is printed.

    Args:
        row: the tax.
        currency: of its document.
    """
    return TaxView(
        tax_group=row.tax_group,
        name=row.name,
        category=row.category,
        rate=row.rate,
        region=row.region,
        base=Money(row.base_minor, currency),
        tax=Money(row.tax_minor, currency),
        reason=row.reason,
    )
