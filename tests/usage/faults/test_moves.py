"""kill -9 of the job that moves subscribers, and two of it at once: each moves once, and none is left behind."""

from __future__ import annotations

import signal
from datetime import timedelta
from typing import Any

import pytest

from billing_platform.kernel.heartbeats import JobIsRunningError
from billing_platform.kernel.rows import execute, fetch_all
from billing_platform.kernel.scope import provider_scope
from tests.factories.usage import HOUR, START, Shop
from tests.outbox import messages_of
from tests.roles import set_role
from tests.usage.faults.workers import start, together
from usage.enums import MoveStart
from usage.models import PlanVersion
from usage.services import plan_moves
from usage.services.drafts import copy_version
from usage.services.plan_move_orders import order_move, stop_move
from usage.services.plan_moves import work_off_moves
from usage.services.plans import activate_version
from usage.services.run_notices import MOVE_TOPIC

NOW = START + timedelta(hours=10, minutes=30)
MANY = plan_moves.CHUNK + 5

pytestmark = [pytest.mark.processes, pytest.mark.usefixtures("committed_db")]


def build() -> tuple[Shop, int]:
    """More subscribers than a chunk takes, who are to move with the next hour."""
    set_role("worker")
    shop = Shop.open()
    with provider_scope(shop.provider_id):
        shop.price("calls", {"unit": "0.10"})
        old, _ = shop.version()
        for _ in range(MANY):
            shop.subscribe(shop.tenant(), old)
        new = copy_version(provider_id=shop.provider_id, version_id=old, now=NOW)
        activate_version(provider_id=shop.provider_id, version_id=new, now=NOW)
        order_move(
            provider_id=shop.provider_id,
            version_id=new,
            starts=MoveStart.NOW,
            key="k",
            asked_by=7,
            now=NOW,
        )
    return shop, new


def run(shop: Shop) -> Any:
    try:
        return work_off_moves(provider_id=shop.provider_id, now=NOW)
    except JobIsRunningError:
        return {}


def state(shop: Shop, version_id: int) -> list[tuple[Any, ...]]:
    """Return how many subscriptions have the version, results, items since the move, and orders that are done."""
    with provider_scope(shop.provider_id):
        assert PlanVersion.objects.filter(pk=version_id).exists()
        return fetch_all(
            "SELECT (SELECT count(*) FROM usage_subscription WHERE plan_version_id = %s),"
            " (SELECT count(*) FROM usage_plan_move_result WHERE outcome = 'moved'),"
            " (SELECT count(*) FROM usage_subscription_item WHERE lower(valid) = %s),"
            " (SELECT count(*) FROM usage_plan_move WHERE finished_at IS NOT NULL)",
            [version_id, START + 11 * HOUR],
        )


def stop(shop: Shop) -> bool:
    """Stop the move as a person on its page does."""
    set_role("app")
    with provider_scope(shop.provider_id):
        move_id = fetch_all("SELECT id FROM usage_plan_move")[0][0]
        return stop_move(provider_id=shop.provider_id, move_id=move_id, stopped_by=8, now=NOW)


def told(shop: Shop) -> int:
    """Return how often the end of the move was announced."""
    set_role("worker")
    return len(messages_of(shop.provider_id, MOVE_TOPIC))


def forget_lease(shop: Shop) -> None:
    """Let the lease of the killed run end now instead of in minutes."""
    with provider_scope(shop.provider_id):
        execute(
            "UPDATE kernel_job_run SET lease_until = started_at WHERE provider_id = %s AND finished_at IS NULL",
            [shop.provider_id],
        )


class TestKilled:
    @pytest.mark.parametrize("name", plan_moves.MARKERS)
    def test_the_next_run_goes_on(self, name: str) -> None:
        shop, version_id = build()

        code, _ = start(lambda: run(shop), kill_at=name).wait()
        set_role("worker")
        assert code == -signal.SIGKILL
        done = 0 if name == "move.changed" else plan_moves.CHUNK
        assert state(shop, version_id) == [(done, done, done, 0)]

        forget_lease(shop)
        assert run(shop) == {"moved": MANY - done}
        assert state(shop, version_id) == [(MANY, MANY, MANY, 1)]

    def test_a_killed_run_that_is_stopped_does_not_go_on(self) -> None:
        shop, version_id = build()

        start(lambda: run(shop), kill_at="move.chunk_done").wait()
        set_role("worker")
        forget_lease(shop)
        assert stop(shop) is True
        set_role("worker")
        assert run(shop) == {}
        done = plan_moves.CHUNK
        assert state(shop, version_id) == [(done, done, done, 1)]


class TestTogether:
    def test_two_jobs_move_each_once(self) -> None:
        shop, version_id = build()

        answers = together(lambda: run(shop), lambda: run(shop))
        set_role("worker")
        assert [code for code, _ in answers] == [0, 0]
        assert sum(answer.get("moved", 0) for _, answer in answers) == MANY
        assert state(shop, version_id) == [(MANY, MANY, MANY, 1)]

    def test_a_stop_beside_it_leaves_each_moved_or_not(self) -> None:
        shop, version_id = build()

        answers = together(lambda: run(shop), lambda: stop(shop))
        set_role("worker")
        assert [code for code, _ in answers] == [0, 0]
        moved = answers[0][1].get("moved", 0)
        assert moved < MANY or answers[1][1] is False
        assert state(shop, version_id) == [(moved, moved, moved, 1)]
        assert told(shop) == 1
