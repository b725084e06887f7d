"""Drafts of the tests: an invoice of a few lines under two rates."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from invoicing.enums import DocumentKind, SourceType
from invoicing.models import Document
from invoicing.types import Draft, DraftLine, DraftTax

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TODAY = date(2026, 11, 20)


def line(net_minor: int, *, group: str = "s19", **more: Any) -> DraftLine:
    """Return a line of one piece."""
    price = Decimal(net_minor).scaleb(-2)
    given = {"name": "Calls", "quantity": Decimal(1), "unit_price": price, **more}
    return DraftLine(net_minor=net_minor, tax_group=group, **given)


def tax(base_minor: int, tax_minor: int, *, group: str = "s19", rate: str = "19") -> DraftTax:
    """Return a tax of a group."""
    return DraftTax(
        tax_group=group,
        name="VAT",
        category="S",
        rate=Decimal(rate),
        region="DE",
        base_minor=base_minor,
        tax_minor=tax_minor,
    )


def invoice(tenant_id: int, source_id: str = "one", **more: Any) -> Draft:
    """Return an invoice of 100.01 under 19 % and 50.00 under 7 %, in dollars."""
    given = {
        "kind": DocumentKind.INVOICE,
        "currency": "USD",
        "source_type": SourceType.HAND,
        "supplied_on": TODAY,
        "lines": (line(10001), line(5000, group="s7", name="Books")),
        "taxes": (tax(10001, 1900), tax(5000, 350, group="s7", rate="7")),
        **more,
    }
    return Draft(tenant_id=tenant_id, source_id=source_id, **given)


def stored(document_id: int) -> Document:
    """Return a document as it stands in the open scope."""
    return Document.objects.get(pk=document_id)
