"""kill -9 of the job that lets clients follow a price, and two of it at once: each is charged the same in the end."""

from __future__ import annotations

import signal
from datetime import timedelta
from typing import Any

import pytest

from accounts.services.audit import verify
from billing_platform.kernel.heartbeats import JobIsRunningError
from billing_platform.kernel.rows import execute, fetch_all
from billing_platform.kernel.scope import provider_scope
from tests.factories.usage import HOUR, START, Shop
from tests.roles import set_role
from tests.usage.faults.workers import start, together
from usage.services import price_changes
from usage.services.charging import charge_hours
from usage.services.price_changes import order_price_change, work_off_price_changes

NOW = START + timedelta(hours=10)
MANY = price_changes.CHUNK + 5

pytestmark = [pytest.mark.processes, pytest.mark.usefixtures("committed_db")]


def build() -> Shop:
    """More clients than a chunk takes, each charged 20 units at 10 cents; from the third hour on 10 of them cost 25."""
    set_role("worker")
    shop = Shop.open()
    with provider_scope(shop.provider_id):
        shop.price("calls", {"unit": "0.10"})
        version, prices = shop.version()
        for _ in range(MANY):
            tenant = shop.tenant()
            shop.subscribe(tenant, version)
            shop.use(tenant, "calls", 10, START)
            shop.use(tenant, "calls", 10, START + 3 * HOUR)
    charge(shop)
    with provider_scope(shop.provider_id):
        order_price_change(
            provider_id=shop.provider_id,
            price_id=prices["calls"],
            figures={"unit": "0.25"},
            valid_from=START + 2 * HOUR,
            key="k",
            asked_by=7,
            now=NOW,
        )
    return shop


def charge(shop: Shop) -> Any:
    return charge_hours(provider_id=shop.provider_id, until=NOW, now=NOW)


def run(shop: Shop) -> Any:
    try:
        return work_off_price_changes(provider_id=shop.provider_id, now=NOW)
    except JobIsRunningError:
        return {}


def balances(shop: Shop) -> list[tuple[Any, ...]]:
    """Return how many clients have which balance."""
    with provider_scope(shop.provider_id):
        return fetch_all("SELECT balance, count(*) FROM accounts_wallet GROUP BY 1 ORDER BY 1")


def progress(shop: Shop) -> list[tuple[Any, ...]]:
    with provider_scope(shop.provider_id):
        return fetch_all(
            "SELECT clients, done, finished_at IS NOT NULL FROM usage_price_change ORDER BY id"
        )


def forget_lease(shop: Shop) -> None:
    """Let the lease of the killed run end now instead of in minutes."""
    with provider_scope(shop.provider_id):
        execute(
            "UPDATE kernel_job_run SET lease_until = started_at WHERE provider_id = %s AND finished_at IS NULL",
            [shop.provider_id],
        )


def books_are_right(shop: Shop) -> bool:
    with provider_scope(shop.provider_id):
        return verify(provider_id=shop.provider_id).findings == ()


class TestKilled:
    @pytest.mark.parametrize(
        ("name", "done"),
        [*zip(price_changes.MARKERS, (0, price_changes.CHUNK, MANY), strict=True)],
    )
    def test_the_next_run_goes_on(self, name: str, done: int) -> None:
        shop = build()

        code, _ = start(lambda: run(shop), kill_at=name).wait()
        set_role("worker")
        assert code == -signal.SIGKILL
        assert progress(shop) == [(MANY, done, False)]
        charge(shop)  # in the middle: each by the one price or by the other, none by a part of each
        expected = [(-350, done)] if done else []
        assert balances(shop) == expected + ([(-200, MANY - done)] if done < MANY else [])

        forget_lease(shop)
        assert run(shop) == ({"clients": MANY - done} if done < MANY else {})
        assert progress(shop) == [(MANY, MANY, True)]
        charge(shop)
        assert balances(shop) == [(-350, MANY)]
        assert charge(shop).posted_minor == {}
        assert books_are_right(shop)


class TestTogether:
    def test_two_jobs_charge_nobody_twice(self) -> None:
        shop = build()

        answers = together(lambda: run(shop), lambda: run(shop))
        set_role("worker")
        assert [code for code, _ in answers] == [0, 0]
        run(shop)
        assert progress(shop) == [(MANY, MANY, True)]
        charge(shop)
        assert balances(shop) == [(-350, MANY)]

    def test_charging_beside_it_comes_to_the_same(self) -> None:
        shop = build()

        answers = together(lambda: run(shop), lambda: str(charge(shop).posted_minor))
        set_role("worker")
        assert [code for code, _ in answers] == [0, 0]
        charge(shop)
        assert balances(shop) == [(-350, MANY)]
        assert books_are_right(shop)
