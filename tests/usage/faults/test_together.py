"""Many workers at once, open transactions beside them, silence: every hour is charged exactly once."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest
from django.db import connection, transaction

from accounts.services.audit import verify
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from tests.factories.usage import HOUR, START, Shop
from tests.kernel.races import in_threads
from tests.roles import set_role
from tests.usage.faults.workers import start, together
from usage.services import chunks
from usage.services.charging import charge_hours

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.processes, pytest.mark.usefixtures("committed_db")]
TENANTS = 12


@pytest.fixture
def shop(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A dozen tenants in chunks of three, each with 1.00 of usage in the first hour."""
    monkeypatch.setattr(chunks, "CHUNK_TENANTS", 3)
    set_role("worker")
    shop = Shop.open()
    with provider_scope(shop.provider_id):
        shop.price("calls", {"unit": "0.10"})
        version, _ = shop.version()
        for _ in range(TENANTS):
            tenant = shop.tenant()
            shop.subscribe(tenant, version)
            shop.use(tenant, "calls", 10, START)
    return shop


def charging(shop: Shop, hours: int) -> Callable[[], Any]:
    until = START + hours * HOUR

    def work() -> Any:
        return dict(charge_hours(provider_id=shop.provider_id, until=until, now=until).posted_minor)

    return work


def entries(shop: Shop) -> list[tuple[Any, ...]]:
    with provider_scope(shop.provider_id):
        return fetch_all(
            "SELECT amount_minor, count(*) FROM accounts_entry WHERE tenant_id > 0 GROUP BY 1 ORDER BY 1"
        )


def check(shop: Shop) -> None:
    with provider_scope(shop.provider_id):
        assert verify(provider_id=shop.provider_id).findings == ()


class TestTogether:
    @pytest.mark.parametrize("workers", [2, 10])
    def test_one_hour_is_charged_once(self, shop: Shop, workers: int) -> None:
        ended = together(*[charging(shop, 1)] * workers)
        set_role("worker")

        assert {code for code, _ in ended} == {0}
        assert sum(found.get("USD", 0) for _, found in ended) == TENANTS * 100
        assert entries(shop) == [(-100, TENANTS)]
        check(shop)

    def test_a_killed_worker_leaves_its_chunk_to_the_others(self, shop: Shop) -> None:
        code, _ = start(charging(shop, 1), kill_at="charge.posted:2").wait()
        set_role("worker")
        charged_before = entries(shop)

        ended = together(charging(shop, 1), charging(shop, 1))
        set_role("worker")

        assert code < 0
        assert charged_before == [(-100, 3)], "the chunk before the killed one stays charged"
        assert {code for code, _ in ended} == {0}
        assert entries(shop) == [(-100, TENANTS)]
        check(shop)


class TestBeside:
    def test_usage_that_commits_after_the_run_is_charged_by_the_next(self, shop: Shop) -> None:
        charging(shop, 1)()
        with provider_scope(shop.provider_id):
            tenant = fetch_all("SELECT min(id) FROM tenants_tenant")[0][0]
        with transaction.atomic(), provider_scope(shop.provider_id):
            shop.use(tenant, "calls", 5, START + HOUR)
            (beside,) = in_threads(lambda hours: charging(shop, hours)(), [2])

        assert beside == {}
        assert charging(shop, 2)() == {"USD": 50}

    def test_an_old_open_transaction_hides_nothing(self, shop: Shop) -> None:
        with closing(psycopg2.connect(**connection.get_connection_params())) as raw:
            with raw.cursor() as cursor:
                cursor.execute("SELECT pg_current_xact_id()")
            charging(shop, 1)()
            with provider_scope(shop.provider_id):
                tenant = fetch_all("SELECT min(id) FROM tenants_tenant")[0][0]
                shop.use(tenant, "calls", 5, START + HOUR)

            assert charging(shop, 2)() == {"USD": 50}
            assert charging(shop, 2)() == {}
