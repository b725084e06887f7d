"""Processes that want the same money at the same time: one decides, and the books stay right."""

from __future__ import annotations

import os
import signal
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection

from accounts.errors import AlreadyReversed, IdempotencyConflict, InsufficientFunds, SealTooEarly
from accounts.services import grants, posting, reservations, sealing
from accounts.services.audit import verify
from accounts.types import Line, PostingRequest
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from tests.accounts.books import HOUR, NOW, Books, fill_books, make_provider, rows
from tests.roles import as_role
from tests.usage.faults.workers import start, together

pytestmark = pytest.mark.processes


@pytest.fixture
def books(committed_db: str) -> Books:
    provider_id = make_provider(suspension_enabled=True)
    with provider_scope(provider_id):
        return fill_books(provider_id, size=2)


def check(books: Books) -> None:
    """The books are right, tenants agree with their wallets, messages alternate without a gap."""
    with as_role("worker"), provider_scope(books.provider_id):
        assert verify(provider_id=books.provider_id).findings == ()
        for no, tenant_id in enumerate(books.tenants):
            sent = [m for m in books.messages("wallet.state") if m["tenant_id"] == tenant_id]
            assert [m["version"] for m in sent] == list(range(1, len(sent) + 1))
            assert [m["suspended"] for m in sent] == [n % 2 == 0 for n in range(len(sent))]
            assert books.is_suspended(no) == bool(len(sent) % 2)


def spend(books: Books, key: str, amount: int) -> str:
    with provider_scope(books.provider_id):
        try:
            return str(books.post(-amount, key=key, floor=0).posting_id)
        except (InsufficientFunds, IdempotencyConflict) as error:
            return type(error).__name__


class TestSpending:
    def test_the_same_credit_is_not_spent_twice(self, books: Books) -> None:
        with provider_scope(books.provider_id):
            books.post(100)

        ends = together(*(partial(spend, books, f"s{no}", 60) for no in range(6)))

        answers = sorted(answer for _, answer in ends)
        assert answers.count("InsufficientFunds") == 5
        with provider_scope(books.provider_id):
            assert books.balance() == 40
        check(books)

    def test_the_same_key_is_one_posting(self, books: Books) -> None:
        with provider_scope(books.provider_id):
            books.post(100)

        ends = together(*(partial(spend, books, "same", 60) for _ in range(6)))

        assert len({answer for _, answer in ends}) == 1
        with provider_scope(books.provider_id):
            assert books.balance() == 40
        check(books)

    def test_one_of_two_requests_has_the_key(self, books: Books) -> None:
        with provider_scope(books.provider_id):
            books.post(100)

        ends = together(*(partial(spend, books, "same", amount) for amount in (10, 20, 30)))

        assert sorted(answer == "IdempotencyConflict" for _, answer in ends) == [False, True, True]
        check(books)


def take_back(books: Books, posting_id: int, key: str) -> str:
    try:
        with provider_scope(books.provider_id):
            posting.reverse(provider_id=books.provider_id, posting_id=posting_id, key=key, now=NOW)
    except AlreadyReversed:
        return "refused"
    return "done"


class TestReversal:
    def test_of_many_at_once_one_takes_it_back(self, books: Books) -> None:
        with provider_scope(books.provider_id):
            posted = [books.post(100).posting_id for _ in range(8)]

        def take_all_back(name: str) -> list[str]:
            return [take_back(books, one, f"{name}:{one}") for one in posted]

        ends = together(*(partial(take_all_back, name) for name in "abc"))

        each = zip(*(answers for _, answers in ends), strict=True)
        assert [sorted(answers) for answers in each] == [["done", "refused", "refused"]] * 8
        with provider_scope(books.provider_id):
            assert books.balance() == 0
        check(books)


def transfer(books: Books, first: int, second: int) -> int:
    for no in range(25):
        lines = (
            Line(kind="wallet", amount_minor=-1, tenant_id=books.tenants[first]),
            Line(kind="wallet", amount_minor=1, tenant_id=books.tenants[second]),
        )
        key = f"transfer:{first}:{no}"
        request = PostingRequest(kind="adjustment", currency="USD", lines=lines, key=key)
        with provider_scope(books.provider_id):
            posting.post(provider_id=books.provider_id, request=request, now=NOW)
    return 1


class TestLockOrder:
    def test_opposite_transfers_do_not_deadlock(self, books: Books) -> None:
        ends = together(partial(transfer, books, 0, 1), partial(transfer, books, 1, 0))

        assert [code for code, _ in ends] == [0, 0]
        with provider_scope(books.provider_id):
            assert [books.balance(0), books.balance(1)] == [0, 0]
        check(books)


def charge(books: Books, rounds: int) -> int:
    for no in range(1, rounds + 1):
        with provider_scope(books.provider_id):
            books.due(no * 5, no * 7, now=NOW + no * HOUR)
    return 1


def top_up(books: Books, wallet: int, name: str, rounds: int) -> int:
    for no in range(rounds):
        with provider_scope(books.provider_id):
            books.post(6, no=wallet, key=f"{name}:{no}", now=NOW + no * HOUR)
    return 1


