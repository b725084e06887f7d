"""What is reserved is the sum of what it is reserved for."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.errors import InsufficientFunds, InvalidKey, InvalidPostingAmount, WalletNotFound
from accounts.services import reservations
from accounts.services.audit import verify
from tests.accounts.books import NOW, Books, open_books

pytestmark = pytest.mark.django_db


def scope(books: Books, key: str = "tax:1") -> dict[str, Any]:
    return {
        "provider_id": books.provider_id,
        "wallet_id": books.wallets[0],
        "key": key,
        "now": NOW,
    }


class TestReservations:
    def test_it_is_set_raised_and_released(self) -> None:
        with open_books() as books:
            assert reservations.set_reserved(**scope(books), amount_minor=30) == 30
            assert reservations.set_reserved(**scope(books), amount_minor=30) == 0
            assert reservations.raise_reserved(**scope(books), by_minor=5) == 35
            assert reservations.raise_reserved(**scope(books, "pay:2"), by_minor=7) == 7
            assert books.wallet()["reserved"] == 42

            assert reservations.release_reserved(**scope(books)) == 35
            assert reservations.release_reserved(**scope(books)) == 0

            assert books.wallet()["reserved"] == 7
            assert verify(provider_id=books.provider_id).findings == ()

    def test_no_more_than_there_is_when_asked_so(self) -> None:
        with open_books() as books:
            books.post(40)
            reservations.set_reserved(**scope(books), amount_minor=30, floor=0)
            with pytest.raises(InsufficientFunds):
                reservations.set_reserved(**scope(books), amount_minor=41, floor=0)
            with pytest.raises(InsufficientFunds):
                reservations.raise_reserved(**scope(books, "pay:2"), by_minor=11, floor=0)

    @pytest.mark.parametrize("amount", [-1, 10**15 + 1])
    def test_it_refuses_amounts_that_are_none(self, amount: int) -> None:
        with open_books() as books, pytest.raises(InvalidPostingAmount):
            reservations.set_reserved(**scope(books), amount_minor=amount)

    def test_it_does_not_fall_below_nothing(self) -> None:
        with open_books() as books, pytest.raises(InvalidPostingAmount):
            reservations.raise_reserved(**scope(books), by_minor=-1)

    def test_it_refuses_bad_keys_and_unknown_wallets(self) -> None:
        with open_books() as books:
            for key in ("", "k" * 101):
                with pytest.raises(InvalidKey):
                    reservations.set_reserved(**scope(books, key), amount_minor=1)
            books.wallets[0] = 10**9
            with pytest.raises(WalletNotFound):
                reservations.set_reserved(**scope(books), amount_minor=1)
            with pytest.raises(WalletNotFound):
                reservations.raise_reserved(**scope(books), by_minor=1)
