"""The demo's sellers have bank accounts, and only they have a statement to import."""

from __future__ import annotations

from stdnum import bic, iban

from billing_platform.demo_data.bank import waiting_statement
from billing_platform.demo_data.cast import PROVIDERS


class TestSellers:
    def test_have_accounts_that_can_be_and_that_nobody_has(self) -> None:
        for provider in PROVIDERS:
            assert iban.is_valid(provider.seller.bank_iban)
            assert bic.is_valid(provider.seller.bank_bic)


class TestWaitingStatement:
    def test_has_no_file_of_strangers(self) -> None:
        assert waiting_statement("nobody") is None
