"""A set end is taken back until it has come: the contract is charged as one that was never ended."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from tests.factories.usage import HOUR, START, Shop
from tests.roles import as_role
from usage.errors import (
    SubscriptionConflictError,
    SubscriptionEndedError,
    UnknownSubscriptionError,
)
from usage.models import Subscription, SubscriptionItem
from usage.services.charging import charge_hours
from usage.services.kept_subscriptions import keep_subscription
from usage.services.subscriptions import change_plan, change_quantity, end_subscription

if TYPE_CHECKING:
    from collections.abc import Iterator

DAY = timedelta(days=1)


@pytest.fixture
def shop(db: None) -> Shop:
    shop = Shop.open()
    with provider_scope(shop.provider_id):
        shop.price("calls", {"unit": "0.10"})
        shop.fee("base", "30.00")
    return shop


@pytest.fixture
def open_shop(shop: Shop) -> Iterator[Shop]:
    with provider_scope(shop.provider_id):
        yield shop


def charge(shop: Shop, until: Any) -> None:
    """Run the hourly job."""
    with as_role("worker"):
        charge_hours(provider_id=shop.provider_id, until=until, now=until)


def charged(tenant_id: int) -> list[tuple[Any, ...]]:
    """Return the fees and the segments of a tenant; its provider's scope is open."""
    return [
        *fetch_all(
            "SELECT kind, service_from, service_to, amount_minor FROM usage_fee WHERE tenant_id = %s ORDER BY 2, 1",
            [tenant_id],
        ),
        *fetch_all(
            "SELECT lower(valid), upper(valid) FROM usage_rate_segment"
            " WHERE tenant_id = %s AND NOT isempty(valid) ORDER BY meter_id, 1",
            [tenant_id],
        ),
    ]


class TestKeep:
    @pytest.mark.parametrize("ends", [START + 10 * DAY, START + 30 * DAY])
    def test_it_is_charged_as_one_that_was_never_ended(self, shop: Shop, ends: Any) -> None:
        scope = partial(provider_scope, shop.provider_id)
        with scope():
            version, _ = shop.version()
            kept, twin = shop.tenant(), shop.tenant()
            number, _other = shop.subscribe(kept, version), shop.subscribe(twin, version)
        own: dict[str, Any] = {"provider_id": shop.provider_id, "tenant_id": kept}
        charge(shop, START + DAY)
        with scope():
            end_subscription(**own, subscription_id=number, at=ends, now=START + DAY)
        charge(shop, START + 2 * DAY)

        with scope():
            for _again in range(2):
                keep_subscription(**own, subscription_id=number, now=START + 2 * DAY)
            for tenant_id in (kept, twin):
                shop.use(tenant_id, "calls", 5, ends + HOUR)
        charge(shop, START + 40 * DAY)

        with scope():
            assert charged(kept) == charged(twin)
            assert len([row for row in charged(kept) if row[0] == "recurring"]) == 2
            assert Subscription.objects.get(pk=number).ends_at is None

    def test_what_has_ended_stays_ended(self, open_shop: Shop) -> None:
        shop = open_shop
        version, _ = shop.version()
        acme = shop.tenant()
        number = shop.subscribe(acme, version)
        own: dict[str, Any] = {"provider_id": shop.provider_id, "tenant_id": acme}
        end_subscription(**own, subscription_id=number, at=START + DAY, now=START)

        with pytest.raises(SubscriptionEndedError):
            keep_subscription(**own, subscription_id=number, now=START + DAY)

    def test_another_that_follows_stands_in_the_way(self, open_shop: Shop) -> None:
        shop = open_shop
        version, _ = shop.version()
        acme = shop.tenant()
        number = shop.subscribe(acme, version)
        own: dict[str, Any] = {"provider_id": shop.provider_id, "tenant_id": acme}
        end_subscription(**own, subscription_id=number, at=START + DAY, now=START)
        shop.subscribe(acme, version, START + DAY)

        with pytest.raises(SubscriptionConflictError):
            keep_subscription(**own, subscription_id=number, now=START)

    def test_units_changed_with_the_end_stand_in_the_way(self, open_shop: Shop) -> None:
        shop = open_shop
        version, _ = shop.version()
        acme = shop.tenant()
        number = shop.subscribe(acme, version)
        own: dict[str, Any] = {"provider_id": shop.provider_id, "tenant_id": acme}
        at = {"subscription_id": number, "at": START + DAY, "now": START}
        change_quantity(**own, **at, code="base", quantity=Decimal(2))  # type: ignore[arg-type]
        end_subscription(**own, **at)  # type: ignore[arg-type]

        with pytest.raises(SubscriptionConflictError):
            keep_subscription(**own, subscription_id=number, now=START)

    def test_a_setup_fee_that_waits_under_the_plan_before_does_not(self, open_shop: Shop) -> None:
        shop = open_shop
        acme = shop.tenant(trial_ends_at=START + 5 * HOUR)
        shop.fee("installation", "40.00", "setup")
        number = shop.subscribe(acme, shop.version("first")[0])
        shop.fee("base", "60.00")
        own: dict[str, Any] = {
            "provider_id": shop.provider_id,
            "tenant_id": acme,
            "subscription_id": number,
        }
        second, _ = shop.version("second")
        change_plan(**own, version_id=second, at=START + HOUR, now=START)
        end_subscription(**own, at=START + 3 * HOUR, now=START)

        keep_subscription(**own, now=START)

        assert Subscription.objects.get(pk=number).ends_at is None
        open_items = SubscriptionItem.objects.filter(subscription_id=number, valid__endswith=None)
        assert open_items.exclude(fee_next_at=None).count() == 2, "the setup fee, and the new base"

    def test_a_plan_that_is_to_begin_with_the_end_of_a_mere_setup_fee_does(self, db: None) -> None:
        shop = Shop.open()
        with provider_scope(shop.provider_id):
            acme = shop.tenant(trial_ends_at=START + 5 * HOUR)
            shop.fee("installation", "40.00", "setup")
            number = shop.subscribe(acme, shop.version("first")[0])
            shop.fee("base", "60.00")
            own: dict[str, Any] = {
                "provider_id": shop.provider_id,
                "tenant_id": acme,
                "subscription_id": number,
            }
            end_subscription(**own, at=START + 2 * HOUR, now=START)
            keep_subscription(**own, now=START)
            assert Subscription.objects.get(pk=number).ends_at is None
            second, _ = shop.version("second")
            change_plan(**own, version_id=second, at=START + 3 * HOUR, now=START)
            end_subscription(**own, at=START + 3 * HOUR, now=START)

            with pytest.raises(SubscriptionConflictError):
                keep_subscription(**own, now=START)

    def test_it_refuses_strangers(self, open_shop: Shop) -> None:
        shop = open_shop
        version, _ = shop.version()
        number = shop.subscribe(shop.tenant(), version)

        with pytest.raises(UnknownSubscriptionError):
            keep_subscription(
                provider_id=shop.provider_id,
                tenant_id=shop.tenant(),
                subscription_id=number,
                now=START,
            )
