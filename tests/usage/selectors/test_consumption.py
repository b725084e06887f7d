"""What pages show is what the job charges."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from accounts.services.credits import add_credit
from billing_platform.kernel.money import Money
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope, tenant_scope
from tests.factories.usage import HOUR, START, Shop
from tests.roles import as_role
from usage.selectors.consumption import usage_of_periods, usage_this_period
from usage.selectors.period_balances import period_balances
from usage.selectors.progress import charged_through
from usage.selectors.runway import lasts_until
from usage.services.burn_rates import record_rates
from usage.services.charging import charge_hours
from usage.services.prices import change_price

if TYPE_CHECKING:
    from collections.abc import Iterator

DAY = timedelta(days=1)


@pytest.fixture
def shop(db: None) -> Iterator[Shop]:
    with as_role("worker"):
        yield Shop.open()


def sell(shop: Shop, **figures: str) -> tuple[int, int]:
    with provider_scope(shop.provider_id):
        tenant_id = shop.tenant("acme")
        shop.price("calls", {"unit": "0.0105", **figures})
        shop.fee("base", "3")
        version, prices = shop.version()
        shop.subscribe(tenant_id, version)
        shop.use(tenant_id, "calls", 5, START)
    return tenant_id, prices["calls"]


def charge(shop: Shop, hours: int) -> None:
    until = START + hours * HOUR
    charge_hours(provider_id=shop.provider_id, until=until, now=until)


class TestUsageThisPeriod:
    def test_it_adds_up_the_lines_of_a_component(self, shop: Shop) -> None:
        acme, price = sell(shop, included="2")
        charge(shop, 1)
        with provider_scope(shop.provider_id):
            change_price(
                provider_id=shop.provider_id,
                price_id=price,
                figures={"unit": "1"},
                valid_from=START + HOUR,
                now=START + HOUR,
            )
            shop.use(acme, "calls", 2, START + HOUR)

        with as_role("app"), tenant_scope(shop.provider_id, acme):
            (period,) = usage_this_period(shop.provider_id, acme)

        base, calls = period.lines
        assert (base.quantity, base.amount_minor, base.unit) == (None, Decimal(300), "")
        assert (calls.quantity, calls.included, calls.unit) == (Decimal(7), None, "unit")
        assert calls.amount_minor == Decimal("203.15")
        assert (period.due, period.posted) == (Money(503, "USD"), Money(303, "USD"))

    def test_it_shows_what_is_included(self, shop: Shop) -> None:
        acme, _ = sell(shop, included="2")

        with as_role("app"), tenant_scope(shop.provider_id, acme):
            (period,) = usage_this_period(shop.provider_id, acme)

        assert period.lines[0].included == 2

    def test_a_stranger_sees_nothing(self, shop: Shop) -> None:
        acme, _ = sell(shop)
        with provider_scope(shop.provider_id):
            globex = shop.tenant("globex")

        with as_role("app"), tenant_scope(shop.provider_id, globex):
            assert usage_this_period(shop.provider_id, acme) == []

    def test_a_closed_period_stays_readable(self, shop: Shop) -> None:
        acme, _ = sell(shop)
        charge(shop, 24 * 60)

        with provider_scope(shop.provider_id):
            (balance,) = period_balances(shop.provider_id)
            (december,) = period_balances(shop.provider_id, at=START + 40 * DAY)
            (period,) = usage_of_periods(shop.provider_id, acme, [_first_period(acme)])

        assert (balance.period_due_exact, balance.period_posted_minor) == ("3.0525", 305)
        assert (december.period_due_exact, december.period_posted_minor) == ("3", 300)
        assert (period.state, period.exact_minor) == ("closed", Decimal("305.25"))


class TestPeriodBalances:
    def test_a_tenant_without_usage_has_a_zero(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            tenant = shop.tenant("quiet")
            shop.price("calls", {"unit": "1"})
            version, _ = shop.version()
            shop.subscribe(tenant, version)

            (balance,) = period_balances(shop.provider_id)

        assert (balance.period_due_exact, balance.wallet_minor, balance.status) == (
            "0",
            0,
            "active",
        )

    def test_tiny_amounts_are_written_in_full(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            tenant = shop.tenant("tiny")
            shop.price("calls", {"unit": "0.00000012"})
            version, _ = shop.version()
            shop.subscribe(tenant, version)
            shop.use(tenant, "calls", "0.001", START)

            (balance,) = period_balances(shop.provider_id)

        assert balance.period_due_exact == "0.00000000012"


class TestChargedThrough:
    def test_it_is_none_before_the_first_run(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            assert charged_through(shop.provider_id) is None

    def test_a_tenant_reads_its_own(self, shop: Shop) -> None:
        acme, _ = sell(shop)
        charge(shop, 2)

        with as_role("app"), tenant_scope(shop.provider_id, acme):
            assert charged_through(shop.provider_id) == START + 2 * HOUR


class TestLastsUntil:
    def credit(self, shop: Shop, tenant_id: int, amount: int) -> None:
        add_credit(
            provider_id=shop.provider_id,
            tenant_id=tenant_id,
            amount=Money(amount, "USD"),
            reason="credit",
            key=str(amount),
            now=START,
        )

    def test_usage_and_known_fees_use_it_up(self, shop: Shop) -> None:
        acme, _ = sell(shop)
        with provider_scope(shop.provider_id):
            for hour in range(24):
                shop.use(acme, "calls", 10, START + hour * HOUR)
        charge(shop, 24)
        spent = 300 + round(245 * 1.05)
        rate = Decimal(245) * Decimal("1.05") / 24

        with provider_scope(shop.provider_id):
            self.credit(shop, acme, spent + 500)
            soon = lasts_until(shop.provider_id, acme, now=START + DAY)
            self.credit(shop, acme, 7000)
            later = lasts_until(shop.provider_id, acme, now=START + DAY)

        assert soon == START + DAY + int(500 / rate * 60) * timedelta(minutes=1)
        assert later is not None
        month_end = START + 30 * DAY
        left = 7500 - rate * 29 * 24 - 300
        assert (
            later == month_end
            or left < 0
            or later == START + 30 * DAY + int(left / rate * 60) * timedelta(minutes=1)
        )

    def test_fees_alone_end_it_at_a_fee(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            tenant = shop.tenant()
            shop.fee("base", "3")
            version, _ = shop.version()
            shop.subscribe(tenant, version)
        charge(shop, 1)

        with provider_scope(shop.provider_id):
            self.credit(shop, tenant, 900)

            assert lasts_until(shop.provider_id, tenant, now=START + DAY) == START + 61 * DAY

    def test_an_empty_wallet_ends_now_and_an_idle_one_never(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            tenant = shop.tenant()
            shop.price("calls", {"unit": "1"})
            version, _ = shop.version()
            shop.subscribe(tenant, version)

            assert lasts_until(shop.provider_id, tenant, now=START) == START
            self.credit(shop, tenant, 1)
            assert lasts_until(shop.provider_id, tenant, now=START) is None


class TestRecordRates:
    def test_it_writes_down_what_changed(self, shop: Shop) -> None:
        _acme, _ = sell(shop)
        charge(shop, 24)

        at = START + DAY
        assert record_rates(provider_id=shop.provider_id, until=at, now=at) == 1
        assert record_rates(provider_id=shop.provider_id, until=at, now=at) == 0


def _first_period(tenant_id: int) -> int:
    ((found,),) = fetch_all(
        "SELECT id FROM accounts_period WHERE tenant_id = %s ORDER BY starts LIMIT 1", [tenant_id]
    )
    return int(found)
