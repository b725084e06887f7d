"""`tax_for` answers from what is stored of provider and tenant, with reasons, and never guesses a rate."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from billing_platform.kernel.errors import CurrencyMismatchError
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope, tenant_scope
from tax.errors import InvalidCategory, RateMissing
from tax.models import Exemption, LocationProof, TaxNumber
from tax.selectors.calculation import tax_for
from tax.selectors.days import days
from tax.services.rates import save_category, set_rate
from tax.types import TaxableLine, TaxAddress
from tenants.services.settings import set_setting
from tests.cast import NOW
from tests.factories.tax import (
    FRENCH_VAT,
    GERMAN_VAT,
    SINCE,
    TODAY,
    line,
    register_for_oss,
    register_in_germany,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tax.types import TaxResult
    from tests.cast import Cast

GERMANY = TaxAddress(country="DE")
FRANCE = TaxAddress(country="FR")


@pytest.fixture
def nimbus(cast: Cast) -> Iterator[int]:
    with provider_scope(cast.nimbus):
        register_in_germany(cast.nimbus)
        yield cast.nimbus


@pytest.fixture
def acme(cast: Cast) -> int:
    return cast.acme


def ask(nimbus: int, acme: int, *lines: TaxableLine, address: TaxAddress = GERMANY) -> TaxResult:
    chosen = lines or (line(10000),)
    return tax_for(provider_id=nimbus, tenant_id=acme, lines=chosen, on=TODAY, address=address)


def confirm(nimbus: int, acme: int, *, days_ago: int, said: str = "valid") -> None:
    at = NOW - timedelta(days=days_ago)
    TaxNumber.objects.create(
        provider_id=nimbus,
        tenant_id=acme,
        country="FR",
        number=FRENCH_VAT,
        said=said,
        said_at=at,
        created_at=at,
    )


class TestTaxFor:
    def test_says_rate_base_tax_and_why(self, nimbus: int, acme: int) -> None:
        found = ask(nimbus, acme)

        (tax,) = found.taxes
        assert (tax.percent, tax.base, tax.tax) == (
            Decimal(19),
            Money(10000, "USD"),
            Money(1900, "USD"),
        )
        assert found.groups[0].code == "S"
        assert found.groups[0].because == "Provider and customer are both in Germany."
        assert found.seller_number == GERMAN_VAT
        assert found.gross == Money(11900, "USD")

    def test_says_it_in_the_reader_s_language(self, nimbus: int, acme: int) -> None:
        with translation.override("de"):
            assert "Deutschland" in ask(nimbus, acme).groups[0].because

    def test_answers_customers_in_their_own_scope(self, nimbus: int, acme: int) -> None:
        with tenant_scope(nimbus, acme):
            assert ask(nimbus, acme).tax == Money(1900, "USD")

    def test_takes_gross_amounts_where_prices_contain_the_tax(self, nimbus: int, acme: int) -> None:
        set_setting(provider_id=nimbus, name="tax.prices_inclusive", value=True, now=NOW)

        found = ask(nimbus, acme, line(11900))

        assert (found.net, found.tax) == (Money(10000, "USD"), Money(1900, "USD"))

    def test_rounds_on_lines_where_the_provider_wants_it(self, nimbus: int, acme: int) -> None:
        lines = [line(33, str(number)) for number in range(3)]
        assert ask(nimbus, acme, *lines).tax == Money(19, "USD")

        set_setting(provider_id=nimbus, name="tax.rounding", value="line", now=NOW)

        assert ask(nimbus, acme, *lines).tax == Money(18, "USD")

    def test_lines_keep_their_order_and_add_up(self, nimbus: int, acme: int) -> None:
        save_category(provider_id=nimbus, code="books", name="Books", is_exempt=False, now=NOW)
        seven: dict[str, Any] = {
            "country": "DE",
            "percent": Decimal(7),
            "name": "VAT",
            "category": "books",
        }
        set_rate(provider_id=nimbus, begins=SINCE, now=NOW, **seven)
        lines = [line(333, "a", "books"), line(777, "b"), line(-50, "c", "books")]

        found = ask(nimbus, acme, *lines)

        assert [one.key for one in found.lines] == ["a", "b", "c"]
        assert [group.percent for group in found.groups] == [7, 19]
        assert found.net + found.tax == found.gross
        assert sum(tax.tax.amount_minor for tax in found.taxes) == found.tax.amount_minor

    def test_categories_taxed_alike_are_rounded_together(self, nimbus: int, acme: int) -> None:
        save_category(provider_id=nimbus, code="voice", name="Voice", is_exempt=False, now=NOW)

        found = ask(nimbus, acme, line(33, "a"), line(33, "b", "voice"), line(33, "c", "voice"))

        assert (len(found.groups), found.tax) == (1, Money(19, "USD"))

    def test_costs_the_same_for_many_lines(self, nimbus: int, acme: int) -> None:
        def count(*lines: TaxableLine) -> int:
            with CaptureQueriesContext(connection) as queries:
                ask(nimbus, acme, *lines)
            return len(queries)

        assert count(*(line(1, str(each)) for each in range(50))) == count(line(1)) <= 10


class TestNumbers:
    def test_a_confirmed_one_shifts_the_tax_to_the_customer(self, nimbus: int, acme: int) -> None:
        confirm(nimbus, acme, days_ago=10)

        found = ask(nimbus, acme, address=FRANCE)

        (group,) = found.groups
        assert (group.code, group.notice_text) == ("AE", "Reverse charge")
        assert (group.customer_number, found.seller_number) == (FRENCH_VAT, GERMAN_VAT)
        assert found.tax == Money(0, "USD")

    def test_one_confirmed_too_long_ago_does_not(self, nimbus: int, acme: int) -> None:
        confirm(nimbus, acme, days_ago=91)

        assert "number_stale" in ask(nimbus, acme, address=FRANCE).groups[0].notes

        set_setting(provider_id=nimbus, name="tax.trust_days", value=100, now=NOW)
        assert ask(nimbus, acme, address=FRANCE).groups[0].code == "AE"

    def test_one_that_the_register_refused_does_not(self, nimbus: int, acme: int) -> None:
        confirm(nimbus, acme, days_ago=1, said="invalid")

        found = ask(nimbus, acme, address=FRANCE)

        assert "number_invalid" in found.groups[0].notes
        assert FRENCH_VAT in found.groups[0].notes["number_invalid"]

    def test_a_removed_one_does_not(self, nimbus: int, acme: int) -> None:
        confirm(nimbus, acme, days_ago=1)
        TaxNumber.objects.filter(provider_id=nimbus).update(removed_at=NOW)

        assert ask(nimbus, acme, address=FRANCE).groups[0].code == "S"


class TestProofs:
    def test_of_a_consumer_abroad_are_counted(self, nimbus: int, acme: int) -> None:
        register_for_oss(nimbus)
        assert "no_proof" in ask(nimbus, acme, address=FRANCE).groups[0].notes

        for kind in ("address", "bank"):
            prove(nimbus, acme, kind, "FR")

        found = ask(nimbus, acme, address=FRANCE)
        assert (found.groups[0].notes, len(found.proof_ids)) == ({}, 2)

    def test_two_spellings_of_an_address_are_one(self, nimbus: int, acme: int) -> None:
        register_for_oss(nimbus)
        for street in ("1 Rue de la Pais", "1 Rue de la Paix"):
            prove(nimbus, acme, "address", "FR", street)

        found = ask(nimbus, acme, address=FRANCE)

        assert set(found.groups[0].notes) == {"no_proof"}
        assert len(found.proof_ids) == 1

    def test_of_a_place_that_was_left_do_not_count(self, nimbus: int, acme: int) -> None:
        register_for_oss(nimbus)
        for kind, country in (("address", "FR"), ("address", "HU"), ("ip", "HU"), ("ip", "FR")):
            prove(nimbus, acme, kind, country)

        found = ask(nimbus, acme, address=FRANCE)

        assert (found.groups[0].notes, len(found.proof_ids)) == ({}, 2), "it has moved back"

    def test_that_name_another_country_are_told(self, nimbus: int, acme: int) -> None:
        register_for_oss(nimbus)
        prove(nimbus, acme, "ip", "HU")

        notes = ask(nimbus, acme, address=FRANCE).groups[0].notes

        assert set(notes) == {"no_proof", "proofs_differ"}

    def test_are_not_asked_of_customers_at_home(self, nimbus: int, acme: int) -> None:
        assert ask(nimbus, acme).groups[0].notes == {}


class TestExemptions:
    def test_hold_in_their_time_once_accepted(self, nimbus: int, acme: int) -> None:
        row = Exemption.objects.create(
            provider_id=nimbus,
            tenant_id=acme,
            country="DE",
            certificate="C-1",
            file_name="c.pdf",
            stored_name="x",
            digest="0" * 64,
            valid=days(SINCE, TODAY),
            state="accepted",
            created_at=NOW,
            decided_at=NOW,
        )
        assert ask(nimbus, acme).groups[0].code == "S"

        Exemption.objects.filter(pk=row.pk).update(valid=days(SINCE, None))

        assert ask(nimbus, acme).groups[0].code == "E"


class TestRefusals:
    def test_a_missing_rate_names_the_place(self, nimbus: int, acme: int) -> None:
        register_for_oss(nimbus)

        with pytest.raises(RateMissing, match="Austria, category standard, 2026-11-20"):
            ask(nimbus, acme, address=TaxAddress(country="AT"))

    def test_before_the_first_rate_there_is_none(self, nimbus: int, acme: int) -> None:
        day = SINCE - timedelta(days=1)
        found = tax_for(provider_id=nimbus, tenant_id=acme, lines=[line(1)], on=day)

        # On that day the provider was not registered either, so nothing is owed.
        assert found.groups[0].reason == "unregistered"

    def test_unknown_categories_mixed_currencies_and_no_lines(self, nimbus: int, acme: int) -> None:
        with pytest.raises(InvalidCategory):
            ask(nimbus, acme, line(1, category="<b>"))
        with pytest.raises(CurrencyMismatchError):
            ask(nimbus, acme, line(1), TaxableLine(key="2", amount=Money(1, "EUR")))
        with pytest.raises(ValueError, match="at least one"):
            tax_for(provider_id=nimbus, tenant_id=acme, lines=[], on=TODAY)


class TestBorders:
    def test_one_provider_s_rates_are_none_of_another_s(self, nimbus: int, cast: Cast) -> None:
        with provider_scope(cast.sonora):
            found = tax_for(
                provider_id=cast.sonora,
                tenant_id=cast.aria,
                lines=[line(10000)],
                on=TODAY,
                address=GERMANY,
            )
        assert found.groups[0].reason == "unregistered"

    def test_one_tenant_s_numbers_are_none_of_another_s(self, nimbus: int, cast: Cast) -> None:
        confirm(nimbus, cast.acme, days_ago=1)

        assert ask(nimbus, cast.globex, address=FRANCE).groups[0].code == "S"


def prove(nimbus: int, acme: int, kind: str, country: str, detail: str = "x") -> None:
    LocationProof.objects.create(
        provider_id=nimbus,
        tenant_id=acme,
        kind=kind,
        country=country,
        detail=detail,
        recorded_at=NOW,
    )


def test_the_last_day_is_before_a_rate_ends(nimbus: int, acme: int) -> None:
    sixteen: dict[str, Any] = {"country": "DE", "percent": Decimal(16), "name": "VAT"}
    set_rate(provider_id=nimbus, begins=date(2026, 7, 1), now=NOW, **sixteen)

    rates = [
        tax_for(provider_id=nimbus, tenant_id=acme, lines=[line(100)], on=day, address=GERMANY)
        .taxes[0]
        .percent
        for day in (date(2026, 6, 30), date(2026, 7, 1))
    ]

    assert rates == [19, 16]
