"""Fees in the hourly job: setup, recurring and licences, prorated, each once."""

from __future__ import annotations

from decimal import Decimal

from billing_platform.kernel.rows import fetch_dicts
from billing_platform.kernel.scope import provider_scope
from tests.factories.usage import HOUR, START, Shop
from tests.usage.services.charges import DAY, balance, charge, postings, use
from usage.selectors.runway import FEE_ITEMS, coming_fees
from usage.services.overrides import set_override
from usage.services.prices import change_price
from usage.services.subscriptions import change_quantity, end_subscription


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

    def test_what_begins_and_ends_before_one_run_is_settled_by_it(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            tenant = shop.tenant()
            shop.fee("seat", "30", kind="licence")
            version, _ = shop.version()
            subscription = shop.subscribe(tenant, version, quantities={"seat": Decimal(2)})
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
        charge(shop, START + 12 * DAY)
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

    def test_an_own_fee_holds_on_when_the_plan_s_changes(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            tenants = [shop.tenant() for _ in range(2)]
            shop.fee("base", "30")
            version, prices = shop.version()
            for tenant in tenants:
                shop.subscribe(tenant, version)
            set_override(
                provider_id=shop.provider_id,
                tenant_id=tenants[0],
                price_id=prices["base"],
                figures={"unit": "15"},
                valid_from=START,
                now=START,
            )
        charge(shop, START + HOUR)
        with provider_scope(shop.provider_id):
            change_price(
                provider_id=shop.provider_id,
                price_id=prices["base"],
                figures={"unit": "40"},
                valid_from=START + 30 * DAY,
                now=START + DAY,
            )
            coming = [
                next(coming_fees(item, START + DAY))[1]
                for tenant in tenants
                for item in fetch_dicts(FEE_ITEMS, [shop.provider_id, tenant])
            ]

        charge(shop, START + 30 * DAY + HOUR)

        assert coming == [1500, 4000]
        assert [balance(shop, tenant) for tenant in tenants] == [-3000, -7000]

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
