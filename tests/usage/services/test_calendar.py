"""Hours, days and months as clients live them: clock changes, month ends, trials, closed clients, two currencies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from billing_platform.kernel.periods import hour_ceil
from billing_platform.kernel.rows import execute, fetch_all
from billing_platform.kernel.scope import provider_scope
from tenants.services.tenants import close_tenant
from tests.factories.usage import HOUR, START, Shop
from tests.roles import as_role
from usage.services.charging import charge_hours

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def shop(db: None) -> Iterator[Shop]:
    with as_role("worker"):
        yield Shop.open()


def charge(shop: Shop, until: datetime) -> dict[str, int]:
    return dict(charge_hours(provider_id=shop.provider_id, until=until, now=until).posted_minor)


def rows(shop: Shop, sql: str, *params: object) -> list[tuple[Any, ...]]:
    with provider_scope(shop.provider_id):
        return fetch_all(sql, params)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


class TestZoneChanged:
    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("UTC", "America/New_York"),
            ("UTC", "Pacific/Kiritimati"),
            ("Pacific/Kiritimati", "Pacific/Pago_Pago"),
            ("Asia/Kathmandu", "America/St_Johns"),
        ],
    )
    def test_every_month_is_paid_once(self, shop: Shop, before: str, after: str) -> None:
        starts = datetime(2026, 11, 1, tzinfo=ZoneInfo(before))
        with provider_scope(shop.provider_id):
            tenant = shop.tenant(time_zone=before)
            shop.fee("base", "31")
            version, _ = shop.version()
            shop.subscribe(tenant, version, hour_ceil(starts))
        charge(shop, START + timedelta(days=10))
        with provider_scope(shop.provider_id):
            execute("UPDATE tenants_tenant SET time_zone = %s WHERE id = %s", [after, tenant])

        charge(shop, START + timedelta(days=33))
        charge(shop, START + timedelta(days=63))

        with provider_scope(shop.provider_id):
            paid = fetch_all("SELECT amount_minor FROM usage_fee ORDER BY service_from")
        assert paid == [(3100,), (3100,), (3100,)]


class TestDays:
    @pytest.mark.parametrize(
        ("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-10-26", 24)]
    )
    def test_a_running_machine_is_charged_for_the_hours_that_the_day_has(
        self, shop: Shop, day: str, hours: int
    ) -> None:
        starts, ends = at(f"{day}T00:00+01:00"), at(f"{day}T00:00+01:00")
        if day.startswith("2026-10-25"):
            starts = at(f"{day}T00:00+02:00")
        if day.startswith("2026-03"):
            ends = at("2026-03-30T00:00+02:00")
        else:
            ends = at(f"2026-10-{int(day[-2:]) + 1}T00:00+01:00")
        with provider_scope(shop.provider_id):
            tenant = shop.tenant(time_zone="Europe/Berlin")
            shop.meter("machine", "duration")
            shop.price("machine", {"unit": "0.0001"})
            version, _ = shop.version()
            shop.subscribe(tenant, version, starts)
            execute(
                "INSERT INTO usage_resource_interval (provider_id, tenant_id, meter_id, resource, size, starts_at,"
                " accrued_through) VALUES (%s, %s, %s, 'vm', 2, %s, %s)",
                [shop.provider_id, tenant, shop.meters["machine"], starts, starts],
            )
        moment = starts
        while moment < ends:
            moment += HOUR
            charge(shop, moment)

        assert rows(shop, "SELECT sum(quantity), count(*) FROM usage_hour") == [
            (hours * 7200, hours)
        ]
        assert rows(shop, "SELECT balance FROM accounts_wallet") == [(-72 * hours,)]


class TestMonths:
    def test_the_31st_keeps_its_day(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            tenant = shop.tenant(anchor_day=31)
            shop.fee("base", "10")
            version, _ = shop.version()
            shop.subscribe(tenant, version, at("2027-01-31T00:00Z"))

        charge(shop, at("2027-04-01T00:00Z"))

        starts = rows(shop, "SELECT service_from FROM usage_fee ORDER BY service_from")
        assert [row[0].date().isoformat() for row in starts] == [
            "2027-01-31",
            "2027-02-28",
            "2027-03-31",
        ]
        assert rows(shop, "SELECT balance FROM accounts_wallet") == [(-3000,)]

    def test_a_zone_off_by_a_half_hour_loses_no_hour(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            tenant = shop.tenant(time_zone="Asia/Kolkata")
            shop.price("calls", {"unit": "1"})
            version, _ = shop.version()
            shop.subscribe(tenant, version)
            for hour in range(48):
                shop.use(tenant, "calls", 1, START + 29 * timedelta(days=1) + hour * HOUR)

        charge(shop, START + timedelta(days=32))

        found = rows(shop, "SELECT sum(quantity) FROM usage_total")
        assert found == [(48,)]
        assert rows(shop, "SELECT balance FROM accounts_wallet") == [(-4800,)]

    def test_a_setup_fee_waits_for_the_end_of_the_trial(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            tenant = shop.tenant(trial_ends_at=START + timedelta(days=15))
            shop.fee("setup", "10", kind="setup")
            shop.fee("base", "30")
            version, _ = shop.version()
            shop.subscribe(tenant, version)

        assert charge(shop, START + timedelta(days=15)) == {}
        assert charge(shop, START + timedelta(days=15) + HOUR) == {"USD": 2500}


class TestClosedTenants:
    def test_what_was_used_before_is_charged_once(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            tenant = shop.tenant()
            shop.price("calls", {"unit": "1"})
            version, _ = shop.version()
            shop.subscribe(tenant, version)
            shop.use(tenant, "calls", 3, START)
            close_tenant(provider_id=shop.provider_id, tenant_id=tenant, now=START + HOUR)

        assert charge(shop, START + HOUR) == {"USD": 300}
        assert charge(shop, START + 2 * HOUR) == {}

    def test_fees_minima_and_machines_stop(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            tenant = shop.tenant()
            shop.fee("base", "30")
            shop.price("lines", {"unit": "1", "minimum": "5"})
            shop.meter("machine", "duration")
            shop.price("machine", {"unit": "0.01"})
            version, _ = shop.version()
            shop.subscribe(tenant, version)
            execute(
                "INSERT INTO usage_resource_interval (provider_id, tenant_id, meter_id, resource, size, starts_at,"
                " accrued_through) VALUES (%s, %s, %s, 'vm', 1, %s, %s)",
                [shop.provider_id, tenant, shop.meters["machine"], START, START],
            )
        assert charge(shop, START + HOUR) == {"USD": 3500 + 3600}
        with provider_scope(shop.provider_id):
            closed = START + HOUR + timedelta(minutes=30)
            close_tenant(provider_id=shop.provider_id, tenant_id=tenant, now=closed)

        assert charge(shop, START + 2 * HOUR) == {"USD": 1800}
        assert charge(shop, START + timedelta(days=70)) == {}


class TestCurrencies:
    def test_each_currency_has_its_own_wallet_and_places(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            tenant = shop.tenant()
            shop.price("calls", {"unit": "0.5"}, currency="JPY")
            yen, _ = shop.version("yen")
            shop.price("lines", {"unit": "0.0015"}, currency="KWD")
            dinar, _ = shop.version("dinar")
            shop.subscribe(tenant, yen, currency="JPY")
            shop.subscribe(tenant, dinar, currency="KWD")
            shop.use(tenant, "calls", 3, START)
            shop.use(tenant, "lines", 3, START)

        assert charge(shop, START + HOUR) == {"JPY": 2, "KWD": 5}

    def test_huge_and_tiny_quantities_stay_exact(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            tenant = shop.tenant()
            shop.price("calls", {"unit": "0.000000000001"})
            version, _ = shop.version()
            shop.subscribe(tenant, version)
            shop.use(tenant, "calls", "999999999999.999999999999", START)
            shop.use(tenant, "calls", "0.000000000001", START)

        assert charge(shop, START + HOUR) == {"USD": 100}
        assert rows(shop, "SELECT quantity FROM usage_total") == [(Decimal(10) ** 12,)]
