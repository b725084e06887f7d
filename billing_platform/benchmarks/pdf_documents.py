"""Documents for the benchmark of PDFs and for the tests of how they are set; they need no database."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from billing_platform.kernel.money import Money
from billing_platform.kernel.rounding import round_to_minor
from invoicing.types import DocumentView, LineView, TaxView, WholeDocument

CURRENCY: Final = "EUR"
_PRICE: Final = Decimal("0.012345")
_NAMES: Final = (
    "Outgoing calls, national",
    "Object storage",
    "Support plan “Pro”",
    "Phone numbers",
)
_CONTENT: Final[dict[str, Any]] = {
    "seller": {
        "name": "Nimbus Cloud GmbH",
        "address": ["Wolkenweg 1", "10115 Berlin"],
        "country": "DE",
        "tax_id": "DE136695976",
        "registration_no": "HRB 12345 B",
        "email": "billing@nimbus.example",
    },
    "buyer": {
        "name": "Acme Industries S.à r.l.",
        "address": ["12, rue de la Liberté", "75002 Paris"],
        "country": "FR",
        "tax_id": "FR40303265045",
        "customer_no": "acme-1",
    },
    "brand": "Nimbus",
    "color": "#f5b800",
    "time_zone": "Europe/Berlin",
    "cost_decimals": 6,
    "language": "en",
    "payment": {
        "holder": "Nimbus Cloud GmbH",
        "iban": "DE89370400440532013000",
        "bic": "COBADEFFXXX",
        "reference": "RF18539007547034",
    },
    "payment_terms": "Payable within 14 days without deduction.",
    "legal_text": "Managing directors: A. Cloud, B. Sky\nAmtsgericht Berlin-Charlottenburg",
}


def sample_document(*, lines: int = 20, **content: Any) -> WholeDocument:
    """Return an issued invoice of a German provider to a French customer at 19 percent.

    Args:
        lines: how many; twenty fill one page.
        content: replaces parts of what is frozen with it.
    """
    sold = tuple(_line(position) for position in range(1, lines + 1))
    base = sum(line.net.amount_minor for line in sold)
    tax = round_to_minor(Decimal(base) * 19 / 100)
    return WholeDocument(
        head=_head(base, tax),
        lines=sold,
        taxes=(
            TaxView(
                tax_group="s19",
                name="VAT",
                category="S",
                rate=Decimal(19),
                region="DE",
                base=_money(base),
                tax=_money(tax),
                reason="",
            ),
        ),
        content={**_CONTENT, **content},
        digest="5a" * 32,
    )


def _line(position: int) -> LineView:
    quantity = Decimal(1842) * position
    return LineView(
        position=position,
        name=_NAMES[position % len(_NAMES)],
        detail="",
        quantity=quantity,
        unit="min",
        unit_price=_PRICE,
        discount=_money(0),
        net=_money(round_to_minor(quantity * _PRICE * 100)),
        tax_group="s19",
    )


def _head(base: int, tax: int) -> DocumentView:
    return DocumentView(
        id=1,
        public_id="doc_sample",
        tenant_id=1,
        kind="invoice",
        status="sent",
        number="INV-2026-00042",
        issued_on=date(2026, 12, 1),
        issued_at=datetime(2026, 12, 1, 9, 30, tzinfo=UTC),
        due_on=date(2026, 12, 15),
        supplied_on=date(2026, 11, 30),
        period=(date(2026, 11, 1), date(2026, 11, 30)),
        subtotal=_money(base),
        discount=_money(0),
        tax=_money(tax),
        total=_money(base + tax),
        credit_used=_money(0),
        paid=_money(0),
        credited=_money(0),
        due=_money(base + tax),
        corrects_id=None,
        source_type="hand",
        source_id="sample",
        posting_id=None,
    )


def _money(minor: int) -> Money:
    return Money(minor, CURRENCY)
