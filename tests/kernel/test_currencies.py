"""The currency table is ISO 4217's active list."""

from __future__ import annotations

from datetime import date

import pytest
from babel.core import get_global
from babel.numbers import get_territory_currencies

from billing_platform.kernel.currencies import CURRENCY_CODES, exponent, minor_factor
from billing_platform.kernel.errors import UnknownCurrencyError


class TestCurrencies:
    @pytest.mark.parametrize(
        ("code", "places"),
        [("JPY", 0), ("KRW", 0), ("USD", 2), ("EUR", 2), ("KWD", 3), ("BHD", 3), ("CLF", 4)],
    )
    def test_it_knows_the_decimal_places(self, code: str, places: int) -> None:
        assert exponent(code) == places
        assert minor_factor(code) == 10**places

    # ISO 4217's codes of no country begin with X: no currency (XX), metals, accounts, tests.
    @pytest.mark.parametrize("code", [f"X{rest}" for rest in ("XX", "AU", "DR", "TS")])
    def test_it_refuses_what_is_no_country_s(self, code: str) -> None:
        with pytest.raises(UnknownCurrencyError):
            exponent(code)

    @pytest.mark.parametrize("code", ["", "usd", "BGN", "HRK", "ANG", "BTC"])
    def test_it_refuses_what_is_no_active_money(self, code: str) -> None:
        with pytest.raises(UnknownCurrencyError):
            exponent(code)

    def test_it_does_not_repeat_a_long_word_back(self) -> None:
        with pytest.raises(UnknownCurrencyError) as refusal:
            minor_factor("A" * 10_000)

        assert len(refusal.value.message) < 60

    def test_it_holds_every_legal_tender_of_the_world(self) -> None:
        today = date(2026, 6, 1)
        tender = {
            code
            for territory in get_global("territory_currencies")
            for code in get_territory_currencies(territory, start_date=today)
        }

        # Babel's data are older than Bulgaria's euro.
        assert tender - set(CURRENCY_CODES) <= {"BGN"}
        assert len(CURRENCY_CODES) == 165
