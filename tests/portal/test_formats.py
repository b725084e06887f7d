"""How figures and moments read."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from billing_platform.kernel.errors import CurrencyMismatchError, UnknownCurrencyError
from billing_platform.kernel.formats import format_change
from billing_platform.kernel.money import Money
from billing_platform.portal.formats import (
    format_amount,
    format_exact,
    format_moment,
    format_quantity,
    format_span,
    zone_name,
)
from billing_platform.portal.templatetags.figures import (
    amount_cells,
    change,
    exact_cells,
    exact_money,
    moment,
    money,
)

AT = datetime(2026, 11, 20, 23, 5, 7, tzinfo=UTC)


class TestFormatChange:
    @pytest.mark.parametrize(
        ("now", "before", "locale", "text"),
        [
            (14100, 10000, "en", "+41%"),
            (14100, 10000, "de", "+41\xa0%"),
            (0, 10000, "en", "-100%"),
            (-5000, 10000, "en", "-150%"),
            (9950, 10000, "en", "-1%"),
            (10049, 10000, "en", "0%"),
            (9951, 10000, "en", "0%"),
            (1_234_600, 100, "de", "+1.234.500\xa0%"),
            (10000, 0, "en", ""),
            (10000, -1, "en", ""),
        ],
    )
    def test_is_a_whole_percent_with_its_sign(
        self, now: int, before: int, locale: str, text: str
    ) -> None:
        assert format_change(Money(now, "USD"), Money(before, "USD"), locale) == text

    def test_is_refused_between_currencies(self) -> None:
        with pytest.raises(CurrencyMismatchError):
            format_change(Money(1, "USD"), Money(1, "EUR"), "en")

    def test_says_in_colour_where_it_goes_and_nothing_of_nothing(self) -> None:
        more, less, none = (Money(minor, "USD") for minor in (200, 100, 0))

        assert 'class="text-green' in change(more, less)
        assert 'class="text-red' in change(less, more)
        assert change(more, none) == ""


class TestFormatAmount:
    @pytest.mark.parametrize(
        ("money", "locale", "text"),
        [
            (Money(123450, "EUR"), "en", "1,234.50"),
            (Money(123450, "EUR"), "de", "1.234,50"),
            (Money(-1200, "USD"), "en", "-12.00"),
            (Money(1234, "JPY"), "en", "1,234"),
            (Money(1234, "KWD"), "en", "1.234"),
            (Money(0, "USD"), "en", "0.00"),
            (Money(2**63 - 1, "USD"), "en", "92,233,720,368,547,758.07"),
        ],
    )
    def test_writes_the_currency_s_own_places(self, money: Money, locale: str, text: str) -> None:
        assert format_amount(money, locale) == text


class TestFormatExact:
    def test_shows_at_least_the_currency_s_places(self) -> None:
        assert format_exact(Decimal("1.5"), "USD", "en", places=0) == "1.50"

    def test_shows_as_many_as_asked_for(self) -> None:
        assert format_exact(Decimal("0.000123"), "USD", "en", places=6) == "0.000123"
        assert format_exact(Decimal("12.5"), "USD", "en", places=6) == "12.500000"

    def test_shows_no_empty_point_for_yen(self) -> None:
        assert format_exact(Decimal(12), "JPY", "en", places=0) == "12"

    @given(
        st.decimals(
            allow_nan=False, allow_infinity=False, places=9, min_value=-(10**14), max_value=10**14
        ),
        st.integers(0, 12),
        st.sampled_from(["en", "de", "fr", "sv", "de_CH", "hi"]),
    )
    def test_reads_as_the_locale_writes_it(self, amount: Decimal, places: int, locale: str) -> None:
        shown = max(places, 2)
        written = format_decimal(amount, format=f"#,##0.{'0' * shown}", locale=locale)

        assert format_exact(amount, "EUR", locale, places=places) == written


class TestCells:
    def test_are_a_row_with_the_figures_of_its_chart(self) -> None:
        assert exact_cells([Decimal("1234.5")], "EUR", 3) == (
            '<td class="text-end" data-value="1234.5"><span class="money">1,234.500</span></td>'
        )
        assert exact_cells([Decimal(1), Decimal(0)], "EUR", 2, ["/a?b=1&c=2", "/d"]) == (
            '<td class="text-end" data-value="1">'
            '<a class="money text-reset" href="/a?b=1&amp;c=2">1.00</a></td>'
            '<td class="text-end" data-value="0"><span class="money">0.00</span></td>'
        )
        assert amount_cells([Money(-5, "EUR")]) == (
            '<td class="text-end" data-value="-0.05"><span class="money">-0.05</span></td>'
        )


class TestFormatQuantity:
    @pytest.mark.parametrize(
        ("quantity", "text"),
        [
            ("1842110", "1,842,110"),
            ("0.250", "0.25"),
            ("0.000000000001", "0.000000000001"),
            ("0", "0"),
        ],
    )
    def test_writes_every_digit_and_no_empty_one(self, quantity: str, text: str) -> None:
        assert format_quantity(Decimal(quantity), "en") == text


class TestFormatMoment:
    def test_stands_in_the_zone_that_is_asked_for(self) -> None:
        assert format_moment(AT, "Asia/Kolkata", "en") == "21 Nov 2026, 04:35"
        assert format_moment(AT, "UTC", "en", style="date") == "20 Nov 2026"
        assert format_moment(AT, "UTC", "en", style="hour") == "Fri 20 Nov, 23:05"

    def test_knows_the_zone_s_name(self) -> None:
        assert zone_name(AT, "UTC", "en") == "UTC"


class TestFormatSpan:
    @pytest.mark.parametrize(
        ("starts", "ends", "zone", "with_hours", "text"),
        [
            ("2026-11-20T13", "2026-11-20T14", "UTC", True, "20 Nov, 13:00 – 14:00"),
            ("2026-11-20T23", "2026-11-21T00", "UTC", True, "20 Nov, 23:00 – 21 Nov, 00:00"),
            ("2026-11-01T00", "2026-12-01T00", "UTC", False, "1 – 30 Nov 2026"),
            ("2026-10-14T22", "2026-11-14T23", "Europe/Berlin", False, "15 Oct 2026 – 14 Nov 2026"),
        ],
    )
    def test_reads_like_a_calendar(
        self, starts: str, ends: str, zone: str, with_hours: bool, text: str
    ) -> None:
        first = datetime.strptime(f"{starts}+0000", "%Y-%m-%dT%H%z")
        last = datetime.strptime(f"{ends}+0000", "%Y-%m-%dT%H%z")

        assert format_span(first, last, zone, "en", with_hours=with_hours) == text


class TestTags:
    def test_money_names_its_currency(self) -> None:
        assert money(Money(-1200, "USD")) == (
            '<span class="money">-12.00 <span class="cur">USD</span></span>'
        )

    def test_a_currency_is_never_markup(self) -> None:
        with pytest.raises(UnknownCurrencyError):
            exact_money(Decimal("0.5"), "<b>", 3)
        with pytest.raises(UnknownCurrencyError):
            money(Money(1, "<b>"))

    def test_a_moment_carries_the_exact_one(self) -> None:
        tag = moment(AT, "Europe/Berlin")

        assert 'datetime="2026-11-20T23:05:07+00:00"' in tag
        assert 'title="21 Nov 2026, 00:05:07' in tag
        assert ">21 Nov 2026, 00:05</time>" in tag
