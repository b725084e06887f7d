"""A contract decides which price holds when; every change keeps what was charged before it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from tests.factories.usage import HOUR, START, Shop
from usage.errors import (
    NotFullHourError,
    SubscriptionConflictError,
    UnknownSubscriptionError,
    VersionNotActiveError,
)
from usage.services.overrides import end_override, set_override
from usage.services.prices import change_price
from usage.services.subscriptions import (
    change_plan,
    change_quantity,
    end_subscription,
    subscribe,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

DAY = timedelta(days=1)


@pytest.fixture
def shop(db: None) -> Iterator[Shop]:
    shop = Shop.open()
    with provider_scope(shop.provider_id):
        yield shop


def segments(tenant_id: int) -> list[tuple[Any, ...]]:
    return fetch_all(
        "SELECT lower(valid), upper(valid), price_id FROM usage_rate_segment"
        " WHERE tenant_id = %s AND NOT isempty(valid) ORDER BY meter_id, lower(valid)",
        [tenant_id],
    )


def totals(tenant_id: int) -> list[tuple[Any, ...]]:
    return fetch_all(
        "SELECT t.price_id, t.quantity, t.start FROM usage_total t JOIN usage_rate_segment s ON s.id = t.segment_id"
        " WHERE t.tenant_id = %s ORDER BY lower(s.valid) NULLS LAST, s.id",
        [tenant_id],
    )


class TestSubscribe:
    def test_it_charges_usage_that_came_before(self, shop: Shop) -> None:
        acme = shop.tenant()
        shop.price("calls", {"unit": "0.10"})
        version, prices = shop.version()
        shop.use(acme, "calls", 5, START + HOUR)

        shop.subscribe(acme, version)

        assert segments(acme) == [(START, None, prices["calls"])]
        assert totals(acme) == [(prices["calls"], 5, 0)]

    def test_it_counts_once_by_key(self, shop: Shop) -> None:
        acme = shop.tenant()
        shop.price("calls", {"unit": "0.10"})
        version, _ = shop.version()
        values: dict[str, Any] = {
            "tenant_id": acme,
            "version_id": version,
            "starts_at": START,
            "key": "k",
        }

        first = subscribe(provider_id=shop.provider_id, now=START, **values)

        assert subscribe(provider_id=shop.provider_id, now=START, **values) == first

    def test_it_refuses_a_draft(self, shop: Shop) -> None:
        with pytest.raises(VersionNotActiveError):
            shop.subscribe(shop.tenant(), 0)

    def test_it_refuses_a_broken_hour(self, shop: Shop) -> None:
        with pytest.raises(NotFullHourError):
            shop.subscribe(shop.tenant(), 0, START + timedelta(minutes=30))

    def test_it_refuses_a_second_price_of_a_meter(self, shop: Shop) -> None:
        acme = shop.tenant()
        shop.price("calls", {"unit": "0.10"})
        version, _ = shop.version()
        shop.subscribe(acme, version)

        with pytest.raises(SubscriptionConflictError):
            shop.subscribe(acme, version, START + DAY)

    def test_it_cuts_an_allowance_in_a_period_that_begins_late(self, shop: Shop) -> None:
        acme = shop.tenant()
        shop.price("calls", {"unit": "1", "included": "300"}, is_allowance_prorated=True)
        version, prices = shop.version()

        shop.subscribe(acme, version, START + 15 * DAY)

        (first, second) = segments(acme)
        assert first[:2] == (START + 15 * DAY, START + 30 * DAY)
        assert second == (START + 30 * DAY, None, prices["calls"])
        ((spec,),) = fetch_all(
            "SELECT spec->>'included' FROM usage_price WHERE id = %s", [first[2]]
        )
        assert Decimal(spec) == 150


class TestChangePrice:
    def test_it_splits_the_totals_at_the_hour(self, shop: Shop) -> None:
        acme = shop.tenant()
        shop.price("calls", {"unit": "0.10"})
        version, prices = shop.version()
        shop.subscribe(acme, version)
        shop.use(acme, "calls", 5, START + HOUR)
        shop.use(acme, "calls", 7, START + 3 * HOUR)

        new = change_price(
            provider_id=shop.provider_id,
            price_id=prices["calls"],
            figures={"unit": "0.20"},
            valid_from=START + 2 * HOUR,
            now=START + DAY,
        )

        assert totals(acme) == [(prices["calls"], 5, 0), (new, 7, 0)]

    def test_continuing_tiers_carry_the_quantity_over(self, shop: Shop) -> None:
        acme = shop.tenant()
        tiers = [{"up_to": "6", "unit": "1"}, {"unit": "0.5"}]
        shop.price("calls", {"tiers": tiers}, model="graduated", is_continuing=True)
        version, prices = shop.version()
        shop.subscribe(acme, version)
        shop.use(acme, "calls", 5, START + HOUR)
        shop.use(acme, "calls", 7, START + 3 * HOUR)

        new = change_price(
            provider_id=shop.provider_id,
            price_id=prices["calls"],
            figures={"tiers": [{"up_to": "6", "unit": "2"}, {"unit": "1"}]},
            valid_from=START + 2 * HOUR,
            now=START + DAY,
        )

        assert totals(acme) == [(prices["calls"], 5, 0), (new, 12, 5)]
        ((less,),) = fetch_all("SELECT less_minor FROM usage_total WHERE price_id = %s", [new])
        assert less == 1000

    def test_it_holds_ingestion_before_it_locks_a_row(self, shop: Shop) -> None:
        shop.price("calls", {"unit": "0.10"})
        _, prices = shop.version()

        with CaptureQueriesContext(connection) as queries:
            change_price(
                provider_id=shop.provider_id,
                price_id=prices["calls"],
                figures={"unit": "0.20"},
                valid_from=START + DAY,
                now=START,
            )

        asked = [query["sql"] for query in queries]
        (held, *_) = [n for n, sql in enumerate(asked) if "pg_advisory_xact_lock" in sql]
        (locked, *_) = [n for n, sql in enumerate(asked) if "FOR UPDATE" in sql]
        assert held < locked


class TestSetOverride:
    def test_it_prices_one_tenant_otherwise_and_ends(self, shop: Shop) -> None:
        acme, globex = shop.tenant(), shop.tenant()
        shop.price("calls", {"unit": "0.10"})
        version, prices = shop.version()
        for tenant in (acme, globex):
            shop.subscribe(tenant, version)
            shop.use(tenant, "calls", 5, START + HOUR)
        public = prices["calls"]

        own = set_override(
            provider_id=shop.provider_id,
            tenant_id=acme,
            price_id=public,
            figures={"unit": "0.05"},
            valid_from=START,
            now=START,
        )

        assert totals(globex) == [(public, 5, 0)]
        assert [row[0] for row in totals(acme) if row[1]] == [own]
        end_override(
            provider_id=shop.provider_id, tenant_id=acme, price_id=public, at=START, now=START
        )
        assert [row[0] for row in totals(acme) if row[1]] == [public]


class TestChangePlan:
    def test_it_counts_anew_under_the_new_plan(self, shop: Shop) -> None:
        acme = shop.tenant()
        shop.price("calls", {"unit": "0.10"})
        old, old_prices = shop.version()
        shop.price("calls", {"unit": "0.30"})
        new, new_prices = shop.version("better")
        subscription = shop.subscribe(acme, old)
        shop.use(acme, "calls", 5, START + HOUR)
        shop.use(acme, "calls", 7, START + 3 * HOUR)

        for _ in range(2):
            change_plan(
                provider_id=shop.provider_id,
                tenant_id=acme,
                subscription_id=subscription,
                version_id=new,
                at=START + 2 * HOUR,
                now=START + DAY,
            )

        assert totals(acme) == [(old_prices["calls"], 5, 0), (new_prices["calls"], 7, 0)]

    def test_two_changes_at_one_hour_leave_no_gap_and_no_overlap(self, shop: Shop) -> None:
        acme = shop.tenant()
        versions = []
        for number in range(3):
            shop.price("calls", {"unit": f"0.{number + 1}"})
            versions.append(shop.version(f"plan {number}"))
        subscription = shop.subscribe(acme, versions[0][0])

        for version, _ in versions[1:]:
            change_plan(
                provider_id=shop.provider_id,
                tenant_id=acme,
                subscription_id=subscription,
                version_id=version,
                at=START + HOUR,
                now=START,
            )

        assert segments(acme) == [
            (START, START + HOUR, versions[0][1]["calls"]),
            (START + HOUR, None, versions[2][1]["calls"]),
        ]

    def test_it_refuses_to_change_before_a_later_change(self, shop: Shop) -> None:
        acme = shop.tenant()
        shop.fee("seat", "5", kind="licence")
        version, _ = shop.version()
        subscription = shop.subscribe(acme, version)
        values: dict[str, Any] = {
            "tenant_id": acme,
            "subscription_id": subscription,
            "code": "seat",
            "now": START,
        }
        change_quantity(
            provider_id=shop.provider_id, quantity=Decimal(2), at=START + 2 * DAY, **values
        )

        with pytest.raises(SubscriptionConflictError):
            change_quantity(
                provider_id=shop.provider_id, quantity=Decimal(3), at=START + DAY, **values
            )


class TestEndSubscription:
    def test_usage_behind_the_end_is_not_charged(self, shop: Shop) -> None:
        acme = shop.tenant()
        shop.price("calls", {"unit": "0.10"})
        version, prices = shop.version()
        subscription = shop.subscribe(acme, version)
        shop.use(acme, "calls", 5, START + HOUR)
        shop.use(acme, "calls", 7, START + 3 * HOUR)
        values: dict[str, Any] = {
            "tenant_id": acme,
            "subscription_id": subscription,
            "now": START + DAY,
        }

        end_subscription(provider_id=shop.provider_id, at=START + 2 * HOUR, **values)

        assert totals(acme) == [(prices["calls"], 5, 0)]

    def test_it_refuses_strangers(self, shop: Shop) -> None:
        values: dict[str, Any] = {"subscription_id": 1, "at": START, "now": START}

        with pytest.raises(UnknownSubscriptionError):
            end_subscription(provider_id=shop.provider_id, tenant_id=shop.tenant(), **values)
