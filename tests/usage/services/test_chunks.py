"""Chunks cover every tenant once, grow with them, and are read only where something changed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.rows import execute, fetch_all
from billing_platform.kernel.scope import provider_scope
from tests.factories.usage import HOUR, START, Shop
from tests.roles import as_role, set_role
from usage.services import chunks
from usage.services.charging import charge_hours
from usage.services.chunks import NO_TENANT, ensure_chunks, plan_groups
from usage.services.marks import forget_marks, mark_tenants

if TYPE_CHECKING:
    from collections.abc import Iterator

DAY = timedelta(days=1)


@pytest.fixture
def shop(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setattr(chunks, "CHUNK_TENANTS", 2)
    with as_role("worker"):
        yield Shop.open()


def sell(shop: Shop, count: int, version: int = 0) -> tuple[list[int], int]:
    with provider_scope(shop.provider_id):
        if not version:
            shop.price("calls", {"unit": "1"})
            version, _ = shop.version()
        tenants = [shop.tenant() for _ in range(count)]
        for tenant in tenants:
            shop.subscribe(tenant, version)
    return tenants, version


def ranges(shop: Shop) -> list[tuple[int, int]]:
    with provider_scope(shop.provider_id):
        return fetch_all("SELECT t_from, t_to FROM usage_charge_chunk ORDER BY no")


class TestEnsureChunks:
    def test_a_provider_without_clients_has_one_for_all(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            for _ in range(2):
                ensure_chunks(provider_id=shop.provider_id, until=START)

        assert ranges(shop) == [(0, NO_TENANT)]

    def test_they_split_as_clients_come_and_tile_all_ids(self, shop: Shop) -> None:
        tenants, version = sell(shop, 5)
        with provider_scope(shop.provider_id):
            ensure_chunks(provider_id=shop.provider_id, until=START + HOUR)
        first = ranges(shop)
        more, _ = sell(shop, 2, version)
        with provider_scope(shop.provider_id):
            ensure_chunks(provider_id=shop.provider_id, until=START + HOUR)

        assert first == [(0, tenants[2]), (tenants[2], tenants[4]), (tenants[4], NO_TENANT)]
        assert ranges(shop) == [*first[:2], (tenants[4], more[1]), (more[1], NO_TENANT)]

    def test_a_run_charges_all_of_them(self, shop: Shop) -> None:
        tenants, _ = sell(shop, 5)
        with provider_scope(shop.provider_id):
            for tenant in tenants:
                shop.use(tenant, "calls", 1, START)

        until = START + HOUR
        result = charge_hours(provider_id=shop.provider_id, until=until, now=until)

        assert (result.chunks, result.tenants, result.posted_minor) == (3, 5, {"USD": 500})


@pytest.mark.usefixtures("committed_db")
@pytest.mark.processes
class TestMarks:
    @pytest.fixture
    def shop(self, committed_db: str, monkeypatch: pytest.MonkeyPatch) -> Shop:
        monkeypatch.setattr(chunks, "CHUNK_TENANTS", 2)
        set_role("worker")
        return Shop.open()

    def charge(self, shop: Shop, hours: int) -> int:
        until = START + hours * HOUR
        return charge_hours(provider_id=shop.provider_id, until=until, now=until).tenants

    def plan(self, shop: Shop, hours: int) -> list[tuple[int, bool]]:
        with provider_scope(shop.provider_id):
            groups = plan_groups(
                provider_id=shop.provider_id, until=START + hours * HOUR, again=True
            )
        return [(len(group.nos), group.is_full) for group in groups]

    def test_quiet_chunks_share_a_transaction_and_a_new_day_reads_all(self, shop: Shop) -> None:
        tenants, _ = sell(shop, 6)
        assert self.plan(shop, 1) == []
        self.charge(shop, 1)

        with provider_scope(shop.provider_id):
            shop.use(tenants[3], "calls", 1, START + HOUR)
        assert self.plan(shop, 2) == [(3, False)]
        assert self.charge(shop, 2) == 1
        assert self.charge(shop, 2) == 0
        assert self.plan(shop, 25) == [(1, True)] * 3

    def test_an_unmarked_change_is_found_by_the_daily_full_read(self, shop: Shop) -> None:
        (tenant, _), _ = sell(shop, 2)
        with provider_scope(shop.provider_id):
            shop.use(tenant, "calls", 1, START)
        self.charge(shop, 1)
        with provider_scope(shop.provider_id):
            execute("UPDATE usage_total SET quantity = quantity + 1")
            execute("DELETE FROM usage_mark")

        assert self.charge(shop, 2) == 0
        assert self.charge(shop, 25) == 1

    def test_usage_behind_the_run_is_read_again_by_the_next(self, shop: Shop) -> None:
        (tenant,), _ = sell(shop, 1)
        self.charge(shop, 1)
        with provider_scope(shop.provider_id):
            shop.use(tenant, "calls", 3, START + 2 * HOUR)

        assert self.charge(shop, 2) == 0
        assert self.charge(shop, 3) == 1

    def test_a_restored_server_with_younger_transactions_reads_all(self, shop: Shop) -> None:
        sell(shop, 1)
        self.charge(shop, 1)
        with provider_scope(shop.provider_id):
            execute("UPDATE usage_charge_chunk SET seen_xid = seen_xid + 1000000")

        assert self.plan(shop, 2) == [(1, True)]

    def test_marks_that_every_chunk_has_read_are_forgotten(self, shop: Shop) -> None:
        (tenant,), _ = sell(shop, 1)
        self.charge(shop, 1)
        with provider_scope(shop.provider_id):
            execute("DELETE FROM usage_mark")
            mark_tenants(provider_id=shop.provider_id, tenant_ids=[tenant, tenant])
            mark_tenants(provider_id=shop.provider_id, tenant_ids=[])
        with provider_scope(shop.provider_id):
            assert fetch_all("SELECT tenant_ids FROM usage_mark") == [([tenant],)]
            assert forget_marks(provider_id=shop.provider_id) == 0
            execute(
                "UPDATE usage_charge_chunk SET seen_xid = (SELECT max(xid) + 1 FROM usage_mark)"
            )

            assert forget_marks(provider_id=shop.provider_id) == 1
