"""kill -9 of a worker at any step: nothing is posted twice, nothing is lost, the next run finishes."""

from __future__ import annotations

import signal
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from accounts.services.audit import verify
from billing_platform.kernel.rows import execute, fetch_all
from billing_platform.kernel.scope import provider_scope
from tests.factories.usage import HOUR, START, Shop
from tests.roles import set_role
from tests.usage.faults.workers import start
from usage.services import chunk_charge, closing
from usage.services.charging import charge_hours

if TYPE_CHECKING:
    from datetime import datetime

DAY = timedelta(days=1)
NOW = START + 30 * DAY + 2 * HOUR
# November: 4 + 1 late calls at 0.10, a month at 30.00, a minimum of 5.00, 36 hours of a machine at 0.36.
DUE = {START: 50 + 3000 + 500 + 36 * 36, START + 30 * DAY: 20 + 3000 + 500 + 2 * 36}

pytestmark = [pytest.mark.processes, pytest.mark.usefixtures("committed_db")]


def build() -> tuple[Shop, list[int]]:
    """Two tenants with everything that a run may meet: fees, a minimum, a running machine, late usage, a new month."""
    set_role("worker")
    shop = Shop.open()
    with provider_scope(shop.provider_id):
        shop.price("calls", {"unit": "0.10"})
        shop.price("lines", {"unit": "1", "minimum": "5"})
        shop.meter("machine", "duration")
        shop.price("machine", {"unit": "0.0001"})
        shop.fee("base", "30")
        version, _ = shop.version()
        tenants = [shop.tenant() for _ in range(2)]
        for tenant in tenants:
            shop.subscribe(tenant, version)
            shop.use(tenant, "calls", 4, START)
            run_machine(shop, tenant, START + 28 * DAY + 12 * HOUR)
    charge_hours(provider_id=shop.provider_id, until=START + HOUR, now=START + HOUR)
    with provider_scope(shop.provider_id):
        for tenant in tenants:
            shop.use(tenant, "calls", 1, START)
            shop.use(tenant, "calls", 2, START + 30 * DAY)
    return shop, tenants


def run_machine(shop: Shop, tenant: int, since: datetime) -> None:
    execute(
        "INSERT INTO usage_resource_interval"
        " (provider_id, tenant_id, meter_id, resource, size, starts_at, accrued_through)"
        " VALUES (%s, %s, %s, 'vm', 1, %s, %s)",
        [shop.provider_id, tenant, shop.meters["machine"], since, since],
    )


def run(shop: Shop, until: datetime = NOW) -> Any:
    return dict(charge_hours(provider_id=shop.provider_id, until=until, now=until).posted_minor)


def posted(shop: Shop) -> list[tuple[int, datetime, int]]:
    with provider_scope(shop.provider_id):
        return fetch_all(
            "SELECT e.tenant_id, p.starts, -sum(e.amount_minor)::bigint FROM accounts_entry e"
            " JOIN accounts_period p ON p.id = e.period_id GROUP BY 1, 2 ORDER BY 1, 2"
        )


def expected(tenants: list[int]) -> list[tuple[int, datetime, int]]:
    return [(tenant, starts, due) for tenant in tenants for starts, due in DUE.items()]


class TestKilled:
    @pytest.mark.parametrize("name", chunk_charge.MARKERS)
    def test_it_is_as_if_it_had_not_happened(self, name: str) -> None:
        shop, tenants = build()

        code, _ = start(lambda: run(shop), kill_at=name).wait()
        set_role("worker")

        assert code == -signal.SIGKILL
        run(shop)
        assert posted(shop) == expected(tenants)
        assert run(shop) == {}
        with provider_scope(shop.provider_id):
            assert verify(provider_id=shop.provider_id).findings == ()

    @pytest.mark.parametrize("name", closing.MARKERS)
    def test_a_period_is_closed_whole(self, name: str) -> None:
        shop, tenants = build()
        later = START + 40 * DAY

        code, _ = start(lambda: run(shop, later), kill_at=name).wait()
        set_role("worker")

        assert code == -signal.SIGKILL
        assert run(shop, later) == {}
        with provider_scope(shop.provider_id):
            lines = fetch_all(
                "SELECT tenant_id, sum(amount_minor) FROM usage_period_line GROUP BY 1 ORDER BY 1"
            )
        assert lines == [(tenant, DUE[START]) for tenant in tenants]
