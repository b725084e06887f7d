"""Grants are used in their order, given back where they came from, and expire by a posting."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts.errors import InvalidPostingAmount
from accounts.services import dues, grants, posting, reservations, suspension_rules
from accounts.services.audit import verify
from accounts.types import GrantTerms
from billing_platform.kernel.money import Money
from tests.accounts.books import HOUR, NOW, Books, open_books, rows
from tests.accounts.oracle import OracleWallet

pytestmark = pytest.mark.django_db


def grant(books: Books, amount: int, *, now: datetime = NOW, **extra: Any) -> int:
    extra.setdefault("key", f"grant:{amount}:{now}:{extra}")
    result = grants.grant_credit(
        provider_id=books.provider_id,
        tenant_id=books.tenants[0],
        amount=Money(amount, "USD"),
        now=now,
        **extra,
    )
    return result.posting_id


def remaining() -> list[int]:
    return [
        row["remaining"] for row in rows("SELECT remaining FROM accounts_credit_grant ORDER BY id")
    ]


class TestOrder:
    def test_lower_priority_then_earlier_expiry_then_oldest(self) -> None:
        with open_books() as books:
            grant(books, 10, key="late", expires_at=NOW + 9 * HOUR)
            grant(books, 10, key="soon", expires_at=NOW + HOUR)
            grant(books, 10, key="never")
            grant(books, 10, key="first", priority=1)

            books.due(25)

            assert remaining() == [5, 0, 10, 0]

    def test_promotional_credit_goes_before_paid_credit(self) -> None:
        with open_books() as books:
            books.post(100)
            grant(books, 10, priority=100)

            books.due(15)

            assert remaining() == [0]
            assert books.balance() == 95

    def test_credit_of_a_later_priority_waits_for_paid_credit(self) -> None:
        with open_books() as books:
            books.post(100)
            grant(books, 10, priority=200)

            books.due(105)

            assert remaining() == [5]

    def test_a_payment_out_of_the_wallet_draws_on_them_as_well(self) -> None:
        with open_books() as books:
            grant(books, 10)
            books.post(-4)

            assert remaining() == [6]


class TestGivingBack:
    def test_a_lower_due_returns_to_the_grant(self) -> None:
        with open_books() as books:
            books.post(100)
            grant(books, 10)
            books.due(30)

            books.due(25)
            assert remaining() == [5]
            books.due(5)

            assert remaining() == [10]
            assert books.balance() == 105

    def test_a_reversed_payment_returns_to_the_grant(self) -> None:
        with open_books() as books:
            grant(books, 10)
            spent = books.post(-4).posting_id

            posting.reverse(provider_id=books.provider_id, posting_id=spent, key="undo", now=NOW)

            assert remaining() == [10]

    def test_a_reversed_grant_is_taken_from_itself(self) -> None:
        with open_books() as books:
            grant(books, 10, priority=1, key="a")
            given = grant(books, 20, key="b")

            posting.reverse(provider_id=books.provider_id, posting_id=given, key="undo", now=NOW)

            assert remaining() == [10, 0]
            assert books.balance() == 10

    def test_money_that_goes_back_leaves_bonus_alone(self) -> None:
        with open_books() as books:
            paid = books.post(100).posting_id
            grant(books, 10)
            books.post(-60, kind="refund", spares_bonus=True)
            assert remaining() == [10]

            posting.reverse(provider_id=books.provider_id, posting_id=paid, key="undo", now=NOW)

            assert remaining() == [0]
            assert books.balance() == -50


class TestGrantCredit:
    def test_it_pays_what_is_owed_first(self) -> None:
        with open_books() as books:
            books.due(6)

            grant(books, 10)

            assert (books.balance(), remaining()) == (4, [4])

    @pytest.mark.parametrize("amount", [0, -5])
    def test_it_refuses_nothing(self, amount: int) -> None:
        with open_books() as books, pytest.raises(InvalidPostingAmount):
            grant(books, amount)

    def test_it_refuses_what_is_over_before_it_begins(self) -> None:
        with open_books() as books, pytest.raises(InvalidPostingAmount):
            grant(books, 5, expires_at=NOW)

    def test_a_bonus_may_be_part_of_a_top_up(self) -> None:
        with open_books() as books:
            books.post(120, grant=GrantTerms(amount_minor=20))
            assert remaining() == [20]
            with pytest.raises(InvalidPostingAmount):
                books.post(10, grant=GrantTerms(amount_minor=11))


class TestExpireGrants:
    def test_the_rest_is_posted_at_its_time_once(self) -> None:
        with open_books() as books:
            books.post(100)
            grant(books, 10, expires_at=NOW + HOUR)
            books.due(3)

            def expire() -> int:
                return grants.expire_grants(provider_id=books.provider_id, now=NOW + 5 * HOUR)

            assert (expire(), expire()) == (1, 0)
            posted = rows(
                "SELECT effective_at, recorded_at FROM accounts_posting WHERE kind = 'grant_expiry'"
            )
            assert [tuple(row.values()) for row in posted] == [(NOW + HOUR, NOW + 5 * HOUR)]
            assert (books.balance(), remaining()) == (100, [0])

    def test_an_expired_grant_is_not_used_even_before_its_posting(self) -> None:
        with open_books() as books:
            books.post(100)
            grant(books, 10, expires_at=NOW + HOUR)

            books.due(3, now=NOW + 2 * HOUR)

            assert remaining() == [10]

    def test_what_returns_to_an_expired_grant_expires_again(self) -> None:
        with open_books() as books:
            books.post(100)
            grant(books, 10, expires_at=NOW + HOUR)
            books.due(4)
            grants.expire_grants(provider_id=books.provider_id, now=NOW + HOUR)
            books.due(1, now=NOW + 2 * HOUR)
            assert remaining() == [3]

            assert grants.expire_grants(provider_id=books.provider_id, now=NOW + 3 * HOUR) == 1

            assert (books.balance(), remaining()) == (100, [0])


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("charge"), st.integers(0, 60)),
        st.tuples(st.just("credit"), st.integers(1, 40)),
        st.tuples(
            st.just("grant"),
            st.integers(1, 30),
            st.sampled_from([1, 50, 100, 150]),
            st.integers(0, 6),
        ),
        st.tuples(st.just("expire")),
        st.tuples(st.just("reserve"), st.integers(0, 20)),
        st.tuples(st.just("rule"), st.booleans(), st.integers(-20, 20), st.integers(0, 3)),
        st.tuples(st.just("watch")),
    ),
    min_size=1,
    max_size=14,
)


class TestAgainstTheOracle:
    @settings(
        max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(steps=STEPS)
    @example(steps=[("charge", 1), ("rule", True, 0, 2), ("charge", 1), ("watch",)])
    def test_any_course_of_events_ends_the_same(self, steps: list[tuple[Any, ...]]) -> None:
        with transaction.atomic():
            with open_books() as books:
                oracle = OracleWallet()
                for no, step in enumerate(steps):
                    run(books, oracle, step, NOW + no * HOUR, no)
                    compare(books, oracle)
                assert verify(provider_id=books.provider_id).findings == ()
            transaction.set_rollback(True)


def run(books: Books, oracle: OracleWallet, step: tuple[Any, ...], now: datetime, no: int) -> None:
    kind, *values = step
    if kind == "charge":
        books.due(values[0], now=now)
        oracle.charge(values[0], now)
    elif kind == "credit":
        books.post(values[0], now=now)
        oracle.credit(values[0], now)
    elif kind == "grant":
        amount, priority, hours = values
        expires_at = now + hours * HOUR if hours else None
        grant(books, amount, now=now, priority=priority, expires_at=expires_at, key=f"grant:{no}")
        oracle.grant(amount, now, priority=priority, expires_at=expires_at)
    else:
        run_rule(books, oracle, step, now)


def run_rule(books: Books, oracle: OracleWallet, step: tuple[Any, ...], now: datetime) -> None:
    kind, *values = step
    scope: dict[str, Any] = {"provider_id": books.provider_id, "now": now}
    wallet = {**scope, "wallet_id": books.wallets[0]}
    if kind == "expire":
        if grants.expire_grants(**scope):
            oracle.expire(now)
    elif kind == "reserve":
        if reservations.set_reserved(**wallet, key="tax:1", amount_minor=values[0]):
            oracle.reserve(values[0], now)
    elif kind == "rule":
        is_on, limit, hours = values
        grace = timedelta(hours=hours)
        suspension_rules.change_suspension_rule(
            **wallet, suspend_on=is_on, limit_minor=limit, grace=grace
        )
        oracle.rule(is_on=is_on, limit=limit, grace=grace, now=now)
    else:
        dues.suspend_watched(**scope, tenant_from=0, tenant_to=2**62)
        oracle.watch(now)


def compare(books: Books, oracle: OracleWallet) -> None:
    row = books.wallet()
    assert (row["balance"], row["reserved"], row["period_posted"]) == (
        oracle.balance,
        oracle.reserved,
        oracle.posted,
    )
    assert remaining() == [grant.remaining for grant in oracle.grants]
    assert row["below_since"] == oracle.below_since
    assert books.is_suspended() == oracle.suspended
    assert row["state_version"] == oracle.flips
