"""Two people who add accounts of one currency at once: both are there, one is the default."""

from __future__ import annotations

from functools import partial

from billing_platform.kernel.scope import provider_scope
from payments.models import BankAccount
from payments.services.bank_accounts import AccountTerms, save_account
from tests.cast import NOW, build_cast
from tests.tenants.test_races import at_once

IBANS = ("GB33BUKB20201555555555", "FR1420041010050500013M02606", "DE89370400440532013000")


def test_of_accounts_that_are_added_at_once_one_is_the_default(committed_db: str) -> None:
    cast = build_cast()

    def add(iban: str) -> None:
        terms = AccountTerms(iban=iban, holder="Nimbus", currency="USD")
        save_account(provider_id=cast.nimbus, terms=terms, now=NOW)

    assert at_once([partial(add, iban) for iban in IBANS]) == [True] * 3
    with provider_scope(cast.nimbus):
        rows = list(BankAccount.objects.all())
    assert {row.iban for row in rows} == set(IBANS)
    assert [row.is_default for row in rows].count(True) == 1
