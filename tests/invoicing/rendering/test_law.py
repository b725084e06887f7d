"""What the law of the EU wants on an invoice stands on the PDF: each item of Art. 226 ticked on extracted text."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.money import Money
from invoicing.enums import DocumentKind
from invoicing.selectors.documents import issued_document
from invoicing.selectors.representatives import TaxRepresentative
from invoicing.services.crediting import credit_invoice
from invoicing.services.issuing import issue_now
from invoicing.services.representatives import save_company
from invoicing.services.topup_documents import frozen_taxes
from tax.selectors.calculation import tax_for
from tax.selectors.frozen import frozen
from tax.selectors.words import notice_text
from tax.services.exchange_rates import add_exchange_rates
from tax.services.exemptions import ask_exemption, decide_exemption
from tax.types import TaxableLine, TaxAddress
from tax.types_exchange import QuotedRate
from tenants.models import Provider
from tenants.selectors.providers import legal_identity
from tenants.services.settings import set_setting
from tenants.types import TenantProfileView
from tests.factories.tax import register_in_germany
from tests.invoicing.drafts import NOW, TODAY, invoice
from tests.invoicing.rendering.law import SUPPLIED, buy, live, printed, sell, tax

if TYPE_CHECKING:
    from tests.cast import Cast


pytestmark = pytest.mark.usefixtures("uploads_folder")
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
    ("8", "Taxable amount"),
    ("8", "Unit price, net Discount"),
    ("8", "1,842.5 min 0.0125 −3.03 20.00"),
    ("9", "VAT 0 % 69.90 0.00"),
    ("10", "VAT 0 % 0.00 EUR"),
    ("11a", "Reverse charge"),
    ("total", "Total 69.90 EUR"),
)


class TestEurope:
    """Directive 2006/112/EC, Art. 226, in its numbers. 7a and 15 come from a provider's settings; 10a and 12 to 14 do
    not arise, as decision 53 says."""

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
        )

    def test_every_item_is_there(self, text: str) -> None:
        assert [one for one in EUROPE if one[1] not in text] == [], text

    def test_who_owes_the_tax_and_when_is_said_by_settings(self, cast: Cast, seller: int) -> None:
        """Art. 226 (7a) and (15), where the seller owes the tax, from the moment it says so."""
        wanted = (
            "Cash accounting",
            "Tax representative: Fiscus SA, 1 Rue de la Loi, 1000 Brussels, Belgium, VAT number BE0428759497",
        )
        taxed = (tax("VAT", "19", 1328),)
        before = sell(seller, cast.acme, "before", taxes=taxed)
        save_settings(seller)

        text = sell(seller, cast.acme, "after", taxes=taxed)
        owed_by_buyer = sell(seller, cast.acme, "ae", taxes=(tax("VAT", "0", 0, category="AE"),))

        assert [words for words in wanted if words not in text] == []
        for other in (before, owed_by_buyer):
            assert "Cash accounting" not in other
            assert "Fiscus" not in other

    def test_a_credit_note_names_its_invoice(self, cast: Cast, seller: int) -> None:
        bill = issue_now(provider_id=seller, draft=invoice(cast.acme), now=NOW)
        note = credit_invoice(
            provider_id=seller, document_id=bill, reason="Wrong price", key="a", now=NOW
        )

        text = printed(seller, note)

        assert "Credit note CN-2026-00001" in text
        assert "Corrects INV-2026-00001, 20 Nov 2026" in text
        assert "Reason: Wrong price" in text

    def test_an_exemption_names_its_ground(self, cast: Cast, seller: int) -> None:
        words = {"provision": "Art. 132 (1) (i) of Directive 2006/112/EC"}
        exempt = tax("VAT", "0", 0, category="E", reason=notice_text("exempt", words))

        text = sell(seller, cast.acme, "exempt", taxes=(exempt,))

        assert "Exempt from tax: Art. 132 (1) (i) of Directive 2006/112/EC" in text

    def test_an_exempt_customers_document_names_its_certificate(
        self, cast: Cast, seller: int
    ) -> None:
        register_in_germany(seller)
        set_setting(provider_id=seller, name="tax.point", value="top_up", now=NOW)
        exempt_in_germany(seller, cast.acme)
        found = frozen(
            tax_for(
                provider_id=seller,
                tenant_id=cast.acme,
                lines=[TaxableLine(key="1", amount=Money(6990, "EUR"))],
                on=TODAY,
            ),
            includes_tax=False,
        )
        told = replace(frozen_taxes(found)[0], tax_group="s")

        text = sell(seller, cast.acme, "certificate", taxes=(told,))

        assert "Exempt from tax: certificate DIP-7" in text

    def test_tax_stands_in_the_states_currency_with_rate_and_day(
        self, cast: Cast, seller: int
    ) -> None:
        """Art. 230 and 91: an invoice in dollars of a provider that is taxed in Germany."""
        Provider.objects.filter(pk=seller).update(country="DE")
        rate = QuotedRate(
            base="EUR", quote="USD", rate=Decimal("1.0857"), on=SUPPLIED, source="ECB"
        )
        add_exchange_rates(provider_id=seller, rates=[rate], today=TODAY, user_id=None, now=NOW)

        text = sell(
            seller, cast.acme, "usd", currency="USD", taxes=(tax("VAT", "19", 1328, region="DE"),)
        )

        assert "VAT 19 % 13.28 USD" in text
        # 13.28 / 1.0857 = 12.2317…
        assert (
            "Tax amount in EUR: 12.23 EUR."
            " Rate of exchange: 1 EUR = 1.0857 USD (ECB, 31 Oct 2026)." in text
        )


def save_settings(seller: int) -> None:
    """Let tax fall due with the payment, and a representative owe it."""
    set_setting(provider_id=seller, name="documents.cash_accounting", value=True, now=NOW)
    save_company(
        provider_id=seller,
        identity=legal_identity(seller),
        representative=TaxRepresentative(
            "Fiscus SA", "1 Rue de la Loi\n1000 Brussels", "BE", "BE 0428.759.497"
        ),
        user_id=None,
        now=NOW,
    )


def exempt_in_germany(seller: int, tenant_id: int) -> None:
    """Accept a certificate of a customer in Germany."""
    live(seller, tenant_id, TaxAddress(country="DE", postcode="10115", city="Berlin"))
    asked = ask_exemption(
        provider_id=seller,
        tenant_id=tenant_id,
        country="DE",
        region="",
        certificate="DIP-7",
        file_name="c.pdf",
        content=b"%PDF-1.7 a certificate",
        begins=SUPPLIED,
        ends=None,
        now=NOW,
    )
    decide_exemption(
        provider_id=seller,
        tenant_id=tenant_id,
        public_id=asked,
        state="accepted",
        note="",
        user_id=1,
        now=NOW,
    )


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
