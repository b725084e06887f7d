"""What the law of India wants on an invoice stands on the PDF: each item of rule 46 ticked on extracted text."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from invoicing.errors import BuyerIncomplete, StateLearnt
from invoicing.services.issuing import issue_now
from invoicing.types import DraftLine
from tax.types import TaxAddress
from tenants.models import Provider
from tenants.services.settings import set_setting
from tenants.types import TenantProfileView
from tests.invoicing.drafts import NOW, invoice
from tests.invoicing.rendering.law import buy, live, printed, sell, tax

if TYPE_CHECKING:
    from tests.cast import Cast


pytestmark = pytest.mark.usefixtures("uploads_folder")
# What the law calls the item, and the words that tick it.
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


class TestIndia:
    """CGST Rules 2017, rule 46, in its letters; (r) is ticked in `test_registering`; (s), of who is large but need not
    register, is a text of the provider's own."""

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

    def test_a_large_one_to_the_unregistered_says_where_it_is_delivered(
        self, cast: Cast, seller: int
    ) -> None:
        """Letter (f): name and address, the address of delivery, and the state with its code."""
        in_karnataka(seller)
        address = {"country": "IN", "region": "33", "postcode": "600002", "city": "Chennai"}
        live(seller, cast.acme, TaxAddress(**address))

        text = sell_large(seller, cast.acme)

        own = "Asha Rao 1 Anna Salai 600002 Chennai Tamil Nadu (33) India"
        assert own in text
        assert "Address of delivery 1 Anna Salai, 600002 Chennai, Tamil Nadu (33)" in text

    def test_another_address_of_delivery_is_named(self, cast: Cast, seller: int) -> None:
        """Letter (o)."""
        in_karnataka(seller)
        elsewhere = {"delivery": "7 Beach Road\nPuducherry 605001", "delivery_region": "34"}
        live(seller, cast.acme, TaxAddress(country="IN", region="33", **elsewhere))

        text = sell(seller, cast.acme, "small", currency="INR", taxes=(tax("IGST", "18", 1258),))

        assert "Address of delivery 7 Beach Road, Puducherry 605001, Puducherry (34)" in text

    def test_a_small_one_of_online_services_waits_for_the_state(
        self, cast: Cast, seller: int
    ) -> None:
        """The proviso of letter (f)."""
        in_karnataka(seller)
        set_setting(provider_id=seller, name="tax.online_india", value=True, now=NOW)
        taxes = (tax("IGST", "18", 1258),)

        with pytest.raises(BuyerIncomplete, match="online services"):
            sell(seller, cast.acme, "small", currency="INR", taxes=taxes)

        live(seller, cast.acme, TaxAddress(country="IN", region="33"))
        assert "Tamil Nadu (33)" in sell(seller, cast.acme, "small", currency="INR", taxes=taxes)

    def test_one_that_was_taxed_in_another_state_before_its_own_was_known_is_refused(
        self, cast: Cast, seller: int
    ) -> None:
        """The state on the invoice is the address on record, and so the place of supply (Circular 242/36/2024)."""
        in_karnataka(seller)
        set_setting(provider_id=seller, name="tax.online_india", value=True, now=NOW)
        live(seller, cast.acme, TaxAddress(country="IN", region="33"))
        told = {"taxes": (tax("CGST", "9", 629), tax("SGST", "9", 629)), "currency": "INR"}
        place = {"country": "IN", "region": "29", "name": "Karnataka"}

        with pytest.raises(StateLearnt):
            sell(seller, cast.acme, "a", **told, tax={"place": {**place, "is_assumed": True}})

        moved = sell(seller, cast.acme, "b", **told, tax={"place": place})
        assert "Place of supply Karnataka (29)" in moved

    def test_so_is_one_whose_buyer_entered_a_gstin_of_another_state_since(
        self, cast: Cast, seller: int
    ) -> None:
        in_karnataka(seller)
        set_setting(provider_id=seller, name="tax.online_india", value=True, now=NOW)
        told = {"taxes": (tax("CGST", "9", 629), tax("SGST", "9", 629)), "currency": "INR"}
        profile = TenantProfileView(legal_name="Tamil Ltd.", address="1 Anna Salai", country="IN")
        buy(seller, cast.acme, profile, "33AAACT2727Q1Z3")
        place = {"country": "IN", "name": "Somewhere", "is_assumed": True}

        with pytest.raises(StateLearnt):
            sell(seller, cast.acme, "a", **told, tax={"place": {**place, "region": "29"}})

        assert "GSTIN 33" in sell(
            seller, cast.acme, "b", **told, tax={"place": {**place, "region": "33"}}
        )

    def test_a_large_one_to_nobody_known_waits(self, cast: Cast, seller: int) -> None:
        in_karnataka(seller)

        with pytest.raises(BuyerIncomplete):
            sell_large(seller, cast.acme)


def in_karnataka(seller: int) -> None:
    Provider.objects.filter(pk=seller).update(
        legal_name="Megh Pvt. Ltd.", address="12 MG Road", country="IN", region="29"
    )


def sell_large(seller: int, tenant_id: int) -> str:
    """Issue an invoice of 50,000 rupees, and return its PDF's text."""
    lines = (
        DraftLine(
            name="Calls",
            quantity=Decimal(1),
            unit_price=Decimal(50_000),
            net_minor=5_000_000,
            tax_group="s",
        ),
    )
    taxes = (replace(tax("IGST", "18", 900_000), base_minor=5_000_000),)
    draft = invoice(tenant_id, "large", currency="INR", lines=lines, taxes=taxes)
    return printed(seller, issue_now(provider_id=seller, draft=draft, now=NOW))
