"""The periodic tasks ring, charge and reckon; each is safe to run twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine

from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from tenants.services.settings import set_setting
from tests.factories.usage import HOUR, START, Shop
from tests.roles import as_role
from usage import tasks

if TYPE_CHECKING:
    from collections.abc import Iterator

NOON = datetime(2026, 11, 1, 12, 30, tzinfo=UTC)


@pytest.fixture
def shop(db: None) -> Iterator[Shop]:
    with as_role("worker"), time_machine.travel(NOON, tick=False):
        shop = Shop.open()
        with provider_scope(shop.provider_id):
            tenant = shop.tenant()
            shop.price("calls", {"unit": "1"})
            version, _ = shop.version()
            shop.subscribe(tenant, version)
            shop.use(tenant, "calls", 3, START)
            shop.use(tenant, "calls", 5, NOON)
        yield shop


def balance(shop: Shop) -> int:
    with provider_scope(shop.provider_id):
        ((found,),) = fetch_all("SELECT balance FROM accounts_wallet")
    return int(found)


class TestChargeProvider:
    def test_it_charges_the_last_full_hour_once(self, shop: Shop) -> None:
        for _ in range(10):
            tasks.charge_provider(provider_id=shop.provider_id)

        assert balance(shop) == -300

    def test_it_waits_for_the_day_where_the_provider_wants_that(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            set_setting(
                provider_id=shop.provider_id, name="charging.frequency", value="daily", now=NOON
            )

        tasks.charge_provider(provider_id=shop.provider_id)

        assert balance(shop) == 0

    def test_a_clock_that_jumps_ahead_charges_nothing_ahead(self, shop: Shop) -> None:
        ((server,),) = fetch_all("SELECT clock_timestamp()")
        with time_machine.travel(server + timedelta(days=30), tick=False):
            tasks.charge_provider(provider_id=shop.provider_id)
            tasks.charge_now(provider_id=shop.provider_id)

        with provider_scope(shop.provider_id):
            ((charged_through,),) = fetch_all("SELECT charged_through FROM usage_charge_chunk")
        assert server - HOUR < charged_through <= server + HOUR
        assert balance(shop) == -800

    def test_a_clock_that_jumps_back_charges_no_hour_twice(self, shop: Shop) -> None:
        tasks.charge_provider(provider_id=shop.provider_id)
        with time_machine.travel(NOON - HOUR, tick=False):
            tasks.charge_provider(provider_id=shop.provider_id)
            tasks.charge_now(provider_id=shop.provider_id)

        assert balance(shop) == -300
        with time_machine.travel(NOON + HOUR, tick=False):
            tasks.charge_provider(provider_id=shop.provider_id)
        assert balance(shop) == -800


class TestChargeProviders:
    def test_it_rings_for_each_and_tells_who_stands_still(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rung: list[int] = []
        monkeypatch.setattr(
            tasks.charge_provider, "delay", lambda *, provider_id: rung.append(provider_id)
        )

        with pytest.raises(tasks.ProvidersStandStillError):
            tasks.charge_providers()
        tasks.charge_provider(provider_id=shop.provider_id)
        tasks.charge_providers()

        assert rung == [shop.provider_id] * 2

    def test_who_was_made_lately_is_rung_for_and_not_missed(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rung: list[int] = []
        monkeypatch.setattr(
            tasks.charge_provider, "delay", lambda *, provider_id: rung.append(provider_id)
        )

        with time_machine.travel(START + 2 * HOUR, tick=False):
            tasks.charge_providers()

        assert rung == [shop.provider_id]


class TestRecordBurnRates:
    def test_it_reckons_every_wallet(self, shop: Shop) -> None:
        tasks.charge_provider(provider_id=shop.provider_id)

        tasks.record_burn_rates()

        with provider_scope(shop.provider_id):
            ((rate,),) = fetch_all("SELECT minor_per_hour FROM accounts_burn_rate")
        assert rate * 24 == 300
