"""Credit by hand, through the service and the command."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.errors import IdempotencyConflict, InvalidPostingAmount, WalletNotFound
from accounts.services.credits import add_credit, adjust
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from tests.accounts.books import NOW, Books, fill_books, make_provider, open_books, rows

pytestmark = pytest.mark.django_db


def credit(books: Books, amount: Money, key: str = "k", *, service: Any = add_credit) -> Any:
    return service(
        provider_id=books.provider_id,
        tenant_id=books.tenants[0],
        amount=amount,
        reason="thanks",
        key=key,
        now=NOW,
    )


class TestAddCredit:
    def test_it_credits_once_per_key(self) -> None:
        with open_books() as books:
            first = credit(books, Money(2500, "USD"))

            assert credit(books, Money(2500, "USD")).posting_id == first.posting_id
            assert books.balance() == 2500
            with pytest.raises(IdempotencyConflict):
                credit(books, Money(2600, "USD"))

    def test_it_opens_a_wallet_in_another_currency(self) -> None:
        with open_books() as books:
            credit(books, Money(2500, "JPY"))

            found = rows("SELECT currency, balance FROM accounts_wallet ORDER BY 1")
            assert [tuple(row.values()) for row in found] == [("JPY", 2500), ("USD", 0)]

    @pytest.mark.parametrize("amount", [0, -1, 10**15 + 1])
    def test_it_refuses_amounts_that_are_none(self, amount: int) -> None:
        with open_books() as books, pytest.raises(InvalidPostingAmount):
            credit(books, Money(amount, "USD"))

    def test_it_refuses_unknown_tenants(self) -> None:
        with open_books() as books:
            books.tenants[0] = 10**9
            with pytest.raises(WalletNotFound):
                credit(books, Money(5, "USD"))


class TestAdjust:
    def test_it_moves_either_way(self) -> None:
        with open_books() as books:
            credit(books, Money(-30, "USD"), "a", service=adjust)
            credit(books, Money(10, "USD"), "b", service=adjust)

            assert books.balance() == -20


def call(*options: str) -> dict[str, Any]:
    out = StringIO()
    arguments = [
        "--provider",
        "nimbus",
        "--tenant",
        "t0",
        "--currency",
        "USD",
        "--reason",
        "thanks",
    ]
    call_command("add_credit", *arguments, "--json", *options, stdout=out, stderr=StringIO())
    answer: dict[str, Any] = json.loads(out.getvalue())
    return answer


class TestCommand:
    def test_it_posts_once_per_key(self) -> None:
        provider_id = make_provider(suspension_enabled=True)
        with provider_scope(provider_id):
            books = fill_books(provider_id, size=1)

        first = call("--amount", "25.00", "--key", "k")
        again = call("--amount", "25.00", "--key", "k")

        assert (first["created"], first["balance_minor"]) == (True, 2500)
        assert (again["created"], again["posting"]) == (False, first["posting"])
        with provider_scope(provider_id):
            assert books.balance() == 2500

    def test_it_says_so_in_words_without_json(self) -> None:
        provider_id = make_provider(suspension_enabled=True)
        with provider_scope(provider_id):
            fill_books(provider_id, size=1)
        out, err = StringIO(), StringIO()
        where = [
            "--provider",
            "nimbus",
            "--tenant",
            "t0",
            "--currency",
            "USD",
            "--reason",
            "thanks",
        ]

        call_command(
            "add_credit", *where, "--amount", "25.00", "--key", "k", stdout=out, stderr=err
        )

        assert out.getvalue() == ""
        assert "Posted: 25.00 USD for t0." in err.getvalue()

    @pytest.mark.parametrize("amount", ["25.001", "0", "-1", "NaN", "Infinity", "1e30", "ten", ""])
    def test_it_refuses_amounts_that_are_none(self, amount: str) -> None:
        provider_id = make_provider(suspension_enabled=True)
        with provider_scope(provider_id):
            fill_books(provider_id, size=1)

        with pytest.raises(CommandError):
            call(f"--amount={amount}", "--key", "k")

    def test_it_refuses_the_unknown(self) -> None:
        make_provider(suspension_enabled=True)

        with pytest.raises(CommandError):
            call("--amount", "1", "--key", "k")
        with pytest.raises(CommandError):
            call("--amount", "1", "--key", "k", "--provider", "nobody")
