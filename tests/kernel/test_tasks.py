"""A task knows whose rows it works on, or it does not run."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.db import connection

from billing_platform.kernel import outbox
from billing_platform.kernel.heartbeats import job_run
from billing_platform.kernel.job_history import last_runs
from billing_platform.kernel.outbox import RELAY_TASK, Message, enqueue, register_handler
from billing_platform.kernel.rows import fetch_one
from billing_platform.kernel.scope import Scope, current_scope, provider_scope
from billing_platform.kernel.tasks import (
    TaskScopeError,
    platform_task,
    relay_outbox,
    scoped_task,
    sweep_outbox,
    tidy_kernel,
)
from tests.kernel.races import HandClock
from tests.roles import set_role

SEEN: list[tuple[Scope | None, bool]] = []


def note() -> None:
    SEEN.append((current_scope(), connection.in_atomic_block))


@scoped_task(name="test.provider")
def work_for_provider(*, provider_id: int) -> None:
    note()


@scoped_task(name="test.tenant", max_retries=7)
def work_for_tenant(*, provider_id: int, tenant_id: int) -> None:
    note()


@scoped_task(name="test.chunks", opens_scope=False)
def work_in_chunks(*, provider_id: int) -> None:
    note()


@platform_task(name="test.platform")
def work_for_all() -> None:
    note()


@platform_task(name="test.sweep", opens_scope=False)
def sweep() -> None:
    note()


@pytest.fixture(autouse=True)
def nothing_seen() -> None:
    SEEN.clear()


class TestScopedTask:
    def test_it_opens_its_scope(self, committed_db: str) -> None:
        work_for_provider(provider_id=1)
        work_for_tenant(provider_id=1, tenant_id=7)

        assert [(Scope("provider", 1), True), (Scope("tenant", 1, 7), True)] == SEEN
        assert current_scope() is None

    def test_it_may_leave_the_transactions_to_its_service(self, committed_db: str) -> None:
        work_in_chunks(provider_id=1)

        assert SEEN == [(None, False)]

    @pytest.mark.parametrize(
        "ids",
        [
            {},
            {"provider_id": 1},
            {"tenant_id": 7},
            {"provider_id": 1, "tenant_id": None},
            {"provider_id": 0, "tenant_id": 7},
            {"provider_id": "1", "tenant_id": 7},
            {"provider_id": True, "tenant_id": 7},
        ],
    )
    def test_it_fails_loudly_without_its_ids(self, ids: dict[str, Any]) -> None:
        with pytest.raises(TaskScopeError, match=r"test\.tenant"):
            work_for_tenant(**ids)
        assert SEEN == []

    def test_ids_are_demanded_without_a_scope_too(self) -> None:
        with pytest.raises(TaskScopeError):
            work_in_chunks()  # type: ignore[call-arg]  # the fault under test

    def test_it_takes_no_arguments_by_position(self) -> None:
        with pytest.raises(TypeError):
            work_for_provider(1)  # type: ignore[call-arg]  # the fault under test

    def test_a_task_must_name_its_provider(self) -> None:
        def without_ids(*, name: str) -> None: ...
        def by_position(provider_id: int) -> None: ...

        for function in (without_ids, by_position):
            with pytest.raises(TaskScopeError, match="keywords only"):
                scoped_task(name="test.wrong")(function)

    def test_it_survives_its_worker(self) -> None:
        assert work_for_tenant.acks_late
        assert work_for_tenant.reject_on_worker_lost
        assert work_for_tenant.ignore_result
        assert (work_for_tenant.name, work_for_tenant.max_retries) == ("test.tenant", 7)


class TestPlatformTask:
    def test_it_opens_the_system_s_scope(self, committed_db: str) -> None:
        work_for_all()
        sweep()

        assert [(Scope("system"), True), (None, False)] == SEEN


class TestKernelTasks:
    @pytest.fixture(autouse=True)
    def one_handler(self, monkeypatch: pytest.MonkeyPatch, db: None) -> list[Message]:
        seen: list[Message] = []
        monkeypatch.setattr(outbox, "_handlers", {})
        monkeypatch.setattr(outbox, "ring", lambda: None)
        register_handler("t", seen.append)
        set_role("worker")
        with provider_scope(1):
            enqueue(provider_id=1, topic="t", payload={}, now=HandClock()())
        return seen

    def test_the_bell_s_task_sends(self, one_handler: list[Message]) -> None:
        relay_outbox()

        assert len(one_handler) == 1
        assert relay_outbox.name == RELAY_TASK

    def test_the_sweep_sends_and_leaves_a_heartbeat(self, one_handler: list[Message]) -> None:
        sweep_outbox()

        assert len(one_handler) == 1
        assert last_runs(job="outbox")[0].counts == {"sent": 1, "failed": 0, "dead": 0}

    def test_two_sweeps_at_once_are_one(self, one_handler: list[Message]) -> None:
        with job_run(job="outbox"):
            sweep_outbox()

        assert one_handler == []

    def test_tidying_forgets_what_nobody_needs(self) -> None:
        sweep_outbox()
        with time_machine.travel("2027-11-20T12:00:00+00:00"):
            tidy_kernel()

        (record,) = last_runs(job="tidy")
        assert record.counts == {"answers": 0, "payloads": 0, "runs": 0}
        with provider_scope(1):
            assert fetch_one("SELECT payload, sent_at IS NULL FROM kernel_outbox") == ("{}", False)
