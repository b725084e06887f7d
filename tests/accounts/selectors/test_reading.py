"""Balances, statements and proofs as pages read them."""

from __future__ import annotations

import pytest

from accounts.errors import WalletNotFound
from accounts.selectors.balances import (
    balance_at,
    provider_balances,
    tenant_balances,
    wallet_of,
    wallets_of,
)
from accounts.selectors.proofs import last_proof
from accounts.selectors.statements import statement
from accounts.services import posting, reservations, sealing
from accounts.types import Line, PostingRequest
from billing_platform.kernel.scope import provider_scope, tenant_scope
from tests.accounts.books import HOUR, NOW, Books, fill_books, make_provider, open_books
from tests.roles import as_role

pytestmark = pytest.mark.django_db


class TestWallets:
    def test_the_three_faces_agree(self) -> None:
        with open_books() as books:
            books.post(500)
            reservations.set_reserved(
                provider_id=books.provider_id,
                wallet_id=books.wallets[0],
                key="tax:1",
                amount_minor=30,
                now=NOW,
            )

            wallet = wallet_of(books.provider_id, books.tenants[0], "USD")

            assert (wallet.settled, wallet.reserved, wallet.available) == (500, 30, 470)
            assert wallets_of(books.provider_id, books.tenants) == [wallet]
            with pytest.raises(WalletNotFound):
                wallet_of(books.provider_id, books.tenants[0], "EUR")

    def test_a_balance_as_of_a_time(self) -> None:
        with open_books() as books:
            books.post(500, now=NOW - 2 * HOUR)
            books.due(30, now=NOW)
            wallet = books.wallets[0]

            at = [
                balance_at(books.provider_id, wallet, NOW - 3 * HOUR),
                balance_at(books.provider_id, wallet, NOW - 2 * HOUR),
                balance_at(books.provider_id, wallet, NOW),
            ]

            assert at == [0, 500, 470]


class TestOtherAccounts:
    def test_tenants_owe_on_a_receivable(self) -> None:
        with open_books() as books:
            lines = (
                Line(kind="receivable", amount_minor=-500, tenant_id=books.tenants[0]),
                Line(kind="revenue_usage", amount_minor=500),
            )
            request = PostingRequest(kind="invoice", currency="USD", lines=lines, key="i")
            posting.post(provider_id=books.provider_id, request=request, now=NOW)

            owed = tenant_balances(books.provider_id, books.tenants[0])

            assert owed == {("receivable", "USD"): -500}

    def test_the_providers_come_from_rollups_and_what_is_unsealed(self) -> None:
        with open_books() as books:
            books.post(500, now=NOW - 48 * HOUR)
            books.due(30, now=NOW - 47 * HOUR)
            before = provider_balances(books.provider_id)
            seal(books)
            assert provider_balances(books.provider_id) == before

            books.due(45)

            after = provider_balances(books.provider_id)
            assert after["revenue_usage", "USD"] == 45
            assert after["gateway_clearing", "USD"] == -500


def seal(books: Books) -> None:
    with as_role("worker"):
        sealing.seal_due_days(provider_id=books.provider_id, now=NOW)


class TestStatement:
    def test_it_pages_by_entry_with_running_balances(self) -> None:
        with open_books() as books:
            for no in range(1, 6):
                books.post(no)
            account = (books.provider_id, books.wallets[0])

            first = statement(*account, limit=2)
            books.post(100)
            second = statement(*account, limit=2, before=first.next_before)
            third = statement(*account, limit=2, before=second.next_before)

            lines = [*first.lines, *second.lines, *third.lines]
            assert [line.amount_minor for line in lines] == [5, 4, 3, 2, 1]
            assert [line.balance_after_minor for line in lines] == [15, 10, 6, 3, 1]
            assert third.next_before is None

    def test_it_filters_by_kind_and_time(self) -> None:
        with open_books() as books:
            books.post(500, now=NOW - 2 * HOUR, reason="thanks")
            books.due(30, now=NOW - HOUR)
            books.post(7, kind="credit", against="adjustment")
            account = (books.provider_id, books.wallets[0])

            assert [line.kind for line in statement(*account, kinds=["usage"]).lines] == ["usage"]
            timed = statement(*account, since=NOW - 2 * HOUR, until=NOW).lines
            assert [(line.kind, line.reason) for line in timed] == [
                ("usage", ""),
                ("top_up", "thanks"),
            ]
            assert timed[0].hours_to == NOW - HOUR

    def test_a_tenant_reads_its_own(self) -> None:
        provider_id = make_provider(suspension_enabled=True)
        with provider_scope(provider_id):
            books = fill_books(provider_id, size=2)
            books.due(30, 40)
        with tenant_scope(provider_id, books.tenants[0]):
            (line,) = statement(provider_id, books.wallets[0]).lines
            assert (line.kind, line.amount_minor) == ("usage", -30)
            assert statement(provider_id, books.wallets[1]).lines == ()


class TestLastProof:
    def test_it_is_the_newest_seal(self) -> None:
        with open_books() as books:
            assert last_proof(books.provider_id) is None
            books.post(500, now=NOW - 24 * HOUR)
            seal(books)

            proof = last_proof(books.provider_id)

            assert proof is not None
            assert (proof.number, proof.postings, proof.entries) == (1, 1, 2)
            assert len(proof.seal_hash) == 64
