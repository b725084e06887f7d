"""Rates follow each other without gap or overlap; the seed waits for review; the database refuses the rest."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from billing_platform.kernel.scope import provider_scope, tenant_scope
from tax.errors import (
    InvalidCategory,
    InvalidNumber,
    InvalidPeriod,
    InvalidPlace,
    InvalidRate,
    RateBegun,
    RateNotFound,
    RegistrationNotFound,
    RegistrationOverlaps,
)
from tax.models import Rate
from tax.selectors.rates import categories_of, rates_of, registrations_of, seed_proposals
from tax.services.rates import drop_rate, end_rate, save_category, set_rate, take_over
from tax.services.registrations import add_registration, end_registration
from tests.cast import NOW
from tests.factories.tax import GERMAN_VAT, SINCE, TODAY, register_in_germany

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cast import Cast

MAY, JULY, AUGUST = date(2026, 5, 1), date(2026, 7, 1), date(2026, 8, 1)


@pytest.fixture
def nimbus(cast: Cast) -> Iterator[int]:
    with provider_scope(cast.nimbus):
        yield cast.nimbus


def put(nimbus: int, percent: str, begins: date, **fields: Any) -> str:
    values = {"country": "DE", "name": "VAT", "percent": Decimal(percent), **fields}
    return set_rate(provider_id=nimbus, begins=begins, now=NOW, **values)


def stored(nimbus: int) -> list[tuple[str, date, date | None]]:
    return [(str(one.percent.normalize()), one.begins, one.ends) for one in rates_of(nimbus)]


class TestSetRate:
    def test_ends_the_one_before(self, nimbus: int) -> None:
        put(nimbus, "19", SINCE)
        put(nimbus, "16", JULY)

        assert stored(nimbus) == [("16", JULY, None), ("19", SINCE, JULY)]

    def test_between_two_holds_until_the_next(self, nimbus: int) -> None:
        put(nimbus, "19", MAY)
        put(nimbus, "21", AUGUST)
        put(nimbus, "16", JULY)
        put(nimbus, "15", SINCE)

        assert stored(nimbus) == [
            ("21", AUGUST, None),
            ("16", JULY, AUGUST),
            ("19", MAY, JULY),
            ("15", SINCE, MAY),
        ]

    def test_the_last_word_of_a_day_holds(self, nimbus: int) -> None:
        assert put(nimbus, "19", SINCE) == put(nimbus, "19.5", SINCE)
        assert stored(nimbus) == [("19.5", SINCE, None)]

    @pytest.mark.parametrize(
        ("fields", "error"),
        [
            ({"country": "de"}, InvalidPlace),
            ({"country": "<b>"}, InvalidPlace),
            ({"country": "IN", "region": "99"}, InvalidPlace),
            ({"country": "US", "region": "CALI"}, InvalidPlace),
            ({"percent": "100.1"}, InvalidRate),
            ({"percent": "-1"}, InvalidRate),
            ({"percent": "NaN"}, InvalidRate),
            ({"percent": "1.23456"}, InvalidRate),
            ({"name": " "}, InvalidRate),
            ({"category": "books"}, InvalidCategory),
        ],
    )
    def test_refuses(self, nimbus: int, fields: dict[str, Any], error: type[Exception]) -> None:
        with pytest.raises(error):
            put(nimbus, begins=SINCE, **{"percent": "19", **fields})
        assert stored(nimbus) == []

    def test_sql_cannot_let_two_overlap(self, nimbus: int) -> None:
        put(nimbus, "19", SINCE)
        row = Rate.objects.get(provider_id=nimbus)

        with pytest.raises(IntegrityError, match="tax_rate_no_overlap"), transaction.atomic():
            Rate.objects.create(
                provider_id=nimbus,
                place_id=row.place_id,
                name="VAT",
                percent=1,
                valid=row.valid,
                source="x",
                created_at=NOW,
            )

    def test_tenants_may_not(self, nimbus: int, cast: Cast) -> None:
        with (
            pytest.raises(ProgrammingError, match="row-level security"),
            tenant_scope(nimbus, cast.acme),
        ):
            put(nimbus, "0", SINCE)


class TestEndRate:
    def test_ends_it(self, nimbus: int) -> None:
        public_id = put(nimbus, "19", SINCE)
        end_rate(provider_id=nimbus, public_id=public_id, ends=JULY)

        assert stored(nimbus) == [("19", SINCE, JULY)]

    def test_refuses_what_cannot_be(self, nimbus: int, cast: Cast) -> None:
        public_id = put(nimbus, "19", MAY)
        with pytest.raises(InvalidPeriod):
            end_rate(provider_id=nimbus, public_id=public_id, ends=MAY)
        with provider_scope(cast.sonora), pytest.raises(RateNotFound):
            end_rate(provider_id=cast.sonora, public_id=public_id, ends=JULY)


class TestDropRate:
    def test_the_one_before_holds_on_until_the_next(self, nimbus: int) -> None:
        put(nimbus, "19", SINCE)
        planned = put(nimbus, "16", JULY)
        put(nimbus, "21", AUGUST)

        drop_rate(provider_id=nimbus, public_id=planned, today=MAY)

        assert stored(nimbus) == [("21", AUGUST, None), ("19", SINCE, AUGUST)]

    def test_an_ended_one_stays_ended(self, nimbus: int) -> None:
        end_rate(provider_id=nimbus, public_id=put(nimbus, "19", SINCE), ends=MAY)
        planned = put(nimbus, "16", JULY)

        drop_rate(provider_id=nimbus, public_id=planned, today=MAY)

        assert stored(nimbus) == [("19", SINCE, MAY)]

    def test_the_place_can_be_planned_anew(self, nimbus: int) -> None:
        drop_rate(provider_id=nimbus, public_id=put(nimbus, "16", JULY), today=MAY)
        put(nimbus, "17", JULY)

        assert stored(nimbus) == [("17", JULY, None)]

    def test_what_has_begun_or_is_unknown_stays(self, nimbus: int, cast: Cast) -> None:
        public_id = put(nimbus, "19", MAY)
        with pytest.raises(RateBegun):
            drop_rate(provider_id=nimbus, public_id=public_id, today=MAY)
        with provider_scope(cast.sonora), pytest.raises(RateNotFound):
            drop_rate(provider_id=cast.sonora, public_id=public_id, today=SINCE)

        assert stored(nimbus) == [("19", MAY, None)]


class TestSeed:
    def test_proposes_every_member_state_and_writes_nothing(self, nimbus: int) -> None:
        found = {one.country: one for one in seed_proposals(nimbus, on=TODAY)}

        assert len(found) == 28
        assert (found["DE"].percent, found["DE"].own, found["DE"].differs) == (
            Decimal(19),
            None,
            True,
        )
        assert found["FI"].percent == Decimal("25.5")
        assert stored(nimbus) == []

    def test_what_was_reviewed_is_taken_over_and_differs_no_more(self, nimbus: int) -> None:
        chosen = [one for one in seed_proposals(nimbus, on=TODAY) if one.country in {"DE", "FI"}]

        assert take_over(provider_id=nimbus, proposals=chosen, begins=SINCE, now=NOW) == 2

        assert [one.country for one in rates_of(nimbus)] == ["DE", "FI"]
        assert all(one.source.startswith("eu-vat-rates-data 2026") for one in rates_of(nimbus))
        again = {one.country: one.differs for one in seed_proposals(nimbus, on=TODAY)}
        assert (again["DE"], again["FI"], again["FR"]) == (False, False, True)


class TestCategories:
    def test_are_made_and_renamed(self, nimbus: int) -> None:
        for name in ("Books", "Printed books"):
            save_category(provider_id=nimbus, code="books", name=name, is_exempt=True, now=NOW)

        assert [(one.name, one.is_exempt) for one in categories_of(nimbus)] == [
            ("Printed books", True)
        ]

    @pytest.mark.parametrize("code", ["standard", "Books", "1a", "", "a" * 33])
    def test_refuse_other_codes(self, nimbus: int, code: str) -> None:
        with pytest.raises(InvalidCategory):
            save_category(provider_id=nimbus, code=code, name="x", is_exempt=False, now=NOW)


class TestRegistrations:
    def test_begin_and_end(self, nimbus: int) -> None:
        register_in_germany(nimbus)
        (own,) = registrations_of(nimbus)
        end_registration(provider_id=nimbus, public_id=own.public_id, ends=JULY)

        (own,) = registrations_of(nimbus)
        assert (own.kind, own.number, own.is_home, own.ends) == ("vat", GERMAN_VAT, True, JULY)
        with pytest.raises(InvalidPeriod):
            end_registration(provider_id=nimbus, public_id=own.public_id, ends=AUGUST)
        with pytest.raises(RegistrationNotFound):
            end_registration(provider_id=nimbus, public_id="reg_x", ends=AUGUST)

    def test_one_home_and_one_of_a_kind_and_place(self, nimbus: int) -> None:
        register_in_germany(nimbus)
        french: dict[str, Any] = {
            "kind": "vat",
            "country": "FR",
            "number": "FR40303265045",
            "is_home": True,
        }
        again = {"kind": "vat", "country": "DE", "number": GERMAN_VAT}
        for refused in (french, again):
            with pytest.raises(RegistrationOverlaps):
                add_registration(provider_id=nimbus, begins=JULY, now=NOW, **refused)

    @pytest.mark.parametrize(
        ("fields", "error"),
        [
            ({"kind": "gst", "country": "IN", "number": "27AAPFU0939F1ZV"}, InvalidPlace),
            (
                {"kind": "gst", "country": "IN", "region": "29", "number": "27AAPFU0939F1ZV"},
                InvalidPlace,
            ),
            ({"kind": "sales", "country": "US", "number": "1"}, InvalidPlace),
            ({"kind": "vat", "country": "GB", "number": "980780684"}, InvalidPlace),
            ({"kind": "vat", "country": "DE", "number": "DE136695977"}, InvalidNumber),
            ({"kind": "vat", "country": "DE", "number": "<script>"}, InvalidNumber),
        ],
    )
    def test_refuse(self, nimbus: int, fields: dict[str, Any], error: type[Exception]) -> None:
        with pytest.raises(error):
            add_registration(provider_id=nimbus, begins=SINCE, now=NOW, **fields)
        assert registrations_of(nimbus) == []

    def test_of_india_and_the_usa_know_their_country(self, nimbus: int) -> None:
        mumbai: dict[str, Any] = {
            "kind": "gst",
            "region": "27",
            "number": "27AAPFU0939F1ZV",
            "lut": "AD27",
        }
        texas: dict[str, Any] = {"kind": "sales", "region": "TX", "number": "3-20001-0001-1"}
        for fields in (mumbai, texas):
            add_registration(provider_id=nimbus, country="", begins=SINCE, now=NOW, **fields)

        assert {(one.country, one.region, one.lut) for one in registrations_of(nimbus)} == {
            ("IN", "27", "AD27"),
            ("US", "TX", ""),
        }

    def test_sql_cannot_give_two_homes(self, nimbus: int) -> None:
        register_in_germany(nimbus)

        with (
            pytest.raises(IntegrityError, match="tax_registration_one_home"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                "INSERT INTO tax_registration (public_id, provider_id, kind, country, region, number, lut, is_home,"
                " valid, created_at) SELECT 'reg_2', provider_id, kind, 'FR', region, number, lut, true, valid,"
                " created_at FROM tax_registration"
            )
