"""Several bank accounts: each currency's documents name its default, statements find theirs, strangers are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, transaction

from billing_platform.kernel.rows import execute
from billing_platform.kernel.scope import provider_scope, tenant_scope
from invoicing.errors_bank import NoBankAccount
from payments.errors_bank import AccountUnknown, InvalidBankAccount
from payments.models import BankAccount, BankLine
from payments.selectors.bank_accounts import list_accounts
from payments.services.bank_accounts import (
    AccountTerms,
    save_account,
    save_profile,
    set_default,
)
from payments.services.bank_import import StatementFile, import_statement
from payments.statements.errors import ForeignAccount, StatementUnreadable
from tests.invoicing.bank_desk import NOW, BankDesk
from tests.payments.statements.bank import IBAN, PAYER, Bank, Moved
from tests.payments.statements.test_reading import PROFILE
from tests.roles import as_role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from invoicing.models import BankOrder
    from tests.cast import Cast

DOLLARS = "GB33BUKB20201555555555"
OTHER = "DE02100100100006820101"


@pytest.fixture
def desk(cast: Cast) -> Iterator[BankDesk]:
    """Return Nimbus's bank business, whose company has one account, as worker."""
    with as_role("worker"):
        yield BankDesk.open(cast.nimbus)


def add(desk: BankDesk, iban: str = DOLLARS, currency: str = "USD", **more: str | bool) -> None:
    """Add an account."""
    found = {"holder": "Nimbus Inc.", **more}
    terms = AccountTerms(iban=iban, currency=currency, **found)  # type: ignore[arg-type]
    save_account(provider_id=desk.provider_id, terms=terms, now=NOW)


def named(desk: BankDesk, order: BankOrder) -> str:
    """Return the account that an order's proforma names."""
    return str(desk.document(order).content["payment"]["iban"])


def accounts(desk: BankDesk) -> list[tuple[str, str, bool, bool]]:
    """Return IBAN, currency, whether it is the default, and the company's, of all."""
    with provider_scope(desk.provider_id):
        found = list_accounts(desk.provider_id)
    return [(one.iban, one.currency, one.is_default, one.is_company) for one in found]


class TestDocuments:
    def test_name_the_default_of_their_currency_else_the_company_s(
        self, desk: BankDesk, cast: Cast
    ) -> None:
        add(desk, "gb33 bukb 2020 1555 5555 55")

        assert named(desk, desk.order(cast.acme, currency="USD")) == DOLLARS
        assert named(desk, desk.order(cast.acme, currency="EUR")) == IBAN

        add(desk, OTHER)
        assert named(desk, desk.order(cast.acme, currency="USD")) == OTHER
        assert accounts(desk) == [
            (IBAN, "", False, True),
            (OTHER, "USD", True, False),
            (DOLLARS, "USD", False, False),
        ]
        set_default(provider_id=desk.provider_id, number=DOLLARS, is_default=True)
        assert named(desk, desk.order(cast.acme, currency="USD")) == DOLLARS
        set_default(provider_id=desk.provider_id, number=DOLLARS, is_default=False)
        assert named(desk, desk.order(cast.acme, currency="USD")) == IBAN
        # What was issued stays.
        assert named(desk, desk.orders[0]) == DOLLARS
        assert desk.agrees()

    def test_the_company_s_own_may_be_one_of_a_currency(self, desk: BankDesk, cast: Cast) -> None:
        add(desk, IBAN, "EUR")

        assert named(desk, desk.order(cast.acme, currency="EUR")) == IBAN
        assert accounts(desk) == [(IBAN, "EUR", True, True)]

    def test_a_currency_of_its_own_account_needs_none_of_the_company(
        self, desk: BankDesk, cast: Cast
    ) -> None:
        BankDesk.open(cast.nimbus, iban="")
        add(desk)

        assert named(desk, desk.order(cast.acme, currency="USD")) == DOLLARS
        with pytest.raises(NoBankAccount):
            desk.order(cast.acme, currency="EUR")


