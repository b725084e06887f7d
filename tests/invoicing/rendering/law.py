"""Invoices of the tests of the law: sold, issued, drawn, and read again."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from invoicing.services.files import stored_pdf
from invoicing.services.issuing import issue_now
from invoicing.types import DraftLine, DraftTax
from tax.services.numbers import add_number
from tax.services.profiles import save_tax_address
from tenants.services.profiles import save_profile
from tests.invoicing.drafts import NOW, invoice
from tests.invoicing.rendering.reading import text_of

if TYPE_CHECKING:
    from tax.types import TaxAddress
    from tenants.types import TenantProfileView

SUPPLIED = date(2026, 10, 31)


def printed(provider_id: int, document_id: int) -> str:
    return text_of(stored_pdf(provider_id=provider_id, document_id=document_id, now=NOW).content)


def sell(seller: int, tenant_id: int, source_id: str, **more: Any) -> str:
    """Issue an invoice of two lines in rupees or euros, and return its PDF's text."""
    currency = more.pop("currency", "EUR")
    lines = (
        DraftLine(
            name="Outgoing calls",
            quantity=Decimal("1842.5"),
            unit="min",
            unit_price=Decimal("0.0125"),
            discount_minor=303,
            net_minor=2000,
            tax_group="s",
        ),
        DraftLine(
            name="Monthly fee",
            quantity=Decimal(1),
            unit_price=Decimal("49.90"),
            net_minor=4990,
            tax_group="s",
        ),
    )
    draft = invoice(
        tenant_id, source_id, currency=currency, lines=lines, supplied_on=SUPPLIED, **more
    )
    return printed(seller, issue_now(provider_id=seller, draft=draft, now=NOW))


def tax(name: str, rate: str, minor: int, **more: Any) -> DraftTax:
    return DraftTax(
        tax_group="s",
        name=name,
        category=more.pop("category", "S"),
        rate=Decimal(rate),
        base_minor=6990,
        tax_minor=minor,
        **more,
    )


def buy(seller: int, tenant_id: int, profile: TenantProfileView, number: str) -> None:
    add_number(
        provider_id=seller, tenant_id=tenant_id, country=profile.country, number=number, now=NOW
    )
    save_profile(
        provider_id=seller,
        tenant_id=tenant_id,
        profile=profile,
        language="en",
        time_zone="UTC",
        now=NOW,
    )


def live(seller: int, tenant_id: int, address: TaxAddress) -> None:
    """Say where a customer without GSTIN lives."""
    save_tax_address(
        provider_id=seller,
        tenant_id=tenant_id,
        legal_name="Asha Rao",
        street="1 Anna Salai",
        address=address,
        now=NOW,
    )
