"""Subscribers move to another version of their plan: when they should, once each, and their bills stay right."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from django.db import InternalError, OperationalError, transaction

from billing_platform.kernel.scope import provider_scope
from tests.factories.usage import HOUR, START, Shop
from tests.roles import as_role
from usage.enums import MoveOutcome, MoveStart
from usage.errors import (
    MoveInPeriodError,
    MoveUnderWayError,
    UnknownCatalogueError,
    VersionNotActiveError,
)
from usage.models import PlanMove, PlanMoveResult, PlanVersion, Subscription, SubscriptionItem
from usage.selectors.consumption import usage_this_period
from usage.selectors.plan_moves import counted_anew, move_results, moves_of
from usage.services.charging import charge_hours
from usage.services.overrides import set_override
from usage.services.plan_move_orders import order_move, stop_move
from usage.services.plan_moves import CHUNK, FIRST, move_chunk, work_off_moves
from usage.services.plans import activate_version, draft_version
from usage.services.prices import PriceDraft, add_price
from usage.services.subscriptions import end_subscription

if TYPE_CHECKING:
    from collections.abc import Iterator

# Ten hours and a half into the period.
NOW = START + 10 * HOUR + timedelta(minutes=30)
PERIOD_END = datetime(2026, 12, 1, tzinfo=START.tzinfo)


@pytest.fixture
def shop(db: None) -> Iterator[Shop]:
    shop = Shop.open()
    with as_role("worker"):
        yield shop


def sell_two(shop: Shop) -> tuple[int, int]:
    """Put a version at 0.10 a call on sale, and one at 0.20; the month's fee stays."""
    shop.price("calls", {"unit": "0.10"})
    shop.fee("base", "30")
    old, _ = shop.version()
    return old, next_version(shop, old, {"calls": "0.20"})


def next_version(shop: Shop, version_id: int, units: dict[str, str]) -> int:
    plan_id = PlanVersion.objects.get(pk=version_id).plan_id
    new = draft_version(provider_id=shop.provider_id, plan_id=plan_id, now=shop.now)
    for code, unit in units.items():
        draft = PriceDraft(
            code=code,
            name=code,
            kind="usage",
            currency="USD",
            figures={"unit": unit},
            meter_id=shop.meters[code],
        )
        add_price(provider_id=shop.provider_id, version_id=new, draft=draft, now=shop.now)
    fee = PriceDraft(
        code="base",
        name="base",
        kind="recurring",
        currency="USD",
        figures={"unit": "30"},
        interval_months=1,
    )
    add_price(provider_id=shop.provider_id, version_id=new, draft=fee, now=shop.now)
    activate_version(provider_id=shop.provider_id, version_id=new, now=shop.now)
    return new


def order(shop: Shop, version_id: int, starts: str = MoveStart.PERIOD, key: str = "k") -> int:
    return order_move(
        provider_id=shop.provider_id,
        version_id=version_id,
        starts=starts,
        key=key,
        asked_by=7,
        now=NOW,
    )


def stop(shop: Shop, move_id: int) -> bool:
    return stop_move(provider_id=shop.provider_id, move_id=move_id, stopped_by=8, now=NOW)


def outcomes(shop: Shop, move_id: int) -> list[tuple[str, str]]:
    rows = move_results(shop.provider_id, move_id, limit=100)
    return [(row.outcome, row.reason) for row in rows]


