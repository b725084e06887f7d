"""What the law wants on an invoice stands on the PDF: each item of Art. 226 and of rule 46 ticked on extracted text."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from billing_platform.kernel.money import Money
from invoicing.enums import DocumentKind
from invoicing.selectors.documents import issued_document
from invoicing.services.crediting import credit_invoice
from invoicing.services.files import stored_pdf
from invoicing.services.issuing import issue_now
from invoicing.types import DraftLine, DraftTax
from tax.services.numbers import add_number
from tenants.models import Provider
from tenants.services.profiles import save_profile
from tenants.services.settings import set_setting
from tenants.types import TenantProfileView
from tests.invoicing.drafts import NOW, TODAY, invoice
from tests.invoicing.rendering.reading import text_of

if TYPE_CHECKING:
    from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("uploads_folder")
SUPPLIED = date(2026, 10, 31)
# What the law calls the item, and the words that tick it.
EUROPE = (
    ("1", "Issue date 20 Nov 2026"),
    ("2", "Invoice INV-2026-00001"),
    ("3", "VAT number DE136695976"),
    ("4", "VAT number FR40303265045"),
    ("5", "Nimbus GmbH Wolkenweg 1 10115 Berlin Germany"),
    ("5", "Acme SARL 12 rue de la Paix 75002 Paris France"),
    ("6", "Outgoing calls 1,842.5 min"),
    ("7", "Date of supply 31 Oct 2026"),
    ("7a", "Cash accounting"),
    ("8", "Taxable amount"),
    ("8", "Unit price, net Discount"),
    ("8", "1,842.5 min 0.0125 −3.03 0 % 20.00"),
    ("9", "VAT 0 % 69.90 0.00"),
    ("10", "VAT 0 % 0.00 EUR"),
    ("10a", "Self-billing"),
    ("11a", "Reverse charge"),
    ("total", "Total 69.90 EUR"),
)
INDIA = (
    ("", "Tax invoice"),
    ("a", "Megh Pvt. Ltd. 12 MG Road Bengaluru 560001 Karnataka (29)"),
    ("a", "GSTIN 29AAGCB7383J1Z4"),
    ("b", "INV-2026-00001"),
    ("c", "Issue date 20 Nov 2026"),
    ("d", "Tamil Ltd. 1 Anna Salai Chennai 600002"),
    ("d", "GSTIN 33AAACT2727Q1Z3"),
    ("e", "Tamil Nadu (33)"),
    ("g", "SAC 998413"),
    ("h", "Outgoing calls"),
    ("i", "1,842.5 min"),
    ("j", "Total 82.48 INR"),
    ("k", "IGST 18 % 69.90 12.58"),
    ("l", "IGST 18 %"),
    ("m", "12.58"),
    ("n", "Place of supply Tamil Nadu (33)"),
    ("p", "Tax payable on reverse charge No"),
    ("q", "no signature of the supplier or its authorised representative is required"),
)


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


class TestEurope:
    """Directive 2006/112/EC, Art. 226, in its numbers. 12 to 15 do not arise: nothing here is goods, travel or
    second-hand; what a provider has to add (7a, 10a, 15) stands in a text of its own."""

    @pytest.fixture
    def text(self, cast: Cast, seller: int) -> str:
        """Return the text of a German provider's invoice to a French company, which owes the tax."""
        Provider.objects.filter(pk=seller).update(
            legal_name="Nimbus GmbH",
            address="Wolkenweg 1\n10115 Berlin",
            country="DE",
            tax_id="DE136695976",
        )
        profile = TenantProfileView(
            legal_name="Acme SARL",
            address="12 rue de la Paix\n75002 Paris",
            country="FR",
        )
        buy(seller, cast.acme, profile, "FR40303265045")
        note = "Reverse charge: the customer owes the tax (Art. 196)."
        return sell(
            seller,
            cast.acme,
            "eu",
            taxes=(tax("VAT", "0", 0, category="AE", reason=note),),
            note="Self-billing. Cash accounting.",
        )

    def test_every_item_is_there(self, text: str) -> None:
        assert [one for one in EUROPE if one[1] not in text] == [], text

    def test_a_credit_note_names_its_invoice(self, cast: Cast, seller: int) -> None:
        bill = issue_now(provider_id=seller, draft=invoice(cast.acme), now=NOW)
        note = credit_invoice(
            provider_id=seller, document_id=bill, reason="Wrong price", key="a", now=NOW
        )

        text = printed(seller, note)

        assert "Credit note CN-2026-00001" in text
        assert "Corrects INV-2026-00001, 20 Nov 2026" in text
        assert "Reason: Wrong price" in text


class TestIndia:
    """CGST Rules 2017, rule 46, in its letters; (o), (r) and (s) do not arise: services have no address of delivery,
    and the registration of invoices is not built."""

    @pytest.fixture
    def text(self, cast: Cast, seller: int) -> str:
        """Return the text of an invoice from Karnataka to a registered company in Tamil Nadu."""
        Provider.objects.filter(pk=seller).update(
            legal_name="Megh Pvt. Ltd.",
            address="12 MG Road\nBengaluru 560001\nKarnataka (29)",
            country="IN",
            tax_id="29AAGCB7383J1Z4",
        )
        set_setting(provider_id=seller, name="documents.service_code", value="998413", now=NOW)
        profile = TenantProfileView(
            legal_name="Tamil Ltd.",
            address="1 Anna Salai\nChennai 600002\nTamil Nadu (33)",
            country="IN",
        )
        buy(seller, cast.acme, profile, "33AAACT2727Q1Z3")
        return sell(
            seller,
            cast.acme,
            "in",
            currency="INR",
            taxes=(tax("IGST", "18", 1258, region="IN"),),
            tax={"place": {"country": "IN", "region": "33", "name": "Tamil Nadu"}},
        )

    def test_every_item_is_there(self, text: str) -> None:
        assert [one for one in INDIA if one[1] not in text] == [], text


def test_the_figures_are_the_documents_own(cast: Cast, seller: int) -> None:
    bill = issue_now(provider_id=seller, draft=invoice(cast.acme), now=NOW)
    text = printed(seller, bill)
    head = issued_document(seller, bill, today=TODAY).head

    for money in (head.subtotal, head.tax, head.total, head.due):
        assert isinstance(money, Money)
    for words in (
        "Subtotal 150.01 USD",
        "VAT 19 % 19.00 USD",
        "VAT 7 % 3.50 USD",
        "Total 172.51 USD",
    ):
        assert words in text
    assert "VAT 19 % 100.01 19.00" in text
    assert "VAT 7 % 50.00 3.50" in text
    assert "Due date 4 Dec 2026" in text
    assert "Page 1 of 1" in text


def test_a_receipt_asks_for_nothing(cast: Cast, seller: int) -> None:
    draft = invoice(cast.acme, kind=DocumentKind.RECEIPT, source_type="payment", taxes=())
    text = printed(seller, issue_now(provider_id=seller, draft=draft, now=NOW))

    assert "Receipt RCT-2026-00001" in text
    assert "Paid −150.01 USD Amount due 0.00 USD" in text
    assert "Tax rate" not in text


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
