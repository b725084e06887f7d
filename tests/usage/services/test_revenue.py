"""Revenue by day and meter: exact shares that, with what is not told apart, are the ledger's revenue of the day."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from accounts.selectors.movements import EARNED_KINDS, daily_movements
from accounts.services.credits import add_credit
from accounts.services.wallets import open_wallet
from billing_platform.kernel.money import Money
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from billing_platform.portal.pages.revenue import revenue_of
from tests.factories.usage import HOUR, START, Shop
from tests.roles import as_role
from usage.selectors.revenue import meter_revenue
from usage.services import charging
from usage.services.charging import charge_hours
from usage.services.revenue import record_revenue

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
FIRST = START.date()


@pytest.fixture
def shop() -> Iterator[Shop]:
    """Return a shop of calls and storage, with a setup fee and one customer, as the worker."""
    shop = Shop.open()
    with as_role("worker"):
        with provider_scope(shop.provider_id):
            shop.price("calls", {"unit": "0.00333"})
            shop.price("storage", {"unit": "0.0125"})
            shop.fee("base", "5.00", "setup")
            version_id, _ = shop.version()
            for name in ("acme", "globex"):
                tenant_id = shop.tenant(name)
                open_wallet(
                    provider_id=shop.provider_id, tenant_id=tenant_id, currency="USD", now=START
                )
                add_credit(
                    provider_id=shop.provider_id,
                    tenant_id=tenant_id,
                    amount=Money(100_000, "USD"),
                    reason="",
                    key=name,
                    now=START,
                )
                shop.subscribe(tenant_id, version_id)
        yield shop


def use(shop: Shop, meter: str, quantity: str, at: datetime) -> None:
    """Count usage of both customers."""
    with provider_scope(shop.provider_id):
        rows = fetch_all("SELECT id FROM tenants_tenant WHERE provider_id = %s", [shop.provider_id])
        for (tenant_id,) in rows:
            shop.use(tenant_id, meter, quantity, at)


def charge(shop: Shop, until: datetime) -> None:
    """Run the hourly job some minutes after the hour."""
    charge_hours(provider_id=shop.provider_id, until=until, now=until + timedelta(minutes=5))


def shares(shop: Shop) -> dict[tuple[str, str], Decimal]:
    """Return what was told apart, by day and meter."""
    with provider_scope(shop.provider_id):
        rows = meter_revenue(shop.provider_id, since=FIRST, until=FIRST + 99 * DAY)
    return {(f"{row.day:%m-%d}", row.code): row.amount_minor for row in rows}


class TestRecordRevenue:
    def test_counts_what_the_day_charged(self, shop: Shop) -> None:
        use(shop, "calls", "10", START + 3 * HOUR)
        charge(shop, START + 4 * HOUR)
        use(shop, "storage", "7", START + 22 * HOUR)
        charge(shop, START + 23 * HOUR)
        use(shop, "calls", "100", START + 23 * HOUR)  # is charged after midnight

        charge(shop, START + DAY)
        charge(shop, START + 2 * DAY)

        assert shares(shop) == {
            ("11-01", "calls"): Decimal("6.66"),
            ("11-01", "storage"): Decimal("17.5"),
            ("11-02", "calls"): Decimal("66.6"),
        }

    def test_with_what_is_not_told_apart_it_is_the_ledger_s(self, shop: Shop) -> None:
        for hour in range(0, 70, 5):
            use(shop, "calls", f"{hour}.7", START + hour * HOUR)
            use(shop, "storage", "3", START + max(0, hour - 30) * HOUR)  # much of it is late
            charge(shop, START + (hour + 1) * HOUR)
        charge(shop, START + 3 * DAY)

        days = [FIRST + number * DAY for number in range(4)]
        with provider_scope(shop.provider_id):
            moved = daily_movements(shop.provider_id, EARNED_KINDS, since=FIRST, zone="UTC")
            meters = meter_revenue(shop.provider_id, since=FIRST, until=days[-1])
        revenue = revenue_of("USD", days, moved, meters)
        for day in days:
            earned = sum(row.amount_minor for row in moved if row.day == day)
            assert sum(revenue.rows[day]) == earned, day
        assert list(revenue.columns) == ["calls", "storage", "Not told apart", "One-time fees"]
        # Every customer's bill is rounded once: no more than half a unit for each, and for each share shown.
        assert sum(row[2] for row in revenue.rows.values()) in range(-3, 4)
        assert revenue.rows[FIRST][3] == 1000

    def test_goes_on_across_closing_and_opening_again(self, shop: Shop) -> None:
        use(shop, "calls", "1000", START)
        for number in range(1, 63, 6):
            charge(shop, START + number * DAY)
        assert fetch_closed(shop) > 0

        use(shop, "calls", "1", START + HOUR)  # for the closed period
        for number in range(63, 66):
            charge(shop, START + number * DAY)

        assert sum(shares(shop).values()) == Decimal("666.666")

    def test_a_provider_that_charged_before_begins_with_a_standing(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(charging, "record_revenue", lambda **_: False)
        use(shop, "calls", "10", START)
        charge(shop, START + HOUR)
        use(shop, "calls", "20", START + 30 * HOUR)
        charge(shop, START + 2 * DAY - HOUR)

        for number in (2, 3):
            record_revenue(provider_id=shop.provider_id, now=START + number * DAY + HOUR)
            use(shop, "calls", "100", START + 2 * DAY)
            charge(shop, START + 2 * DAY + HOUR)

        assert shares(shop) == {("11-03", "calls"): Decimal("66.6")}

    def test_is_done_once(self, shop: Shop) -> None:
        charge(shop, START + DAY)

        assert not record_revenue(provider_id=shop.provider_id, now=START + DAY + HOUR)
        assert record_revenue(provider_id=shop.provider_id, now=START + 2 * DAY)


def fetch_closed(shop: Shop) -> int:
    """Return how many sums of closed periods there are."""
    with provider_scope(shop.provider_id):
        return len(fetch_all("SELECT 1 FROM usage_closed_revenue"))