class TestMove:
    def test_now_begins_with_the_next_hour_and_both_prices_are_charged(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            old, new = sell_two(shop)
            tenants = [shop.tenant() for _ in range(25)]
            subscriptions = [shop.subscribe(tenant, old) for tenant in tenants]
            shop.use(tenants[0], "calls", 10, NOW)
            shop.use(tenants[0], "calls", 10, NOW + HOUR)
            move_id = order(shop, new, MoveStart.NOW)

        assert work_off_moves(provider_id=shop.provider_id, now=NOW) == {"moved": 25}
        charge_hours(provider_id=shop.provider_id, until=START + 12 * HOUR, now=NOW + 2 * HOUR)
        with provider_scope(shop.provider_id):
            rows = move_results(shop.provider_id, move_id, limit=100)
            assert {row.at for row in rows} == {START + 11 * HOUR}
            assert [row.subscription_id for row in rows] == subscriptions
            (period,) = usage_this_period(shop.provider_id, tenants[0])
            amounts = {line.code: line.amount_minor for line in period.lines}
            assert amounts == {"calls": Decimal(300), "base": Decimal(3000)}
            (done,) = moves_of(shop.provider_id, PlanVersion.objects.get(pk=new).plan_id)
            assert done.finished_at == NOW
            assert done.counts == {"moved": 25}

    def test_with_the_period_it_begins_where_the_next_one_does(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            old, new = sell_two(shop)
            tenant = shop.tenant()
            shop.subscribe(tenant, old)
            shop.use(tenant, "calls", 10, NOW + 20 * HOUR)
            move_id = order(shop, new)

        work_off_moves(provider_id=shop.provider_id, now=NOW)
        with provider_scope(shop.provider_id):
            (row,) = move_results(shop.provider_id, move_id, limit=10)
            assert row.at == PERIOD_END
            (period,) = usage_this_period(shop.provider_id, tenant)
            assert {line.code: line.amount_minor for line in period.lines}["calls"] == 100

    def test_a_second_run_and_a_second_order_change_nothing(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            old, new = sell_two(shop)
            shop.subscribe(shop.tenant(), old)
            first = order(shop, new, MoveStart.NOW)
            assert order(shop, new, MoveStart.NOW) == first
        work_off_moves(provider_id=shop.provider_id, now=NOW)
        with provider_scope(shop.provider_id):
            items = list(SubscriptionItem.objects.order_by("pk").values())
            second = order(shop, new, MoveStart.NOW, key="other")
        assert work_off_moves(provider_id=shop.provider_id, now=NOW) == {}

        with provider_scope(shop.provider_id):
            assert list(SubscriptionItem.objects.order_by("pk").values()) == items
            assert outcomes(shop, second) == []

    def test_who_cannot_move_stays_and_is_told_why(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            old, new = sell_two(shop)
            plain, agreed, leaving, foreign, late = (shop.tenant() for _ in range(5))
            for tenant in (plain, agreed, foreign):
                shop.subscribe(tenant, old)
            leaves = shop.subscribe(leaving, old)
            price_id = SubscriptionItem.objects.filter(tenant_id=agreed).values_list(
                "price_id", flat=True
            )[0]
            set_override(
                provider_id=shop.provider_id,
                tenant_id=agreed,
                price_id=price_id,
                figures={"unit": "0.05"},
                valid_from=START,
                now=NOW,
            )
            end_subscription(
                provider_id=shop.provider_id,
                tenant_id=leaving,
                subscription_id=leaves,
                at=START + 11 * HOUR,
                now=NOW,
            )
            Subscription.objects.filter(tenant_id=foreign).update(currency="EUR")
            move_id = order(shop, new, MoveStart.NOW)
            shop.subscribe(late, old)
        work_off_moves(provider_id=shop.provider_id, now=NOW)

        with provider_scope(shop.provider_id):
            assert sorted(outcomes(shop, move_id)) == [
                (MoveOutcome.KEPT, "ends_before"),
                (MoveOutcome.KEPT, "own_prices"),
                (MoveOutcome.MOVED, ""),
                (MoveOutcome.REFUSED, "version_not_active"),
            ]
            stayed = Subscription.objects.filter(plan_version_id=old)
            assert set(stayed.values_list("tenant_id", flat=True)) == {
                agreed,
                leaving,
                foreign,
                late,
            }


class TestStop:
    def test_what_was_moved_stays_and_the_rest_stays_where_it_is(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            old, new = sell_two(shop)
            for _ in range(CHUNK + 5):
                shop.subscribe(shop.tenant(), old)
            move_id = order(shop, new, MoveStart.NOW)
            results, place = move_chunk(move=PlanMove.objects.get(pk=move_id), after=FIRST, now=NOW)
            assert len(results) == CHUNK
            assert stop(shop, move_id) is True
            assert stop(shop, move_id) is False
            assert place is not None
            late = move_chunk(move=PlanMove.objects.get(pk=move_id), after=place, now=NOW)
            assert late == ([], None)

        assert work_off_moves(provider_id=shop.provider_id, now=NOW) == {}
        with provider_scope(shop.provider_id):
            assert Subscription.objects.filter(plan_version_id=new).count() == CHUNK
            assert Subscription.objects.filter(plan_version_id=old).count() == 5
            rest = order(shop, new, MoveStart.NOW, key="rest")
        assert work_off_moves(provider_id=shop.provider_id, now=NOW) == {"moved": 5}
        with provider_scope(shop.provider_id):
            ended = dict(PlanMove.objects.values_list("pk", "stopped_by_id"))
            assert ended == {move_id: 8, rest: None}

    def test_one_that_is_done_is_not_stopped(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            _, new = sell_two(shop)
            move_id = order(shop, new)
        work_off_moves(provider_id=shop.provider_id, now=NOW)
        with provider_scope(shop.provider_id):
            assert stop(shop, move_id) is False
            assert PlanMove.objects.get().stopped_by_id is None

    def test_another_provider_s_is_unknown(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            _, new = sell_two(shop)
            move_id = order(shop, new)
        other = Shop.open()
        with provider_scope(other.provider_id), pytest.raises(UnknownCatalogueError):
            stop(other, move_id)


class TestOrder:
    def test_what_counts_anew_moves_between_periods_only(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            shop.meter("users", "unique")
            shop.price("users", {"unit": "5"}, name="Users")
            old, _ = shop.version()
            plan_id = PlanVersion.objects.get(pk=old).plan_id
            new = next_version(shop, old, {"users": "6"})

            assert counted_anew(shop.provider_id, plan_id, new) == ["Users", "users"]
            with pytest.raises(MoveInPeriodError):
                order(shop, new, MoveStart.NOW)
            assert order(shop, new, MoveStart.PERIOD)

    def test_only_one_of_a_plan_is_open(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            _, new = sell_two(shop)
            order(shop, new)
            with pytest.raises(MoveUnderWayError):
                order(shop, new, key="other")
            assert PlanMove.objects.count() == 1

    def test_only_to_what_is_on_sale(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            old, _ = sell_two(shop)
            plan_id = PlanVersion.objects.get(pk=old).plan_id
            draft = draft_version(provider_id=shop.provider_id, plan_id=plan_id, now=NOW)
            with pytest.raises(VersionNotActiveError):
                order(shop, draft)

    def test_results_are_never_changed(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            old, new = sell_two(shop)
            shop.subscribe(shop.tenant(), old)
            order(shop, new)
        work_off_moves(provider_id=shop.provider_id, now=NOW)
        with (
            as_role("owner"),
            pytest.raises((InternalError, OperationalError), match="append-only"),
            transaction.atomic(),
        ):
            PlanMoveResult.objects.update(outcome=MoveOutcome.KEPT)