class TestStatements:
    def test_find_their_account_by_its_iban(self, desk: BankDesk, cast: Cast) -> None:
        add(desk)
        order = desk.order(cast.acme, currency="USD")

        for iban in (DOLLARS, IBAN):
            (done,) = desk.bring(Bank(iban=iban).came(desk.paid(order, currency="USD")).camt())
            assert done.iban == iban
        assert desk.match() == {"matched": 2}
        assert desk.balance(cast.acme, "USD") == 20_000

    def test_of_an_unknown_account_are_refused_in_words(self, desk: BankDesk) -> None:
        add(desk)

        with pytest.raises(ForeignAccount) as refused:
            desk.bring(Bank(iban=PAYER).came(Moved(cents=5)).camt())

        assert PAYER in refused.value.message
        assert IBAN in refused.value.message
        assert DOLLARS in refused.value.message
        with provider_scope(desk.provider_id):
            assert not BankLine.objects.exists()

    def test_in_csv_are_of_the_account_that_was_chosen(self, desk: BankDesk) -> None:
        add(desk)
        data = Bank().came(Moved(cents=5, text="x")).csv()
        save_profile(provider_id=desk.provider_id, profile=PROFILE, number=DOLLARS, now=NOW)

        with pytest.raises(StatementUnreadable):
            self.bring(desk, data, "")
        assert self.bring(desk, data, DOLLARS) == DOLLARS
        with pytest.raises(ForeignAccount):
            self.bring(desk, data, PAYER)
        with pytest.raises(ForeignAccount):
            save_profile(provider_id=desk.provider_id, profile=PROFILE, number=PAYER, now=NOW)

    def bring(self, desk: BankDesk, data: bytes, account: str) -> str:
        (done,) = import_statement(
            provider_id=desk.provider_id,
            file=StatementFile(name="a.csv", data=data, format="csv", account=account),
            user_id=None,
            now=NOW,
        )
        return done.iban


class TestRefusals:
    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"iban": "GB33BUKB20201555555556"}, "invalid_iban"),
            ({"bic": "COBA"}, "invalid_bic"),
            ({"currency": "ZZZ"}, "invalid_currency"),
            ({"holder": " "}, "invalid_holder"),
            ({"holder": "x" * 71}, "invalid_holder"),
        ],
    )
    def test_name_the_field(self, desk: BankDesk, change: dict[str, str], code: str) -> None:
        with pytest.raises(InvalidBankAccount) as refused:
            add(desk, **change)

        assert refused.value.code == code
        assert accounts(desk) == [(IBAN, "", False, True)]

    def test_nobody_names_an_account_that_is_not_there(self, desk: BankDesk, cast: Cast) -> None:
        add(desk)
        desk.bring(Bank().came(Moved(cents=5)).camt())

        # Of another provider, of nobody, and one without a currency.
        for provider_id, number in (
            (cast.sonora, DOLLARS),
            (desk.provider_id, PAYER),
            (desk.provider_id, IBAN),
        ):
            with pytest.raises(AccountUnknown):
                set_default(provider_id=provider_id, number=number, is_default=True)
        with as_role("app"), tenant_scope(cast.nimbus, cast.acme):
            assert not BankAccount.objects.exists()

    @pytest.mark.parametrize(
        ("change", "rule"),
        [
            ("is_default = true", "bank_account_default"),
            ("currency = 'usd'", "bank_account_named"),
            ("currency = 'EUR', holder = '', is_default = true", "bank_account_named"),
            ("bic = 'x'", "bank_account_named"),
        ],
    )
    def test_the_database_holds_one_default_of_a_currency(
        self, desk: BankDesk, change: str, rule: str
    ) -> None:
        add(desk)
        add(desk, OTHER, is_default=False)

        with (
            provider_scope(desk.provider_id),
            pytest.raises(IntegrityError, match=rule),
            transaction.atomic(),
        ):
            execute(f"UPDATE payments_bank_account SET {change} WHERE iban = %s", [OTHER])
