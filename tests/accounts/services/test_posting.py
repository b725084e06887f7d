"""One posting: balanced, once per key, in one round trip, taken back at most once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.errors import (
    AlreadyReversed,
    BalanceOutOfRange,
    IdempotencyConflict,
    InsufficientFunds,
    InvalidKey,
    InvalidPostingAmount,
    PostingNotFound,
    UnbalancedPosting,
    WalletNotFound,
)
from accounts.events import CreditPosted
from accounts.services import posting
from accounts.services.reservations import set_reserved
from accounts.types import Line, PostingRequest
from billing_platform.kernel import events
from billing_platform.kernel.rows import execute
from tests.accounts.books import HOUR, NOW, Books, open_books, rows
from tests.roles import as_role

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db


def send(books: Books, *lines: Line, key: str = "k", kind: str = "top_up", **extra: Any) -> Any:
    request = PostingRequest(kind=kind, currency="USD", lines=lines, key=key, **extra)
    return posting.post(provider_id=books.provider_id, request=request, now=NOW)


class TestPost:
    def test_it_moves_value_between_accounts(self) -> None:
        with open_books() as books:
            result = books.post(2500)

            assert result.created
            assert result.balances == {books.wallets[0]: 2500}
            entries = rows("SELECT tenant_id, amount_minor FROM accounts_entry ORDER BY id")
            assert [tuple(row.values()) for row in entries] == [
                (books.tenants[0], 2500),
                (0, -2500),
            ]

    def test_it_is_one_statement(self) -> None:
        with open_books() as books:
            books.post(5000)

            with CaptureQueriesContext(connection) as queries:
                books.post(2500)

            assert len(queries) == 1

    def test_a_key_stands_for_one_posting(self) -> None:
        with open_books() as books:
            first = books.post(2500, key="pay:1")

            again = books.post(2500, key="pay:1", now=NOW + HOUR)

            assert (again.posting_id, again.created) == (first.posting_id, False)
            assert books.balance() == 2500

    def test_a_key_is_not_used_for_something_else(self) -> None:
        with open_books() as books:
            books.post(2500, key="pay:1")

            for change in ({"amount": 2501}, {"kind": "credit"}, {"source_id": "x"}):
                options: dict[str, Any] = {"amount": 2500, "key": "pay:1", **change}
                with pytest.raises(IdempotencyConflict):
                    books.post(options.pop("amount"), **options)

    def test_keys_of_providers_are_their_own(self) -> None:
        with open_books() as books:
            assert books.post(1, key="same").created
        with open_books("sonora") as books:
            assert books.post(1, key="same").created

    def test_a_repeated_spend_is_answered_although_the_credit_is_gone(self) -> None:
        with open_books() as books:
            books.post(100)
            first = books.post(-100, key="spend", floor=0)

            assert books.post(-100, key="spend", floor=0).posting_id == first.posting_id
            with pytest.raises(InsufficientFunds):
                books.post(-1, key="other", floor=0)
            assert books.balance() == 0

    def test_the_reserved_part_cannot_be_spent(self) -> None:
        with open_books() as books:
            books.post(100)
            set_reserved(
                provider_id=books.provider_id,
                wallet_id=books.wallets[0],
                key="tax:1",
                amount_minor=30,
                now=NOW,
            )

            with pytest.raises(InsufficientFunds):
                books.post(-71, floor=0)
            assert books.post(-70, floor=0).created

    def test_other_accounts_of_tenants_have_balances_too(self) -> None:
        with open_books() as books:
            tenant = books.tenants[0]
            owed = Line(kind="receivable", amount_minor=-500, tenant_id=tenant)
            send(books, owed, Line(kind="revenue_usage", amount_minor=500), key="a", kind="invoice")
            paid = Line(kind="receivable", amount_minor=200, tenant_id=tenant)
            spent = Line(kind="wallet", amount_minor=-200, tenant_id=tenant)

            result = send(books, paid, spent, key="b", kind="settlement")

            assert sorted(result.balances.values()) == [-300, -200]
            assert rows("SELECT balance FROM accounts_tenant_balance")[0]["balance"] == -300

    def test_words_of_people_stay_out_of_the_ledger(self) -> None:
        with open_books() as books:
            books.post(5, key="a", reason="for Ann")
            books.post(5, key="a", reason="for Ann again")

            assert [row["text"] for row in rows("SELECT text FROM accounts_reason")] == ["for Ann"]


class TestPostRefuses:
    def test_lines_that_do_not_balance(self) -> None:
        with open_books() as books:
            wallet = Line(kind="wallet", amount_minor=5, tenant_id=books.tenants[0])
            for lines in (
                (wallet,),
                (),
                (wallet, Line(kind="bank", amount_minor=-4)),
                (wallet, wallet),
            ):
                with pytest.raises(UnbalancedPosting):
                    send(books, *lines)

    @pytest.mark.parametrize("amount", [0, 10**15 + 1, -(10**15) - 1, 10**30])
    def test_amounts_that_are_none(self, amount: int) -> None:
        with open_books() as books, pytest.raises(InvalidPostingAmount):
            books.post(amount)

    @pytest.mark.parametrize("key", ["", "k" * 201])
    def test_keys_that_are_none(self, key: str) -> None:
        with open_books() as books, pytest.raises(InvalidKey):
            send(
                books,
                Line(kind="wallet", amount_minor=5, tenant_id=books.tenants[0]),
                Line(kind="bank", amount_minor=-5),
                key=key,
            )

    def test_kinds_that_have_a_service_of_their_own(self) -> None:
        with open_books() as books:
            for kind in ("usage", "usage_correction", "reversal"):
                with pytest.raises(UnbalancedPosting):
                    books.post(5, kind=kind)

    def test_a_balance_that_nobody_can_hold(self) -> None:
        with open_books() as books:
            with as_role("owner"):
                execute("UPDATE accounts_wallet SET balance = 999999999999999999")

            with pytest.raises(BalanceOutOfRange), transaction.atomic():
                books.post(2)

    def test_a_period_of_another_wallet(self) -> None:
        with open_books(size=2) as books:
            period = books.wallet(1)["period_id"]
            tenant = books.tenants[0]
            with pytest.raises(IntegrityError, match="period"), transaction.atomic():
                send(
                    books,
                    Line(kind="wallet", amount_minor=5, tenant_id=tenant, period_id=period),
                    Line(kind="bank", amount_minor=-5),
                )

    def test_a_wallet_that_does_not_exist(self) -> None:
        with open_books() as books:
            books.tenants[0] += 10**6
            with pytest.raises(WalletNotFound):
                books.post(5)


class TestReverse:
    def test_it_posts_the_opposite_once(self) -> None:
        with open_books() as books:
            original = books.post(2500).posting_id

            def undo(key: str = "undo") -> Any:
                return posting.reverse(
                    provider_id=books.provider_id, posting_id=original, key=key, now=NOW
                )

            first = undo()

            assert books.balance() == 0
            assert undo().posting_id == first.posting_id
            with pytest.raises(AlreadyReversed):
                undo("another")
            with pytest.raises(AlreadyReversed):
                posting.reverse(
                    provider_id=books.provider_id, posting_id=first.posting_id, key="x", now=NOW
                )

    def test_bulk_postings_are_corrected_by_usage(self) -> None:
        with open_books() as books:
            (bulk,) = books.due(5).posting_ids
            with pytest.raises(AlreadyReversed):
                posting.reverse(provider_id=books.provider_id, posting_id=bulk, key="x", now=NOW)

    def test_an_unknown_posting_is_not_found(self) -> None:
        with open_books() as books, pytest.raises(PostingNotFound):
            posting.reverse(provider_id=books.provider_id, posting_id=10**9, key="x", now=NOW)

    def test_a_bad_key_is_refused(self) -> None:
        with open_books() as books:
            original = books.post(5).posting_id
            with pytest.raises(InvalidKey):
                posting.reverse(provider_id=books.provider_id, posting_id=original, key="", now=NOW)


@pytest.fixture
def heard() -> Iterator[list[CreditPosted]]:
    found: list[CreditPosted] = []
    before = dict(events.dispatcher._inside)
    events.dispatcher.join_transaction(CreditPosted, found.append)
    yield found
    events.dispatcher._inside.clear()
    events.dispatcher._inside.update(before)


class TestCreditPosted:
    def test_it_is_told_in_the_transaction(self, heard: list[CreditPosted]) -> None:
        with open_books() as books:
            result = books.post(2500, source_type="payment", source_id="p1")
            books.post(-5)

            assert [(event.posting_id, event.amount_minor, event.source_id) for event in heard] == [
                (result.posting_id, 2500, "p1")
            ]
            assert heard[0].wallet_id == books.wallets[0]

    def test_a_repeated_call_tells_nothing(self, heard: list[CreditPosted]) -> None:
        with open_books() as books:
            books.post(2500, key="a")
            books.post(2500, key="a")

            assert len(heard) == 1
