"""A statement that is planned once gives what it gave before, to whoever asks, in whatever session."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import transaction

from billing_platform.kernel.errors import TransactionRequiredError
from billing_platform.kernel.plans import fetch_planned, forget_plans, planned_once
from billing_platform.kernel.rows import execute, fetch_all
from billing_platform.kernel.scope import provider_scope, system_scope
from tests.roles import as_role, set_role

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
ECHO = """
SELECT %(number)s AS number, %(text)s AS text, %(at)s AS at, %(exact)s AS exact, %(sure)s AS sure, %(ids)s AS ids,
       %(nothing)s::bigint AS nothing, %(none)s::text[] AS none, 7 %% 4 AS rest, %(number)s AS again
"""
VALUES = {
    "number": 2**40,
    "text": "per cent: %",
    "at": NOON,
    "exact": Decimal("0.000000000001"),
    "sure": True,
    "ids": [3, 2**33],
    "nothing": None,
    "none": [],
}
RUNS = "SELECT provider_id FROM kernel_job_run WHERE started_at >= %(at)s ORDER BY 1"
COUNTERS = """
SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE name LIKE 'billing\\_%' ORDER BY prepare_time
"""


@pytest.fixture
def nothing_prepared(db: None) -> None:
    execute("DEALLOCATE ALL")


@pytest.fixture
def runs(nothing_prepared: None) -> None:
    set_role("worker")
    for provider_id in (1, 2):
        with provider_scope(provider_id):
            execute(
                "INSERT INTO kernel_job_run (provider_id, job, fence, started_at, lease_until)"
                " VALUES (%s, 'charge', 1, %s, %s)",
                [provider_id, NOON, NOON],
            )


@pytest.mark.usefixtures("nothing_prepared")
class TestFetchPlanned:
    def test_values_of_every_kind_come_back(self) -> None:
        with system_scope():
            plain = fetch_planned(ECHO, VALUES)
            with planned_once():
                prepared = [fetch_planned(ECHO, VALUES) for _ in range(2)]

        assert plain == prepared[0] == prepared[1]
        assert plain == [{**VALUES, "rest": 3, "again": 2**40}]

    def test_one_plan_serves_all_transactions_of_a_session(self) -> None:
        for number in (1, 2, 3):
            with system_scope(), planned_once():
                assert fetch_planned("SELECT %(n)s + 1 AS n", {"n": number}) == [{"n": number + 1}]

        assert fetch_all(COUNTERS) == [(3, 0)]

    def test_outside_it_nothing_is_prepared(self) -> None:
        assert fetch_planned("SELECT %(n)s AS n", {"n": 1}) == [{"n": 1}]
        assert fetch_all(COUNTERS) == []

    def test_another_session_behind_a_pooler_prepares_anew(self) -> None:
        for _ in range(2):
            with system_scope(), planned_once():
                assert fetch_planned("SELECT %(n)s AS n", {"n": 1}) == [{"n": 1}]
            execute("DEALLOCATE ALL")

    @pytest.mark.usefixtures("runs")
    def test_a_plan_shows_each_scope_its_own_rows(self) -> None:
        for provider_id in (1, 2, 1):
            with provider_scope(provider_id), planned_once():
                assert fetch_planned(RUNS, {"at": NOON}) == [{"provider_id": provider_id}]
        with system_scope(), planned_once():
            assert len(fetch_planned(RUNS, {"at": NOON})) == 2

    @pytest.mark.usefixtures("runs")
    def test_a_plan_of_one_role_shows_another_role_no_more_than_its_own(self) -> None:
        with system_scope(), planned_once():
            assert len(fetch_planned(RUNS, {"at": NOON})) == 2
            with as_role("app"):
                assert fetch_planned(RUNS, {"at": NOON}) == []

    def test_plans_are_made_anew_when_they_are_forgotten(self) -> None:
        with system_scope(), planned_once():
            fetch_planned("SELECT %(n)s AS n", {"n": 1})
            forget_plans()
            assert fetch_planned("SELECT %(n)s AS n", {"n": 2}) == [{"n": 2}]


@pytest.mark.django_db
class TestPlannedOnce:
    def test_the_planner_is_itself_again_after_the_transaction(self) -> None:
        with pytest.raises(ZeroDivisionError), transaction.atomic(), planned_once():
            raise ZeroDivisionError

        assert fetch_all("SELECT current_setting('plan_cache_mode')") == [("auto",)]


class TestPlannedOnceAlone:
    def test_it_refuses_to_work_without_a_transaction(self, committed_db: str) -> None:
        with pytest.raises(TransactionRequiredError), planned_once():
            pass
