"""Numbers of a series have no gap and no double, however many take them at once."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from billing_platform.kernel.counters import next_number, next_numbers
from billing_platform.kernel.errors import TransactionRequiredError
from billing_platform.kernel.kernel_rows import ForeignProviderError
from billing_platform.kernel.models import Counter
from billing_platform.kernel.scope import provider_scope, tenant_scope
from tests.kernel.races import die, in_killed_process, in_threads


def take(provider_id: int = 1, series: str = "invoice") -> int:
    with provider_scope(provider_id):
        return next_number(provider_id=provider_id, series=series)


@pytest.mark.django_db
class TestNextNumber:
    def test_it_counts_from_one(self) -> None:
        assert [take() for _ in range(3)] == [1, 2, 3]

    def test_each_provider_and_series_counts_alone(self) -> None:
        assert [take(1), take(2), take(1, "receipt"), take(1)] == [1, 1, 1, 2]

    def test_a_rollback_gives_the_number_back(self) -> None:
        take()
        with transaction.atomic():
            assert take() == 2
            transaction.set_rollback(True)

        assert take() == 2

    def test_a_tenant_s_action_may_take_one(self) -> None:
        with tenant_scope(1, 7):
            assert next_number(provider_id=1, series="receipt") == 1

    def test_a_tenant_does_not_see_the_counter(self) -> None:
        take()

        with tenant_scope(1, 7):
            assert not Counter.objects.exists()

    def test_another_provider_s_is_out_of_reach(self) -> None:
        with provider_scope(2), pytest.raises(ForeignProviderError):
            next_number(provider_id=1, series="invoice")


@pytest.mark.django_db
class TestNextNumbers:
    def test_a_block_has_no_gap(self) -> None:
        with provider_scope(1):
            first = next_numbers(provider_id=1, series="invoice", count=3)
            second = next_numbers(provider_id=1, series="invoice", count=2)

        assert [*first, *second, take()] == [1, 2, 3, 4, 5, 6]

    def test_an_empty_block_is_refused(self) -> None:
        with provider_scope(1), pytest.raises(ValueError, match="at least one"):
            next_numbers(provider_id=1, series="invoice", count=0)


class TestRaces:
    def test_it_refuses_to_work_without_a_transaction(self, committed_db: str) -> None:
        with pytest.raises(TransactionRequiredError):
            next_number(provider_id=1, series="invoice")

    def test_eight_threads_with_rollbacks_leave_no_gap(self, committed_db: str) -> None:
        def issue(thread: int) -> list[int]:
            issued = []
            for attempt in range(50):
                is_undone = (thread + attempt) % 5 == 0
                with provider_scope(1):
                    number = next_number(provider_id=1, series="invoice")
                    transaction.set_rollback(is_undone)
                if not is_undone:
                    issued.append(number)
            return issued

        numbers = sorted(n for issued in in_threads(issue, range(8), role="app") for n in issued)

        assert numbers == list(range(1, 321))

    def test_first_users_at_once_share_a_series(self, committed_db: str) -> None:
        for round_ in range(10):
            numbers = in_threads(lambda series: take(1, series), [f"new/{round_}"] * 4, role="app")
            assert sorted(numbers) == [1, 2, 3, 4]

    def test_a_killed_process_leaves_no_gap(self, committed_db: str) -> None:
        def take_and_die() -> None:
            with provider_scope(1):
                next_number(provider_id=1, series="invoice")
                die()

        in_killed_process(take_and_die, role="app")

        assert take() == 1


@pytest.mark.django_db
class TestTable:
    @pytest.mark.parametrize(
        ("series", "value", "constraint"),
        [("invoice", 1, "series"), ("other", 0, "value"), ("", 1, "named")],
    )
    def test_the_database_refuses_a_wrong_counter(
        self, series: str, value: int, constraint: str
    ) -> None:
        take()

        with pytest.raises(IntegrityError, match=f"kernel_counter_{constraint}"), provider_scope(1):
            Counter.objects.create(provider_id=1, series=series, value=value)
