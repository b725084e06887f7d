"""Who sells and buys is frozen at issue: what is saved later changes no document, and each place is printed its way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from invoicing.enums import DocumentKind
from invoicing.selectors.proofs import document_faults
from invoicing.services.issuing import issue_now
from invoicing.services.sellers import save_seller
from tax.errors import InvalidNumber
from tax.services.number_checks import record_by_hand
from tax.services.numbers import add_number, remove_number
from tax.services.profiles import save_tax_address
from tax.types import TaxAddress
from tenants.errors import InvalidIdentityError
from tenants.models import TenantProfile
from tenants.selectors.providers import legal_identity
from tenants.types import LegalIdentity
from tests.invoicing.drafts import NOW, invoice, stored

if TYPE_CHECKING:
    from tests.cast import Cast

GERMAN: dict[str, Any] = {
    "name": "Nimbus GmbH",
    "address": "Weg 1\nHinterhaus",
    "postcode": "10115",
    "city": "Berlin",
    "country": "DE",
    "tax_id": "DE 136 695 976",
    "bank_iban": "de89 3704 0044 0532 0130 00",
    "bank_bic": "cobadeffxxx",
    "payment_terms": "Zahlbar ohne Abzug.",
    "legal_text": "Sitz: Berlin",
}


def content(seller: int, tenant_id: int, source_id: str, **more: Any) -> dict[str, Any]:
    draft = invoice(tenant_id, source_id, **{"currency": "EUR", **more})
    row = stored(issue_now(provider_id=seller, draft=draft, now=NOW))
    return dict(row.content)


class TestSeller:
    def test_a_document_keeps_what_stood_there_at_its_issue(self, cast: Cast, seller: int) -> None:
        save_seller(provider_id=seller, identity=LegalIdentity(**GERMAN))
        first = content(seller, cast.acme, "one", reference="RF18539007547034")
        save_seller(
            provider_id=seller, identity=LegalIdentity(name="Other AG", address="2", country="CH")
        )
        second = content(seller, cast.acme, "two")

        assert first["seller"]["name"] == "Nimbus GmbH"
        assert first["seller"]["address"] == ["Weg 1", "Hinterhaus", "10115 Berlin"]
        assert first["seller"]["tax_id"] == "DE136695976"
        assert first["payment"] == {
            "holder": "Nimbus GmbH",
            "iban": "DE89370400440532013000",
            "bic": "COBADEFFXXX",
            "reference": "RF18539007547034",
        }
        assert (first["legal_text"], first["payment_terms"]) == (
            "Sitz: Berlin",
            "Zahlbar ohne Abzug.",
        )
        assert (second["seller"]["name"], second["payment"]) == ("Other AG", {})
        assert list(document_faults(seller)) == []

    def test_what_is_paid_asks_for_no_transfer(self, cast: Cast, seller: int) -> None:
        save_seller(provider_id=seller, identity=LegalIdentity(**GERMAN))

        shown = content(seller, cast.acme, "paid", kind=DocumentKind.RECEIPT)

        assert (shown["payment"], shown["payment_terms"]) == ({}, "")

    @pytest.mark.parametrize(
        ("place", "lines"),
        [
            (
                {"country": "US", "region": "TX", "postcode": "78701", "city": "Austin"},
                ["Austin, TX 78701"],
            ),
            (
                {"country": "IN", "region": "29", "postcode": "560001", "city": "Bengaluru"},
                ["560001 Bengaluru", "Karnataka (29)"],
            ),
        ],
    )
    def test_places_are_printed_as_their_country_does(
        self, cast: Cast, seller: int, place: dict[str, str], lines: list[str]
    ) -> None:
        save_seller(
            provider_id=seller, identity=LegalIdentity(name="Nimbus", address="1 Road", **place)
        )

        assert content(seller, cast.acme, "one")["seller"]["address"] == ["1 Road", *lines]

    @pytest.mark.parametrize(
        ("wrong", "code"),
        [
            ({"bank_iban": "DE89370400440532013001"}, "invalid_iban"),
            ({"bank_bic": "COBA"}, "invalid_bic"),
            ({"bank_iban": ""}, "invalid_iban"),
            ({"country": "Germany", "tax_id": ""}, "invalid_country"),
            ({"country": "IN", "region": "99", "tax_id": ""}, "invalid_region"),
            ({"legal_text": "x" * 2001}, "identity_text"),
            ({"city": "Ber\x00lin"}, "identity_text"),
        ],
    )
    def test_what_cannot_be_is_refused_and_nothing_changes(
        self, seller: int, wrong: dict[str, str], code: str
    ) -> None:
        with pytest.raises(InvalidIdentityError) as refusal:
            save_seller(provider_id=seller, identity=LegalIdentity(**{**GERMAN, **wrong}))

        assert refusal.value.code == code
        assert legal_identity(seller).name == "Nimbus Inc."

    def test_a_tax_number_with_wrong_digits_is_refused(self, seller: int) -> None:
        with pytest.raises(InvalidNumber):
            save_seller(
                provider_id=seller, identity=LegalIdentity(**{**GERMAN, "tax_id": "DE136695977"})
            )


class TestBuyer:
    def test_is_named_with_its_whole_address_and_number(self, cast: Cast, seller: int) -> None:
        save_tax_address(
            provider_id=seller,
            tenant_id=cast.acme,
            legal_name="Acme SARL",
            street="5 rue de Rivoli",
            address=TaxAddress(country="FR", postcode="75001", city="Paris"),
            now=NOW,
        )
        add_number(
            provider_id=seller, tenant_id=cast.acme, country="FR", number="FR40303265045", now=NOW
        )

        buyer = content(seller, cast.acme, "one")["buyer"]

        assert buyer["address"] == ["5 rue de Rivoli", "75001 Paris"]
        assert (buyer["street"], buyer["country"]) == (["5 rue de Rivoli"], "FR")
        assert (buyer["tax_id"], buyer["name"]) == ("FR40303265045", "Acme SARL")

    def test_what_was_typed_long_ago_names_nobody_whose_number_was_removed(
        self, cast: Cast, seller: int
    ) -> None:
        own: dict[str, Any] = {"provider_id": seller, "tenant_id": cast.acme}
        TenantProfile.objects.update_or_create(
            **own, defaults={"tax_id": "OLD-1", "updated_at": NOW}
        )
        before = content(seller, cast.acme, "one")["buyer"]["tax_id"]
        number = add_number(**own, country="FR", number="FR40303265045", now=NOW)
        named = content(seller, cast.acme, "two")["buyer"]["tax_id"]
        remove_number(**own, public_id=number, now=NOW)

        after = content(seller, cast.acme, "three")["buyer"]["tax_id"]

        assert (before, named, after) == ("OLD-1", "FR40303265045", "")

    def test_a_number_that_its_register_denied_names_nobody(self, cast: Cast, seller: int) -> None:
        own: dict[str, Any] = {"provider_id": seller, "tenant_id": cast.acme}
        number = add_number(**own, country="GB", number="980780684", now=NOW)
        before = content(seller, cast.acme, "one")["buyer"]["tax_id"]
        record_by_hand(
            **own,
            public_id=number,
            is_valid=False,
            consultation_number="",
            note="gov.uk",
            user_id=1,
            now=NOW,
        )

        after = content(seller, cast.acme, "two")["buyer"]["tax_id"]

        assert (before, after) == ("980780684", "")
