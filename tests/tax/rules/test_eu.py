"""EU VAT by the worked examples of public guidance.

Sources: European Commission, "Explanatory Notes on VAT e-commerce rules" (2020), section 3 (OSS) and section 2.5
(threshold); "Explanatory notes on the EU VAT changes to the place of supply of telecommunications, broadcasting and
electronic services" (2014), sections 5 (status of the customer) and 9; Your Europe, "Cross-border VAT rates".
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from tax.enums import Note
from tax.errors import RateMissing
from tax.rules.cases import Customer
from tax.rules.decision import decide
from tests.tax.rules.book import CALIFORNIA, GERMAN, OSS, business, case, exempt

FRENCH_VAT = "FR40303265045"
FRENCH = type(GERMAN)("vat", "FR", number=FRENCH_VAT)


class TestDomestic:
    @pytest.mark.parametrize("customer", [Customer("DE"), business("DE", "DE136695976")])
    def test_consumers_and_businesses_at_home_pay_the_home_rate(self, customer: Customer) -> None:
        found = decide(case(customer))

        assert (found.code, found.country, found.parts[0].percent) == ("S", "DE", Decimal(19))
        assert found.reason == "domestic"

    def test_a_category_has_its_own_rate_where_there_is_one(self) -> None:
        assert decide(case("DE", category="books")).parts[0].percent == 7
        assert decide(case("FR", OSS, GERMAN, category="books")).parts[0].percent == 20

    def test_a_customer_of_nowhere_counts_as_one_at_home(self) -> None:
        found = decide(case(""))

        assert (found.reason, found.country) == ("unknown_place", "DE")


class TestBusinessElsewhere:
    def test_owes_the_tax_itself(self) -> None:
        found = decide(case(business("FR", FRENCH_VAT)))

        assert (found.code, found.parts, found.notice) == ("AE", (), "reverse_charge")
        assert found.words["number"] == FRENCH_VAT

    @pytest.mark.parametrize(
        ("standing", "note"),
        [
            ("pending", Note.NUMBER_PENDING),
            ("stale", Note.NUMBER_STALE),
            ("invalid", Note.NUMBER_INVALID),
        ],
    )
    def test_is_taxed_as_a_consumer_without_a_confirmed_number(
        self, standing: str, note: Note
    ) -> None:
        found = decide(case(business("FR", FRENCH_VAT, standing), GERMAN, OSS))

        assert (found.code, found.country, found.parts[0].percent) == ("S", "FR", Decimal(20))
        assert found.notes == (note,)

    def test_a_number_of_another_country_does_not_count(self) -> None:
        customer = Customer("FR", numbers=business("LU", "LU26375245").numbers)

        found = decide(case(customer, GERMAN, OSS))

        assert (found.code, found.notes) == ("S", (Note.NUMBER_ELSEWHERE,))


class TestConsumerElsewhere:
    def test_pays_the_tax_of_his_own_country_through_oss(self) -> None:
        found = decide(case("HU", GERMAN, OSS))

        assert (found.code, found.country, found.parts[0].percent) == ("S", "HU", Decimal(27))
        assert found.reason == "eu_oss"
        assert found.is_consumer_abroad

    def test_below_the_threshold_pays_the_home_rate(self) -> None:
        found = decide(case("HU"))

        assert (found.country, found.parts[0].percent, found.reason) == (
            "DE",
            Decimal(19),
            "eu_threshold",
        )

    def test_above_the_threshold_without_oss_is_owed_there_and_said_so(self) -> None:
        found = decide(case("HU", below_threshold=False))

        assert (found.country, found.reason) == ("HU", "eu_owed")
        assert found.notes == (Note.NO_REGISTRATION,)

    def test_where_the_provider_is_registered_pays_that_tax(self) -> None:
        assert decide(case("FR", GERMAN, FRENCH)).reason == "eu_local"

    def test_a_provider_outside_the_eu_has_no_threshold(self) -> None:
        found = decide(case("HU", CALIFORNIA, OSS))

        assert (found.country, found.reason) == ("HU", "eu_oss")

    def test_a_missing_rate_is_refused_and_never_nothing(self) -> None:
        with pytest.raises(RateMissing):
            decide(case("AT", GERMAN, OSS))


class TestOutside:
    @pytest.mark.parametrize(
        ("country", "postcode"),
        [
            ("CH", "8001"),
            ("GB", "SW1A 1AA"),
            ("ES", "35001"),  # Las Palmas, Canary Islands
            ("ES", "51001"),  # Ceuta
            ("DE", "78266"),  # Büsingen
            ("DE", "27498"),  # Heligoland
            ("IT", "23041"),  # Livigno
            ("FI", "22100"),  # Mariehamn, Åland
            ("FR", "97400"),  # Saint-Denis, Réunion
            ("FR", "97500"),  # Saint-Pierre and Miquelon
            ("FR", "98713"),  # Papeete, French Polynesia
            ("FR", "98800"),  # Nouméa, New Caledonia
            ("RE", "97400"),
            ("GR", "630 86"),  # Mount Athos
        ],
    )
    def test_is_not_taxed(self, country: str, postcode: str) -> None:
        found = decide(case(Customer(country, postcode=postcode), GERMAN, OSS))

        assert (found.code, found.parts, found.notice) == ("O", (), "outside_eu")

    def test_northern_irish_numbers_do_not_count_for_services(self) -> None:
        assert decide(case(business("GB", "XI980780684"))).code == "O"

    @pytest.mark.parametrize(
        ("country", "postcode"), [("ES", "28001"), ("FR", "75001"), ("MC", "98000")]
    )
    def test_the_rest_of_the_territory_is_inside(self, country: str, postcode: str) -> None:
        assert decide(case(Customer(country, postcode=postcode))).code == "S"

    def test_monaco_is_taxed_as_france(self) -> None:
        found = decide(case("MC", GERMAN, OSS))

        assert (found.country, found.parts[0].percent) == ("FR", Decimal(20))


class TestExempt:
    def test_a_category_is_not_taxed(self) -> None:
        found = decide(case("DE", is_exempt=True))

        assert (found.code, found.reason, found.parts) == ("E", "category_exempt", ())

    def test_a_customer_is_not_taxed_where_its_certificate_holds(self) -> None:
        assert decide(case(exempt("DE"))).code == "E"
        assert decide(case(exempt("DE", of="FR"))).code == "S"

    def test_reverse_charge_stays_what_it_is(self) -> None:
        customer = business("FR", FRENCH_VAT)

        assert decide(case(customer, is_exempt=True)).code == "AE"


def test_a_rate_of_nothing_is_zero_rated() -> None:
    # EN 16931, BR-S-05: a group with the code S has a rate above zero.
    book = case("DE").book
    rows = [row for row in book.rows if row.country != "DE"]
    free = type(book.rows[0])("DE", "", "", "standard", Decimal(0), "VAT")

    found = decide(case("DE", book=type(book)([*rows, free])))

    assert found.code == "Z"
