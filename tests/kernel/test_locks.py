"""Rows are locked in one order, and only inside a transaction."""

from __future__ import annotations

import threading

import pytest
from django.db import transaction

from billing_platform.kernel.errors import NotFoundError, TransactionRequiredError
from billing_platform.kernel.locks import (
    hold_name,
    lock_rows,
    require_atomic,
    try_lock_name,
    try_one_of,
)
from billing_platform.kernel.models import Counter
from billing_platform.kernel.scope import provider_scope
from tests.kernel.races import in_threads


def make_counters(provider_id: int, count: int) -> list[int]:
    with provider_scope(provider_id):
        return [
            Counter.objects.create(provider_id=provider_id, series=f"s{number}", value=1).pk
            for number in range(count)
        ]


class TestRequireAtomic:
    def test_it_refuses_to_work_without_a_transaction(self, committed_db: str) -> None:
        with pytest.raises(TransactionRequiredError):
            require_atomic()
        with pytest.raises(TransactionRequiredError):
            hold_name("tests.locks", 1)
        with pytest.raises(TransactionRequiredError):
            try_one_of(["tests.locks"], 1)
        with transaction.atomic():
            require_atomic()


class TestLockRows:
    @pytest.mark.django_db
    def test_it_returns_the_rows_by_id(self) -> None:
        first, second, third = make_counters(1, 3)

        with provider_scope(1):
            locked = lock_rows(Counter.objects.all(), [third, first, second, first])

        assert [row.pk for row in locked] == [first, second, third]

    @pytest.mark.django_db
    def test_a_row_that_is_not_visible_is_not_found(self) -> None:
        own, foreign = make_counters(1, 1)[0], make_counters(2, 1)[0]

        with provider_scope(1), pytest.raises(NotFoundError):
            lock_rows(Counter.objects.all(), [own, foreign])

    def test_it_refuses_to_work_without_a_transaction(self, committed_db: str) -> None:
        with pytest.raises(TransactionRequiredError):
            lock_rows(Counter.objects.all(), [1])

    def test_callers_in_opposite_order_do_not_deadlock(self, committed_db: str) -> None:
        ids = make_counters(1, 4)

        def lock_often(wanted: list[int]) -> int:
            for _ in range(25):
                with provider_scope(1):
                    lock_rows(Counter.objects.all(), wanted)
            return len(wanted)

        assert in_threads(lock_often, [ids, ids[::-1], ids[2:] + ids[:2]], role="app") == [4, 4, 4]


class TestTryLockName:
    def test_it_excludes_others_until_the_transaction_ends(self, committed_db: str) -> None:
        taken, tried = threading.Event(), threading.Event()

        def hold(_: int) -> bool:
            with transaction.atomic():
                is_ours = try_lock_name(-5)
                taken.set()
                assert tried.wait(10)
            return is_ours

        def try_meanwhile(_: int) -> bool:
            assert taken.wait(10)
            with transaction.atomic():
                is_ours = try_lock_name(-5)
            tried.set()
            return is_ours

        results = in_threads(lambda work: work(0), [hold, try_meanwhile])

        assert results == [True, False]
        with transaction.atomic():
            assert try_lock_name(-5)


class TestTryOneOf:
    def test_takes_one_after_the_other_until_none_is_left(self, committed_db: str) -> None:
        def count_from(number: int) -> list[bool]:
            with transaction.atomic():
                is_ours = try_one_of(["tests.a", "tests.b"], 7)
                beside = in_threads(count_from, [number + 1])[0] if number < 3 else []
            return [is_ours, *beside]

        assert count_from(1) == [True, True, False]
        assert count_from(3) == [True], "the transactions before have ended"

    def test_of_another_number_are_other_locks(self, committed_db: str) -> None:
        def take(number: int) -> bool:
            with transaction.atomic():
                return try_one_of(["tests.a"], number)

        with transaction.atomic():
            assert try_one_of(["tests.a"], 7)
            assert in_threads(take, [7, 8]) == [False, True]
