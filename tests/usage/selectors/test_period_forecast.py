"""The rest of a period: the pace of the last day by the hours that are left, and fees on their days."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.scope import provider_scope, tenant_scope
from tenants.selectors.tenants import tenant_by_id
from tests.factories.usage import HOUR, START, Shop
from tests.roles import as_role
from usage.selectors.consumption import usage_this_period
from usage.selectors.period_forecast import days_ahead

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from usage.selectors.period_forecast import DayAhead

DAY = timedelta(days=1)


@pytest.fixture
def contract(db: None) -> Iterator[tuple[int, int]]:
    """Sell calls at a dollar and let 48 be used within a day."""
    with as_role("worker"):
        shop = Shop.open()
        with provider_scope(shop.provider_id):
            tenant_id = shop.tenant("acme")
            shop.price("calls", {"unit": "1"})
            version, _ = shop.version()
            shop.subscribe(tenant_id, version)
            for hour in range(24):
                shop.use(tenant_id, "calls", 2, START + hour * HOUR)
        yield shop.provider_id, tenant_id


def ahead(contract: tuple[int, int], now: datetime) -> list[DayAhead]:
    """Return the days that are left of the only period."""
    with as_role("app"), tenant_scope(*contract):
        tenant = tenant_by_id(*contract)
        periods = usage_this_period(*contract)
        (days,) = days_ahead(tenant, periods, now=now).values()
    return days


class TestDaysAhead:
    def test_go_on_at_the_pace_of_the_last_day(self, contract: tuple[int, int]) -> None:
        days = ahead(contract, START + DAY)

        # 29 days of November are left, each with 24 hours of two calls.
        assert [day.amount_minor for day in days] == [24 * 200] * 29
        assert days[0].at == START + DAY

    def test_count_of_today_what_is_left_of_it(self, contract: tuple[int, int]) -> None:
        now = START + DAY - timedelta(minutes=90)

        today, tomorrow, *_ = ahead(contract, now)

        # 22 whole hours of two calls lie in the day that is looked at; one whole hour of today is left.
        assert today.at == now
        assert [today.amount_minor, tomorrow.amount_minor] == [183, 4400]

    def test_expect_nothing_where_nothing_was_used(self, contract: tuple[int, int]) -> None:
        assert {day.amount_minor for day in ahead(contract, START + 10 * DAY)} == {0}

    def test_have_none_once_the_period_is_over(self, contract: tuple[int, int]) -> None:
        assert ahead(contract, START + 40 * DAY) == []
