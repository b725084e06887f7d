"""Rates of exchange are stored by hand or by file, stand for ever, and the last word of a day holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope, tenant_scope
from tax.errors import (
    ExchangeFileUnreadable,
    ExchangeRateMissing,
    InvalidExchangeRate,
    TooManyRates,
)
from tax.models import ExchangeRate
from tax.selectors.exchange import exchange_rates, national_taxes
from tax.services.exchange_rates import add_exchange_rates, import_exchange_rates
from tax.types_exchange import QuotedRate
from tests.cast import NOW
from tests.factories.tax import TODAY, register_for_oss, register_in_germany
from tests.roles import as_role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cast import Cast

DOLLAR = QuotedRate(base="EUR", quote="USD", rate=Decimal("1.0857"), on=TODAY, source="ECB")
# As the European Central Bank publishes a day, and all days.
ONE_DAY = b"Date, USD, JPY, BGN, \n19 November 2026, 1.0857, 160.5, N/A, \n"
ALL_DAYS = b"Date,USD,JPY,\r\n2026-11-19,1.0857,160.5,\r\n2026-11-18,1.0860,N/A,\r\n"
LISTED = b"\xef\xbb\xbfdate,base,quote,rate\n2026-11-19,eur,usd,1.0857\n2026-11-19,GBP,EUR,1.15\n"


@pytest.fixture
def nimbus(cast: Cast) -> Iterator[int]:
    with provider_scope(cast.nimbus):
        yield cast.nimbus


def add(nimbus: int, *rates: QuotedRate) -> int:
    return add_exchange_rates(provider_id=nimbus, rates=rates, today=TODAY, user_id=None, now=NOW)


def bring(nimbus: int, data: bytes) -> int:
    return import_exchange_rates(
        provider_id=nimbus, data=data, source="ECB", today=TODAY, user_id=None, now=NOW
    )


class TestAddExchangeRates:
    def test_keeps_a_rate_once(self, nimbus: int) -> None:
        assert (add(nimbus, DOLLAR), add(nimbus, DOLLAR)) == (1, 0)

        assert exchange_rates(nimbus, limit=9) == [DOLLAR]

    def test_the_last_word_of_a_day_holds_and_the_first_one_stands(self, nimbus: int) -> None:
        other = replace(DOLLAR, rate=Decimal("1.1"))
        counts = [add(nimbus, one) for one in (DOLLAR, other, DOLLAR)]

        assert counts == [1, 1, 1]
        assert exchange_rates(nimbus, limit=9) == [DOLLAR, other, DOLLAR]

    @pytest.mark.parametrize(
        "wrong",
        [
            {"rate": Decimal(0)},
            {"rate": Decimal("-1")},
            {"rate": Decimal("NaN")},
            {"rate": Decimal("1.0000000000001")},
            {"rate": Decimal("1e12")},
            {"quote": "EUR"},
            {"quote": "XXY"},
            {"on": TODAY + timedelta(days=1)},
            {"source": " "},
            {"source": "E\x00B"},
        ],
    )
    def test_what_cannot_be_is_refused_with_all_the_others(
        self, nimbus: int, wrong: dict[str, object]
    ) -> None:
        with pytest.raises(InvalidExchangeRate):
            add(nimbus, DOLLAR, replace(DOLLAR, **wrong))  # type: ignore[arg-type]

        assert exchange_rates(nimbus, limit=9) == []

    @pytest.mark.parametrize("wrong", [{"rate": 0}, {"quote": "EUR"}, {"base": "euro"}])
    def test_the_database_refuses_it_too(self, nimbus: int, wrong: dict[str, object]) -> None:
        values = {"base": "EUR", "quote": "USD", "rate": 1, "valid_on": TODAY, "source": "ECB"}
        row = ExchangeRate(provider_id=nimbus, created_at=NOW, **{**values, **wrong})

        with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
            row.save()

    @pytest.mark.parametrize("role", ["worker", "owner"])
    def test_no_role_changes_a_row(self, nimbus: int, role: Literal["worker", "owner"]) -> None:
        add(nimbus, DOLLAR)

        for change in ("update", "delete"):
            rows = ExchangeRate.objects.filter(provider_id=nimbus)
            with (
                as_role(role),
                provider_scope(nimbus),
                pytest.raises(DatabaseError),
                transaction.atomic(),
            ):
                rows.update(rate=2) if change == "update" else rows.delete()

    def test_neither_strangers_nor_customers_see_them(self, cast: Cast, nimbus: int) -> None:
        add(nimbus, DOLLAR)

        with provider_scope(cast.sonora):
            assert exchange_rates(nimbus, limit=9) == []
        with tenant_scope(cast.nimbus, cast.acme):
            assert exchange_rates(nimbus, limit=9) == []


class TestImportExchangeRates:
    @pytest.mark.parametrize(("data", "count"), [(ONE_DAY, 2), (ALL_DAYS, 3), (LISTED, 2)])
    def test_takes_each_form_once(self, nimbus: int, data: bytes, count: int) -> None:
        assert (bring(nimbus, data), bring(nimbus, data)) == (count, 0)

        dollar = next(one for one in exchange_rates(nimbus, limit=9) if one.quote == "USD")
        assert dollar == replace(DOLLAR, on=date(2026, 11, 19))

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"\xff\xfe",
            b"date,base,quote\n2026-11-19,EUR,USD\n",
            b"date,base,quote,rate\n",
            b"date,base,quote,rate\n19.11.2026,EUR,USD,1.1\n",
            b"date,base,quote,rate\n2026-11-19,EUR,USD,=1+1\n",
            b"date,base,quote,rate\n2026-11-19,EUR,USD,1,1\n",
            b"Date,USD\n2026-11-19,1.1,1.2\n",
            b"<html></html>",
        ],
    )
    def test_what_is_no_file_of_rates_is_refused_whole(self, nimbus: int, data: bytes) -> None:
        with pytest.raises(ExchangeFileUnreadable):
            bring(nimbus, data)

        assert exchange_rates(nimbus, limit=9) == []

    def test_of_all_days_since_1999_the_last_are_taken(self, nimbus: int) -> None:
        days = (TODAY - timedelta(days=age) for age in range(9000))
        # A currency that is gone had figures in its time.
        rows = (f"{day},1.1,0.85,{'1.9558' if day.year < 2026 else 'N/A'},7.5," for day in days)
        data = "\n".join(["Date,USD,GBP,BGN,ZZZ,", *rows]).encode()

        assert bring(nimbus, data) == 2 * 401
        assert bring(nimbus, data) == 0

    def test_more_than_anybody_needs_are_told_as_such(self, nimbus: int) -> None:
        with pytest.raises(TooManyRates, match="20,000"):
            bring(nimbus, b"date,base,quote,rate\n" + b"2026-11-19,EUR,USD,1.1\n" * 20_001)

    def test_the_line_that_is_wrong_is_named(self, nimbus: int) -> None:
        with pytest.raises(ExchangeFileUnreadable, match="Line 3"):
            bring(nimbus, LISTED[:-5] + b"?\n")


class TestNationalTaxes:
    TAX = Money(1900, "USD")

    def test_is_in_the_currency_of_the_state_that_taxes(self, nimbus: int) -> None:
        register_in_germany(nimbus)
        add(nimbus, DOLLAR)

        (told,) = national_taxes(nimbus, [("DE", self.TAX)], seller="DE", on=TODAY)

        assert (told.amount, told.steps) == (Money(1750, "EUR"), (DOLLAR,))

    @pytest.mark.parametrize(
        ("seller", "country", "currency"),
        # Sold in Poland through the One Stop Shop: the rules of the state of identification, Germany.
        [("DE", "PL", "EUR"), ("PL", "PL", "PLN"), ("GB", "GB", "GBP"), ("IM", "IM", "GBP")],
    )
    def test_follows_where_it_is_declared(
        self, nimbus: int, seller: str, country: str, currency: str
    ) -> None:
        if seller == "DE":
            register_for_oss(nimbus)
        zloty, pound = (replace(DOLLAR, quote=one) for one in ("PLN", "GBP"))
        add(nimbus, DOLLAR, zloty, pound)

        (told,) = national_taxes(nimbus, [(country, self.TAX)], seller=seller, on=TODAY)

        assert told.amount.currency == currency

    @pytest.mark.parametrize(
        ("seller", "tax"),
        [("US", TAX), ("", TAX), ("IN", TAX), ("DE", Money(1900, "EUR")), ("DE", Money(0, "USD"))],
    )
    def test_is_nothing_where_no_law_asks(self, nimbus: int, seller: str, tax: Money) -> None:
        assert national_taxes(nimbus, [(seller, tax)], seller=seller, on=TODAY) == []

    @pytest.mark.parametrize("country", ["US", "IN"])
    def test_a_tax_of_no_member_state_is_not_owed_there(self, nimbus: int, country: str) -> None:
        register_for_oss(nimbus)

        assert national_taxes(nimbus, [(country, self.TAX)], seller="DE", on=TODAY) == []

    @pytest.mark.parametrize("age", [-1, 40, 41])
    def test_takes_a_rate_of_that_time_only(self, nimbus: int, age: int) -> None:
        on = TODAY - timedelta(days=60)
        add(nimbus, replace(DOLLAR, on=on - timedelta(days=age)))

        if age == 40:
            assert national_taxes(nimbus, [("DE", self.TAX)], seller="DE", on=on)
            return
        with pytest.raises(ExchangeRateMissing, match="EUR"):
            national_taxes(nimbus, [("DE", self.TAX)], seller="DE", on=on)
