"""The United Kingdom, India, the USA and no tax at all, by the worked examples of public guidance.

Sources: HMRC VAT Notice 741A, sections 6.3, 15 and 18; CBIC, "GST Flyers", chapter 5 (IGST) and FAQ on place of supply;
CGST rate 9 %, SGST rate 9 %, IGST rate 18 % on telecommunication services (Notification 11/2017); South Dakota v.
Wayfair; CDTFA "Know your sales and use tax rate".
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tax.errors import RateMissing, StateMissing
from tax.rules.book import RateBook, RateRow
from tax.rules.cases import Customer, Number, Registered
from tax.rules.decision import decide
from tests.tax.rules.book import (
    BOOK,
    BRITISH,
    CALIFORNIA,
    GERMAN,
    KARNATAKA,
    OSS,
    business,
    case,
    exempt,
    rate,
)

UK_ABROAD = replace(BRITISH, is_home=False)
MUMBAI = "27AAPFU0939F1ZV"
GST_ABROAD = replace(KARNATAKA, is_home=False)


class TestUnitedKingdom:
    @pytest.mark.parametrize("country", ["GB", "IM"])
    def test_customers_there_pay_its_rate(self, country: str) -> None:
        found = decide(case(country, BRITISH))

        assert (found.code, found.country, found.parts[0].percent) == ("S", "GB", Decimal(20))

    @pytest.mark.parametrize("customer", [Customer("FR"), business("FR", "FR40303265045")])
    def test_customers_elsewhere_are_outside_its_scope(self, customer: Customer) -> None:
        found = decide(case(customer, BRITISH))

        assert (found.code, found.notice) == ("O", "outside")

    def test_consumers_in_the_eu_are_taxed_there_through_oss(self) -> None:
        found = decide(case("FR", BRITISH, replace(OSS, country="IE")))

        assert (found.country, found.parts[0].percent) == ("FR", Decimal(20))

    def test_a_foreign_provider_registered_there_taxes_consumers_only(self) -> None:
        assert decide(case("GB", GERMAN, UK_ABROAD)).reason == "uk_consumer"
        found = decide(case(business("GB", "980780684"), GERMAN, UK_ABROAD))
        assert (found.code, found.notice) == ("AE", "reverse_charge")

    def test_a_number_that_nobody_confirmed_lately_is_none_and_told(self) -> None:
        told = {}
        for standing in ("form", "stale", "invalid"):
            found = decide(case(business("GB", "980780684", standing), GERMAN, UK_ABROAD))
            assert (found.code, found.words["number"]) == ("S", "980780684")
            told[standing] = found.notes

        assert told == {
            "form": ("number_pending",),
            "stale": ("number_stale",),
            "invalid": ("number_invalid",),
        }
        assert decide(case("GB", GERMAN, UK_ABROAD)).notes == ()


class TestIndia:
    def test_within_a_state_central_and_state_tax_halve_the_rate(self) -> None:
        found = decide(case(Customer("IN", "29"), KARNATAKA))

        assert [(part.name, part.percent) for part in found.parts] == [
            ("CGST", Decimal(9)),
            ("SGST", Decimal(9)),
        ]
        assert (found.code, found.reason, found.region) == ("S", "in_same_state", "29")

    def test_between_states_integrated_tax_is_owed(self) -> None:
        found = decide(case(Customer("IN", "27"), KARNATAKA))

        assert [(part.name, part.percent) for part in found.parts] == [("IGST", Decimal(18))]
        assert found.words["state"] == "Maharashtra"

    def test_the_gstin_says_the_state_before_the_address_does(self) -> None:
        customer = business("IN", "27AAPFU0939F1ZV", "form", region="29")

        assert decide(case(customer, KARNATAKA)).region == "27"

    def test_without_an_address_the_provider_s_state_counts(self) -> None:
        found = decide(case(Customer("IN"), KARNATAKA))

        assert (found.region, found.notes) == ("29", ("no_state",))

    @pytest.mark.parametrize(
        "customer", [Customer("IN"), Customer(), business("IN", MUMBAI, "invalid")]
    )
    def test_online_services_ask_for_the_state_of_who_has_no_gstin(
        self, customer: Customer
    ) -> None:
        online = replace(case(customer, KARNATAKA), is_online=True)

        with pytest.raises(StateMissing):
            decide(online)

    @pytest.mark.parametrize(
        "customer",
        [
            Customer("IN", "29"),
            Customer("IN", "27"),
            business("IN", MUMBAI, "form"),
            Customer("US"),
        ],
    )
    def test_online_services_ask_nobody_else(self, customer: Customer) -> None:
        known = case(customer, KARNATAKA)

        assert decide(replace(known, is_online=True)) == decide(known)

    def test_online_services_that_bear_no_tax_ask_for_no_state(self) -> None:
        free = replace(case(Customer("IN"), KARNATAKA, is_exempt=True), is_online=True)

        assert decide(free).code == "E"

    @pytest.mark.parametrize(("state", "name"), [("04", "UTGST"), ("07", "SGST"), ("34", "SGST")])
    def test_union_territories_without_a_legislature_have_a_tax_of_their_own(
        self, state: str, name: str
    ) -> None:
        home = replace(KARNATAKA, region=state)

        assert decide(case(Customer("IN", state), home)).parts[1].name == name

    def test_exports_under_a_letter_of_undertaking_are_zero_rated(self) -> None:
        found = decide(case("US", replace(KARNATAKA, lut="AD2903260000001")))

        assert (found.code, found.parts, found.notice) == ("Z", (), "export_lut")

    def test_exports_without_one_bear_integrated_tax(self) -> None:
        found = decide(case("US", KARNATAKA))

        assert (found.code, found.parts[0].name, found.notice) == ("S", "IGST", "export_paid")

    def test_from_abroad_consumers_bear_integrated_tax_and_businesses_owe_it(self) -> None:
        assert decide(case(Customer("IN", "29"), GERMAN, GST_ABROAD)).parts[0].name == "IGST"
        customer = business("IN", "27AAPFU0939F1ZV", "form")
        assert decide(case(customer, GERMAN, GST_ABROAD)).code == "AE"

    def test_from_abroad_a_number_that_is_not_valid_makes_nobody_owe_the_tax(self) -> None:
        found = decide(case(business("IN", MUMBAI, "invalid"), GERMAN, GST_ABROAD))

        assert (found.code, found.parts[0].name) == ("S", "IGST")
        assert (found.notes, found.words["number"]) == (("number_invalid",), MUMBAI)

    def test_a_number_that_is_not_valid_says_no_state(self) -> None:
        found = decide(case(business("IN", MUMBAI, "invalid", region="29"), KARNATAKA))

        assert [part.name for part in found.parts] == ["CGST", "SGST"]
        assert (found.region, found.notes) == ("29", ("number_invalid",))
        nowhere = decide(case(business("IN", MUMBAI, "invalid"), KARNATAKA))
        assert nowhere.notes == ("no_state", "number_invalid")

    def test_another_number_counts_before_one_that_is_not_valid(self) -> None:
        numbers = [Number("IN", MUMBAI, "invalid"), Number("IN", "33AAACS7032B1ZD", "form")]

        found = decide(case(Customer("IN", "29", numbers=numbers), KARNATAKA))

        assert (found.region, found.notes) == ("33", ())


class TestUnitedStates:
    def test_taxes_of_state_and_district_add_up(self) -> None:
        found = decide(case(Customer("US", "CA", "90012"), CALIFORNIA))

        assert [str(part.percent) for part in found.parts] == ["7.25", "2.25"]

    def test_outside_the_district_only_the_state_s_holds(self) -> None:
        found = decide(case(Customer("US", "CA", "94103"), CALIFORNIA))

        assert [str(part.percent) for part in found.parts] == ["7.25"]

    @pytest.mark.parametrize(
        ("own", "percents"),
        [
            ([rate("US", "1", category="books")], ["7.25", "2.25"]),
            ([rate("US", "1", region="CA", prefix="900", category="books")], ["7.25", "1"]),
            ([rate("US", "3", region="CA", category="books")], ["3"]),
        ],
    )
    def test_a_category_hides_the_standard_rates_only_with_one_of_the_state(
        self, own: list[RateRow], percents: list[str]
    ) -> None:
        book = RateBook([*BOOK.rows, *own])
        customer = Customer("US", "CA", "90012")

        found = decide(case(customer, CALIFORNIA, category="books", book=book))

        assert [str(part.percent) for part in found.parts] == percents

    def test_without_a_registration_in_the_state_there_is_none(self) -> None:
        found = decide(case(Customer("US", "NY", "10001"), CALIFORNIA))

        assert (found.code, found.reason) == ("O", "us_no_nexus")

    def test_a_registration_without_a_rate_is_refused(self) -> None:
        with pytest.raises(RateMissing):
            decide(case(Customer("US", "NY"), CALIFORNIA, replace(CALIFORNIA, region="NY")))

    def test_a_state_that_nobody_knows_is_said(self) -> None:
        found = decide(case("US", CALIFORNIA))

        assert (found.code, found.notes) == ("O", ("no_state",))

    def test_a_certificate_holds_in_its_state(self) -> None:
        assert decide(case(exempt("US", "CA"), CALIFORNIA)).code == "E"

    def test_customers_abroad_are_not_taxed(self) -> None:
        assert decide(case("FR", CALIFORNIA)).code == "O"


class TestNone:
    def test_who_is_registered_nowhere_taxes_nothing(self) -> None:
        assert decide(replace(case("DE"), registrations=())).reason == "unregistered"
        assert decide(case("DE", OSS)).code == "O"

    def test_other_countries_have_their_own_rate_at_home_and_none_abroad(self) -> None:
        swiss = Registered("vat", "CH", number="CHE107787577IVA", is_home=True)

        assert str(decide(case("CH", swiss)).parts[0].percent) == "8.1"
        assert decide(case("", swiss)).reason == "unknown_place"
        assert decide(case("DE", swiss)).notice == "outside"
