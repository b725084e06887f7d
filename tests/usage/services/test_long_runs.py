"""Runs that take long or come late: the hour that passes meanwhile, a client that is closed, fifty hours of silence."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine

from accounts.services.audit import verify
from accounts.services.credits import add_credit
from billing_platform.kernel.money import Money
from billing_platform.kernel.rows import execute
from billing_platform.kernel.scope import provider_scope
from tenants.services.tenants import close_tenant
from tests.factories.usage import HOUR, START, Shop
from tests.kernel.races import in_threads
from tests.roles import as_role, set_role
from tests.usage.services.charges import balance, charge, postings, rows, sell, use
from usage.services import chunk_charge, chunks
from usage.services.prices import change_price
from usage.tasks import charge_provider

if TYPE_CHECKING:
    from collections.abc import Callable


def at_marker(monkeypatch: pytest.MonkeyPatch, name: str, *actions: Callable[[], object]) -> None:
    """Do something as a run passes a marked step, the first time, the second and so on."""
    waiting = list(actions)

    def pass_by(step: str) -> None:
        if step == name and waiting:
            waiting.pop(0)()

    monkeypatch.setattr(chunk_charge, "marker", pass_by)


class TestHourThatPasses:
    def test_charges_no_half_hour(self, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(chunks, "CHUNK_TENANTS", 1)
        with provider_scope(shop.provider_id):
            shop.price("calls", {"unit": "1"})
            version, _ = shop.version()
            tenants = [shop.tenant(), shop.tenant()]
            for tenant in tenants:
                shop.subscribe(tenant, version)
                shop.use(tenant, "calls", 3, START)
                shop.use(tenant, "calls", 5, START + 1.5 * HOUR)

        with time_machine.travel(START + 2 * HOUR - timedelta(seconds=1), tick=False) as clock:
            at_marker(monkeypatch, "charge.committed", lambda: clock.shift(timedelta(minutes=2)))
            charge_provider(provider_id=shop.provider_id)

            assert [balance(shop, tenant) for tenant in tenants] == [-300, -300]
            through = "SELECT DISTINCT charged_through FROM usage_charge_chunk"
            assert rows(shop, through) == [(START + HOUR,)]

            charge_provider(provider_id=shop.provider_id)
            assert [balance(shop, tenant) for tenant in tenants] == [-800, -800]


class TestSilence:
    def test_of_fifty_hours_has_their_own_prices_one_suspension_and_one_notice(
        self, db: None
    ) -> None:
        with as_role("worker"):
            shop = Shop.open(suspension=True)
            acme, price = sell(shop)
            with provider_scope(shop.provider_id):
                provider: dict[str, Any] = {"provider_id": shop.provider_id, "now": START}
                paid = Money(300, "USD")
                add_credit(**provider, tenant_id=acme, amount=paid, reason="paid", key="1")
                dearer, at = {"unit": "0.25"}, START + 20 * HOUR
                change_price(**provider, price_id=price, figures=dearer, valid_from=at)
            charge(shop, START + HOUR)
            for hour in range(1, 51):
                use(shop, acme, 1, START + hour * HOUR)

            charge(shop, START + 51 * HOUR)
            charge(shop, START + 51 * HOUR)

            due = 19 * 10 + 31 * 25
            assert balance(shop, acme) == 300 - due
            assert [row for row in postings(shop) if row[:2] == ("usage", "wallet")] == [
                ("usage", "wallet", -due)
            ]
            assert rows(shop, "SELECT reason, epoch FROM tenants_suspension") == [("exhausted", 1)]
            told = "SELECT topic, count(*) FROM kernel_outbox GROUP BY 1 ORDER BY 1"
            assert rows(shop, told) == [("wallet.state", 1), ("wallet.warning", 1)]


class TestClosedMeanwhile:
    @pytest.mark.processes
    def test_is_charged_once_up_to_its_closing(
        self, committed_db: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(chunks, "CHUNK_TENANTS", 1)
        set_role("worker")
        shop = Shop.open()
        with provider_scope(shop.provider_id):
            shop.meter("machine", "duration")
            shop.price("machine", {"unit": "0.01"})
            version, _ = shop.version()
            tenants = [shop.tenant() for _ in range(3)]
            for tenant in tenants:
                shop.subscribe(tenant, version)
                execute(
                    "INSERT INTO usage_resource_interval (provider_id, tenant_id, meter_id, resource, size, starts_at,"
                    " accrued_through) VALUES (%s, %s, %s, 'vm', 1, %s, %s)",
                    [shop.provider_id, tenant, shop.meters["machine"], START, START],
                )

        def close(tenant: int) -> None:
            with provider_scope(shop.provider_id):
                at = START + 1.5 * HOUR
                close_tenant(provider_id=shop.provider_id, tenant_id=tenant, now=at)

        # Another session closes the first within its own transaction, and the second before its turn.
        at_marker(monkeypatch, "charge.claimed", lambda: in_threads(close, tenants[:2]))
        charge(shop, START + 2 * HOUR)
        assert [balance(shop, tenant) for tenant in tenants] == [-5400, -5400, -7200]

        # The third is closed when it is charged already, for a moment that lies behind.
        in_threads(close, tenants[2:])
        charge(shop, START + 3 * HOUR)
        assert [balance(shop, tenant) for tenant in tenants[:2]] == [-5400, -5400]
        assert charge(shop, START + 4 * HOUR).posted_minor == {}
        with provider_scope(shop.provider_id):
            assert verify(provider_id=shop.provider_id).findings == ()
