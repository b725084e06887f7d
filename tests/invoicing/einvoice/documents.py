"""Whole documents of the tests, as they come frozen; no database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from billing_platform.kernel.money import Money
from invoicing.enums import DocumentKind
from invoicing.types import DocumentView, LineView, TaxView, WholeDocument

ISSUED = datetime(2026, 11, 20, 12, tzinfo=UTC)
SELLER: dict[str, Any] = {
    "name": "Sonora Voice GmbH",
    "street": ["Torstraße 12"],
    "postcode": "10119",
    "city": "Berlin",
    "region": "",
    "country": "DE",
    "tax_id": "DE136695976",
    "registration_no": "HRB 104327 B",
    "email": "billing@sonora.example",
}
BUYER: dict[str, Any] = {
    "name": "Atelier «Ü» & <b>Fils</b>",
    "street": ["5 rue de Rivoli"],
    "postcode": "75001",
    "city": "Paris",
    "region": "",
    "country": "FR",
    "tax_id": "FR40303265045",
    "customer_no": "K-1002",
}
PAYMENT = {
    "holder": "Sonora Voice GmbH",
    "iban": "DE89370400440532013000",
    "bic": "COBADEFFXXX",
    "reference": "RF18539007547034",
}


def part(
    net: int, *, rate: str = "19", tax: int, category: str = "S", group: str = "", **more: Any
) -> tuple[LineView, TaxView]:
    """Return a line of three pieces and its tax; the discount is part of `more`."""
    currency, name = more.get("currency", "EUR"), group or f"{category}{rate}"
    line = LineView(
        position=1,
        name=more.get("name", "Anrufe"),
        detail="",
        quantity=more.get("quantity", Decimal(1)),
        unit=more.get("unit", ""),
        unit_price=more.get("unit_price", Decimal(net).scaleb(more.get("scale", -2))),
        discount=Money(more.get("line_discount", 0), currency),
        net=Money(net, currency),
        tax_group=name,
    )
    return line, TaxView(
        tax_group=name,
        name="VAT",
        category=category,
        rate=Decimal(rate),
        region=more.get("region", "DE"),
        base=Money(more.get("base", net), currency),
        tax=Money(tax, currency),
        reason=more.get("reason", ""),
    )


def document(*parts: tuple[LineView, TaxView], **more: Any) -> WholeDocument:
    """Return an issued invoice of these parts; `head` and `content` replace fields."""
    lines = tuple(replace(line, position=at) for at, (line, _tax) in enumerate(parts, start=1))
    currency = lines[0].net.currency
    subtotal = sum(line.net.amount_minor for line in lines)
    tax = sum(tax.tax.amount_minor for _line, tax in parts)
    discount = more.get("discount", 0)
    head: dict[str, Any] = {
        "id": 1,
        "public_id": "doc_1",
        "tenant_id": 1,
        "kind": DocumentKind.INVOICE,
        "status": "sent",
        "number": "INV-2026-00001",
        "issued_on": ISSUED.date(),
        "issued_at": ISSUED,
        "due_on": date(2026, 12, 4),
        "supplied_on": date(2026, 11, 19),
        "period": (date(2026, 10, 1), date(2026, 10, 31)),
        "subtotal": Money(subtotal, currency),
        "discount": Money(discount, currency),
        "tax": Money(tax, currency),
        "total": Money(subtotal - discount + tax, currency),
        "credit_used": Money(0, currency),
        "paid": Money(0, currency),
        "credited": Money(0, currency),
        "due": Money(subtotal - discount + tax, currency),
        "corrects_id": None,
        "source_type": "hand",
        "source_id": "1",
        "posting_id": None,
        **more.get("head", {}),
    }
    content: dict[str, Any] = {
        "seller": SELLER,
        "buyer": BUYER,
        "payment": PAYMENT,
        "payment_terms": "Zahlbar ohne Abzug.",
        "legal_text": "Sitz: Berlin",
        "language": "de",
        "reason": "",
        "note": "",
        **more.get("content", {}),
    }
    return WholeDocument(
        head=DocumentView(**head),
        lines=lines,
        taxes=tuple(tax for _line, tax in parts),
        content=content,
        corrects=more.get("corrects"),
    )


DOMESTIC = document(part(10001, tax=1900))
MIXED = document(
    part(10001, tax=1805, base=9501, quantity=Decimal("3.5"), unit="minutes"),
    part(5000, rate="7", tax=350, line_discount=500),
    discount=500,
    head={"credit_used": Money(1000, "EUR")},
)
REVERSE_CHARGE = document(
    part(10000, rate="0", tax=0, category="AE", reason="Reverse charge", region="")
)
OUT_OF_SCOPE = document(
    part(10000, rate="0", tax=0, category="O", reason="Not subject to VAT", region=""),
    content={"buyer": {**BUYER, "country": "US", "tax_id": "", "region": "TX"}},
)
CREDIT_NOTE = document(
    part(10001, tax=1900),
    head={"kind": DocumentKind.CREDIT_NOTE, "number": "CN-2026-00001", "due_on": None},
    content={"payment": {}, "payment_terms": "", "reason": "Falsch berechnet"},
    corrects=("INV-2026-00001", date(2026, 11, 1)),
)
YEN = document(
    part(1005, rate="10", tax=101, currency="JPY", scale=0, region="JP"),
    content={"payment": {}},
)
_TWO_LINES = document(part(200, tax=19, base=100), part(-100, tax=0, base=100))
BELOW_ZERO = replace(_TWO_LINES, taxes=_TWO_LINES.taxes[:1])