def give_and_take(books: Books, rounds: int) -> int:
    scope: dict[str, Any] = {"provider_id": books.provider_id, "now": NOW}
    for no in range(rounds):
        with provider_scope(books.provider_id):
            grants.grant_credit(
                **scope, tenant_id=books.tenants[0], amount=Money(4, "USD"), key=f"g:{no}"
            )
        with provider_scope(books.provider_id):
            reservations.set_reserved(
                **scope, wallet_id=books.wallets[0], key=f"r:{no % 3}", amount_minor=no % 5
            )
        with provider_scope(books.provider_id):
            books.post(-2, key=f"out:{no}")
    return 1


class TestChargingBesideEverything:
    def test_top_ups_race_with_suspension(self, books: Books) -> None:
        ends = together(
            partial(charge, books, 40),
            partial(top_up, books, 0, "a", 40),
            partial(top_up, books, 1, "b", 40),
        )

        assert [code for code, _ in ends] == [0, 0, 0]
        with provider_scope(books.provider_id):
            assert (books.balance(0), books.balance(1)) == (40, -40)
            assert (books.is_suspended(0), books.is_suspended(1)) == (False, True)
        check(books)

    def test_grants_and_reservations_race_with_charges(self, books: Books) -> None:
        ends = together(
            partial(charge, books, 25),
            partial(give_and_take, books, 25),
            partial(top_up, books, 0, "a", 25),
        )

        assert [code for code, _ in ends] == [0, 0, 0]
        with provider_scope(books.provider_id):
            assert books.balance(0) == -25 * 5 + 25 * 6 + 25 * 4 - 25 * 2
            assert books.wallet(0)["reserved"] == 24 % 5 + 23 % 5 + 22 % 5
        check(books)


def post_and_die(books: Books) -> None:
    with provider_scope(books.provider_id):
        books.post(500, key="dying")
        os.kill(os.getpid(), signal.SIGKILL)


def expire(books: Books, rounds: int) -> int:
    for no in range(rounds):
        with provider_scope(books.provider_id):
            grants.expire_grants(provider_id=books.provider_id, now=NOW + no * HOUR)
    return 1


class TestExpiry:
    def test_expiry_of_many_wallets_does_not_deadlock_with_charging(self, books: Books) -> None:
        with provider_scope(books.provider_id):
            for no in range(50):
                grants.grant_credit(
                    provider_id=books.provider_id,
                    tenant_id=books.tenants[no % 2],
                    amount=Money(9, "USD"),
                    key=f"g:{no}",
                    now=NOW - HOUR,
                    expires_at=NOW + (no // 2) * HOUR,
                )

        ends = together(partial(charge, books, 25), partial(expire, books, 25))

        assert [code for code, _ in ends] == [0, 0]
        check(books)


class TestKill:
    def test_a_killed_posting_never_was_and_holds_nobody_up(self, books: Books) -> None:
        code, _ = start(partial(post_and_die, books)).wait()
        assert code == -signal.SIGKILL

        with provider_scope(books.provider_id):
            assert books.post(500, key="dying").created
            assert books.balance() == 500
        check(books)


def seal(books: Books, days_ago: int) -> str:
    with provider_scope(books.provider_id):
        day = NOW.date() - timedelta(days=days_ago)
        try:
            return str(sealing.seal_day(provider_id=books.provider_id, day=day, now=NOW).postings)
        except SealTooEarly:
            return "refused"


class TestSealing:
    def test_a_day_is_sealed_by_one_of_many(self, books: Books) -> None:
        with provider_scope(books.provider_id):
            books.post(5, now=NOW - timedelta(days=2))

        ends = together(*(partial(seal, books, 1) for _ in range(4)))

        assert sorted(answer for _, answer in ends) == ["1", "refused", "refused", "refused"]
        check(books)

    def test_what_commits_late_lies_in_the_next_seal(self, books: Books) -> None:
        long_ago = NOW - timedelta(days=5)
        with provider_scope(books.provider_id):
            books.post(5, now=long_ago)
        connection.close()
        reading, writing = os.pipe()
        late = start(partial(post_late, books, writing, long_ago))
        os.read(reading, 1)  # it has posted, its transaction is open
        os.waitpid(late.pid, os.WUNTRACED)  # and it stands still

        first = start(partial(seal, books, 2)).wait()
        os.kill(late.pid, signal.SIGCONT)
        assert late.wait() == (0, "late")
        second = start(partial(seal, books, 1)).wait()

        assert (first, second) == ((0, "1"), (0, "1"))
        check(books)
        with provider_scope(books.provider_id):
            assert rows("SELECT 1 FROM accounts_proof WHERE seal_id IS NULL") == []


def post_late(books: Books, writing: int, now: Any) -> str:
    with provider_scope(books.provider_id):
        books.post(7, now=now)
        os.write(writing, b"x")
        os.kill(os.getpid(), signal.SIGSTOP)  # until the first seal is made
    return "late"
