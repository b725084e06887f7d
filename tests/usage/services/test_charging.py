"""The hourly job charges each hour once, and finds every difference."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from accounts.services.credits import add_credit
from billing_platform.kernel.heartbeats import LeaseLostError, Run
from billing_platform.kernel.money import Money
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from tests.factories.usage import HOUR, START, Shop
from tests.roles import as_role
from usage.errors import NotFullHourError
from usage.services.charging import ChargeResult, charge_hours
from usage.services.overrides import set_override
from usage.services.prices import change_price
from usage.services.reopening import reopen_totals
from usage.services.subscriptions import change_quantity, end_subscription

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

DAY = timedelta(days=1)


@pytest.fixture
def shop(db: None) -> Iterator[Shop]:
    with as_role("worker"):
        yield Shop.open()


def charge(shop: Shop, until: datetime, **more: Any) -> ChargeResult:
    return charge_hours(provider_id=shop.provider_id, until=until, now=until, **more)


def rows(shop: Shop, sql: str, *params: object) -> list[tuple[Any, ...]]:
    with provider_scope(shop.provider_id):
        return fetch_all(sql, params)


def balance(shop: Shop, tenant_id: int) -> int:
    ((found,),) = rows(shop, "SELECT balance FROM accounts_wallet WHERE tenant_id = %s", tenant_id)
    return int(found)


def postings(shop: Shop) -> list[tuple[Any, ...]]:
    return rows(
        shop,
        "SELECT p.kind, a.kind, e.amount_minor FROM accounts_entry e JOIN accounts_posting p ON p.id = e.posting_id"
        " JOIN accounts_account a ON a.id = e.account_id ORDER BY e.id",
    )


def sell(shop: Shop, unit: str = "0.10", **more: Any) -> tuple[int, int]:
    """One tenant with one meter; returns the tenant and the price."""
    with provider_scope(shop.provider_id):
        tenant_id = shop.tenant()
        shop.price("calls", {"unit": unit}, **more)
        version, prices = shop.version()
        shop.subscribe(tenant_id, version)
    return tenant_id, prices["calls"]


def use(
    shop: Shop, tenant_id: int, quantity: str | int, at: datetime, meter: str = "calls", **more: Any
) -> None:
    with provider_scope(shop.provider_id):
        shop.use(tenant_id, meter, quantity, at, **more)


class TestChargeHours:
    def test_it_posts_once(self, shop: Shop) -> None:
        acme, _ = sell(shop)
        use(shop, acme, 7, START)

        first = charge(shop, START + HOUR)
        second = charge(shop, START + HOUR)

        assert (first.hours, first.tenants, first.posted_minor) == (1, 1, {"USD": 70})
        assert (second.hours, second.tenants, second.posted_minor) == (0, 0, {})
        assert balance(shop, acme) == -70
        assert postings(shop) == [("usage", "wallet", -70), ("usage", "revenue_usage", 70)]

    def test_it_refuses_a_broken_hour(self, shop: Shop) -> None:
        with pytest.raises(NotFullHourError):
            charge(shop, START + timedelta(minutes=1))

    def test_sub_cent_hours_add_up(self, shop: Shop) -> None:
        acme, _ = sell(shop, unit="0.0012")

        for hour in range(10):
            use(shop, acme, 1, START + hour * HOUR)
            charge(shop, START + (hour + 1) * HOUR)

        assert balance(shop, acme) == -1

    def test_a_long_silence_is_one_posting_that_names_its_hours(self, shop: Shop) -> None:
        acme, _ = sell(shop)
        charge(shop, START + HOUR)
        for hour in range(1, 51):
            use(shop, acme, 1, START + hour * HOUR)

        result = charge(shop, START + 51 * HOUR)

        assert (result.hours, result.posted_minor) == (50, {"USD": 500})
        spans = rows(shop, "SELECT hours_from, hours_to FROM accounts_posting")
        assert spans == [(START + HOUR, START + 51 * HOUR)]

    def test_late_usage_is_posted_by_the_next_run(self, shop: Shop) -> None:
        acme, _ = sell(shop)
        charge(shop, START + 5 * HOUR)
        use(shop, acme, 3, START + HOUR)

        assert charge(shop, START + 5 * HOUR, again=False).posted_minor == {}
        assert charge(shop, START + 5 * HOUR).posted_minor == {"USD": 30}

    def test_a_correction_below_zero_is_given_back(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            shop.meter("calls", allows_negative=True)
        acme, _ = sell(shop)
        use(shop, acme, 5, START)
        charge(shop, START + HOUR)
        use(shop, acme, -2, START)

        assert charge(shop, START + 2 * HOUR).posted_minor == {"USD": -20}
        assert balance(shop, acme) == -30

    def test_it_goes_never_backwards(self, shop: Shop) -> None:
        acme, _ = sell(shop)
        charge(shop, START + 5 * HOUR)
        use(shop, acme, 3, START + HOUR)

        assert charge(shop, START + 2 * HOUR).posted_minor == {}

    def test_a_price_change_in_the_past_posts_the_difference(self, shop: Shop) -> None:
        acme, price = sell(shop)
        use(shop, acme, 10, START)
        use(shop, acme, 10, START + 3 * HOUR)
        charge(shop, START + 4 * HOUR)
        with provider_scope(shop.provider_id):
            change_price(
                provider_id=shop.provider_id,
                price_id=price,
                figures={"unit": "0.25"},
                valid_from=START + 2 * HOUR,
                now=START + 4 * HOUR,
            )

        assert charge(shop, START + 4 * HOUR).posted_minor == {"USD": 150}

    def test_the_end_of_a_contract_in_the_past_gives_back(self, shop: Shop) -> None:
        acme, _ = sell(shop)
        use(shop, acme, 10, START)
        charge(shop, START + HOUR)
        with provider_scope(shop.provider_id):
            ((subscription,),) = fetch_all("SELECT id FROM usage_subscription")
            end_subscription(
                provider_id=shop.provider_id,
                tenant_id=acme,
                subscription_id=subscription,
                at=START,
                now=START + HOUR,
            )

        assert charge(shop, START + 2 * HOUR).posted_minor == {"USD": -100}
        assert balance(shop, acme) == 0

    def test_a_lost_heartbeat_stops_no_run(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        acme, _ = sell(shop)
        use(shop, acme, 7, START)

        def lose(_run: Run) -> None:
            raise LeaseLostError

        monkeypatch.setattr(Run, "renew", lose)

        assert charge(shop, START + HOUR).posted_minor == {"USD": 70}


class TestUntil:
    @pytest.mark.parametrize(
        ("aggregation", "before", "after", "due"),
        [("sum", "3", "5", 30), ("max", "3", "5", 30), ("latest", "9", "5", 90)],
    )
    def test_usage_behind_the_hour_waits(
        self, shop: Shop, aggregation: str, before: str, after: str, due: int
    ) -> None:
        with provider_scope(shop.provider_id):
            shop.meter("calls", aggregation)
        acme, _ = sell(shop)
        use(shop, acme, before, START + timedelta(minutes=59))
        use(shop, acme, after, START + HOUR)

        assert charge(shop, START + HOUR).posted_minor == {"USD": due}
        rest = {"sum": 50, "max": 20, "latest": -40}[aggregation]
        assert charge(shop, START + 2 * HOUR).posted_minor == {"USD": rest}

    def test_identities_first_seen_behind_the_hour_wait(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            shop.meter("calls", "unique")
        acme, _ = sell(shop)
        for number, at in enumerate((START, START + HOUR, START + HOUR)):
            use(shop, acme, 1, at, identity=f"{number:032x}")

        assert charge(shop, START + HOUR).posted_minor == {"USD": 10}
        assert charge(shop, START + 2 * HOUR).posted_minor == {"USD": 20}


class TestPeriods:
    def test_late_usage_of_an_old_period_is_a_correction_that_names_it(self, shop: Shop) -> None:
        acme, _ = sell(shop, unit="0.10", model="package")
        december = START + 30 * DAY
        use(shop, acme, 5, START)
        charge(shop, december + HOUR)
        use(shop, acme, 2, december + HOUR)
        use(shop, acme, 1, START + HOUR)

        charge(shop, december + 2 * HOUR)

        found = rows(
            shop,
            "SELECT p.kind, e.amount_minor, d.starts FROM accounts_entry e"
            " JOIN accounts_posting p ON p.id = e.posting_id"
            " JOIN accounts_period d ON d.id = e.period_id ORDER BY e.id",
        )
        assert found == [
            ("usage_correction", -50, START),
            ("usage_correction", -10, START),
            ("usage", -20, december),
        ]

    def test_a_closed_period_keeps_its_lines_and_opens_for_late_usage(self, shop: Shop) -> None:
        acme, _ = sell(shop)
        use(shop, acme, 5, START)
        charge(shop, START + HOUR)
        later = START + 40 * DAY

        result = charge(shop, later)

        assert result.closed == 1
        lines = rows(shop, "SELECT quantity, amount_minor FROM usage_period_line")
        assert lines == [(5, 50)]
        assert rows(shop, "SELECT count(*) FROM usage_total") == [(0,)]
        use(shop, acme, 2, START + HOUR)
        again = charge(shop, later)
        assert (again.posted_minor, again.closed) == ({"USD": 20}, 1)
        assert rows(shop, "SELECT quantity, amount_minor FROM usage_period_line") == [(7, 70)]

    def test_opening_an_open_period_changes_nothing(self, shop: Shop) -> None:
        acme, _ = sell(shop)
        with provider_scope(shop.provider_id):
            reopen_totals(provider_id=shop.provider_id, period_ids=[1], tenant_ids=[acme])

    def test_months_of_silence_roll_every_period(self, shop: Shop) -> None:
        acme, _ = sell(shop)

        charge(shop, START + 100 * DAY)

        states = rows(shop, "SELECT count(*) FROM accounts_period WHERE tenant_id = %s", acme)
        assert states == [(4,)]

    def test_a_postpaid_tenant_accrues_only(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            tenant = shop.tenant(billing_plan="POSTPAID")
            shop.price("calls", {"unit": "1"})
            version, _ = shop.version()
            shop.subscribe(tenant, version)
        use(shop, tenant, 5, START)

        assert charge(shop, START + HOUR).posted_minor == {}
        assert rows(shop, "SELECT quantity FROM usage_total") == [(5,)]

    def test_a_trial_is_rated_and_costs_nothing_until_it_ends(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            tenant = shop.tenant(trial_ends_at=START + 5 * HOUR)
            shop.price("calls", {"unit": "1"})
            version, _ = shop.version()
            shop.subscribe(tenant, version)
        use(shop, tenant, 5, START)
        use(shop, tenant, 2, START + 5 * HOUR)

        assert charge(shop, START + 5 * HOUR).posted_minor == {}
        assert charge(shop, START + 6 * HOUR).posted_minor == {"USD": 200}
        assert rows(shop, "SELECT status FROM tenants_tenant WHERE id = %s", tenant) == [
            ("active",)
        ]


class TestFees:
    def test_fees_fall_due_in_advance_and_land_on_their_accounts(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            tenant = shop.tenant()
            shop.fee("setup", "10", kind="setup")
            shop.fee("base", "30")
            shop.price("calls", {"unit": "0.005"})
            version, _ = shop.version()
            shop.subscribe(tenant, version, START + 15 * DAY)
        use(shop, tenant, 1, START + 15 * DAY)

        charge(shop, START + 15 * DAY + HOUR)
        charge(shop, START + 15 * DAY + 2 * HOUR)

        assert sorted(postings(shop)) == [
            ("usage", "revenue_one_time", 1000),
            ("usage", "revenue_recurring", 1500),
            ("usage", "revenue_usage", 1),
            ("usage", "wallet", -2501),
        ]
        charge(shop, START + 30 * DAY + HOUR)
        assert balance(shop, tenant) == -5501

    def test_a_changed_quantity_is_settled_by_days(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            tenant = shop.tenant()
            shop.fee("seat", "30", kind="licence")
            version, _ = shop.version()
            subscription = shop.subscribe(tenant, version, quantities={"seat": Decimal(2)})
        charge(shop, START + HOUR)
        assert balance(shop, tenant) == -6000
        with provider_scope(shop.provider_id):
            change_quantity(
                provider_id=shop.provider_id,
                tenant_id=tenant,
                subscription_id=subscription,
                code="seat",
                quantity=Decimal(3),
                at=START + 10 * DAY + 5 * HOUR,
                now=START + 10 * DAY,
            )

        charge(shop, START + 11 * DAY)

        assert balance(shop, tenant) == -6000 + 4000 - 6000

    def test_unused_days_are_given_back(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            tenant = shop.tenant()
            shop.fee("base", "30")
            version, _ = shop.version()
            subscription = shop.subscribe(tenant, version)
        charge(shop, START + HOUR)
        with provider_scope(shop.provider_id):
            end_subscription(
                provider_id=shop.provider_id,
                tenant_id=tenant,
                subscription_id=subscription,
                at=START + 9 * DAY + HOUR,
                now=START + DAY,
            )

        charge(shop, START + 2 * DAY)
        assert balance(shop, tenant) == -3000
        charge(shop, START + 20 * DAY)
        assert balance(shop, tenant) == -1000

    def test_an_own_fee_is_charged_and_given_back_as_agreed(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            tenants = [shop.tenant() for _ in range(2)]
            shop.fee("base", "30")
            version, prices = shop.version()
            contracts = [shop.subscribe(tenant, version) for tenant in tenants]
            set_override(
                provider_id=shop.provider_id,
                tenant_id=tenants[0],
                price_id=prices["base"],
                figures={"unit": "15"},
                valid_from=START,
                now=START,
            )
        charge(shop, START + HOUR)
        assert [balance(shop, tenant) for tenant in tenants] == [-1500, -3000]
        with provider_scope(shop.provider_id):
            for tenant, contract in zip(tenants, contracts, strict=True):
                end_subscription(
                    provider_id=shop.provider_id,
                    tenant_id=tenant,
                    subscription_id=contract,
                    at=START + 15 * DAY,
                    now=START,
                )

        charge(shop, START + 16 * DAY)

        assert [balance(shop, tenant) for tenant in tenants] == [-750, -1500]

    def test_a_minimum_is_due_without_usage(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            tenant = shop.tenant()
            shop.price("calls", {"unit": "1", "minimum": "5"})
            version, _ = shop.version()
            shop.subscribe(tenant, version)

        assert charge(shop, START + HOUR).posted_minor == {"USD": 500}
        use(shop, tenant, 6, START + HOUR)
        assert charge(shop, START + 2 * HOUR).posted_minor == {"USD": 100}
        assert charge(shop, START + 30 * DAY + HOUR).posted_minor == {"USD": 500}

    def test_a_minimum_of_a_contract_that_is_taken_back_is_given_back(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            tenant = shop.tenant()
            shop.price("calls", {"unit": "1", "minimum": "5"})
            version, _ = shop.version()
            subscription = shop.subscribe(tenant, version)
        later = START + 40 * DAY
        assert charge(shop, later).closed == 1
        with provider_scope(shop.provider_id):
            end_subscription(
                provider_id=shop.provider_id,
                tenant_id=tenant,
                subscription_id=subscription,
                at=START,
                now=later,
            )

        assert charge(shop, later + HOUR).posted_minor == {"USD": -1000}


class TestSuspension:
    def test_it_suspends_in_the_run_and_credit_brings_back(self, db: None) -> None:
        with as_role("worker"):
            shop = Shop.open(suspension=True)
            acme, _ = sell(shop)
            with provider_scope(shop.provider_id):
                add_credit(
                    provider_id=shop.provider_id,
                    tenant_id=acme,
                    amount=Money(50, "USD"),
                    reason="hello",
                    key="1",
                    now=START,
                )
            use(shop, acme, 5, START)
            charge(shop, START + HOUR)

            status = "SELECT status FROM tenants_tenant WHERE id = %s"
            assert rows(shop, status, acme) == [("suspended",)]
            with provider_scope(shop.provider_id):
                add_credit(
                    provider_id=shop.provider_id,
                    tenant_id=acme,
                    amount=Money(50, "USD"),
                    reason="more",
                    key="2",
                    now=START,
                )
            assert rows(shop, status, acme) == [("active",)]
