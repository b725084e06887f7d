"""Typed amounts mean what their writer's language says, and are never read as a thousandth of it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from billing_platform.kernel.formats import format_amount
from billing_platform.kernel.money import Money
from billing_platform.portal.amounts import amount_of


class TestAmountOf:
    @pytest.mark.parametrize(
        ("language", "typed", "meant"),
        [
            ("en", "1,234", "1234"),
            ("de", "1,234", "1.234"),
            ("en", "1.234", "1.234"),
            ("de", "1.234", "1234"),
            ("en", "12,50", "12.50"),
            ("de", "12.50", "12.50"),
            ("en", "1.234,50", "1234.50"),
            ("de", "1,234.50", "1234.50"),
            ("de", "0.001", "0.001"),
            ("en", " -5 ", "-5"),
            ("en", "+5.5", "5.5"),
            ("en", "-,5", "-0.5"),
        ],
    )
    def test_reads_what_is_meant(self, language: str, typed: str, meant: str) -> None:
        with override(language):
            assert amount_of(typed) == Decimal(meant)

    @pytest.mark.parametrize(
        "typed", ["", "much", "NaN", "Infinity", "1e9", "1_0", "1,2,3", "1.2.3,4,5", "9" * 16, "."]
    )
    def test_anything_else_is_no_amount(self, typed: str) -> None:
        for language in ("en", "de"):
            with override(language):
                assert amount_of(typed) is None

    @given(minor=st.integers(-(10**12), 10**12), code=st.sampled_from(["EUR", "JPY", "KWD"]))
    def test_what_a_page_shows_is_read_back(self, minor: int, code: str) -> None:
        amount = Money(minor, code)
        for language in ("en", "de"):
            with override(language):
                assert amount_of(format_amount(amount, language)) == amount.to_major()
