"""A price holds from an hour on: what may be ordered, who follows when, and that every sum is that of a fresh start."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction

from billing_platform.kernel.rows import execute, fetch_all
from billing_platform.kernel.scope import provider_scope
from tests.factories.usage import HOUR, START, Shop
from tests.roles import as_role
from usage.errors import (
    InvalidPriceError,
    NotFullHourError,
    PriceChangeUnderWayError,
    PriceCountsAnewError,
    UnknownCatalogueError,
    VersionNotActiveError,
)
from usage.models import Price, PriceChange
from usage.services.charging import charge_hours
from usage.services.overrides import set_override
from usage.services.plans import retire_version
from usage.services.price_changes import (
    check_price_change,
    order_price_change,
    work_off_price_changes,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

NOW = START + 10 * HOUR


@pytest.fixture
def shop(db: None) -> Iterator[Shop]:
    shop = Shop.open()
    with as_role("worker"):
        yield shop


def order(shop: Shop, price_id: int, hour: float = 2, **more: Any) -> int:
    terms = {"figures": {"unit": "0.25"}, "key": f"k{hour}", "asked_by": 7, **more}
    return order_price_change(
        provider_id=shop.provider_id,
        price_id=price_id,
        valid_from=START + hour * HOUR,
        now=NOW,
        **terms,
    )


def follow(shop: Shop) -> dict[str, int]:
    return work_off_price_changes(provider_id=shop.provider_id, now=NOW)


def charge(shop: Shop, until: datetime = NOW) -> None:
    charge_hours(provider_id=shop.provider_id, until=until, now=max(until, NOW))


def balance(shop: Shop, tenant_id: int) -> int:
    with provider_scope(shop.provider_id):
        rows = fetch_all("SELECT balance FROM accounts_wallet WHERE tenant_id = %s", [tenant_id])
    return int(rows[0][0])


def sell(shop: Shop, **more: Any) -> tuple[int, int, int]:
    """Return a version with calls at 0.10, its price, and a client of it."""
    shop.price("calls", more.pop("figures", {"unit": "0.10"}), **more)
    version, prices = shop.version()
    tenant = shop.tenant()
    shop.subscribe(tenant, version)
    return version, prices["calls"], tenant


class TestOrder:
    def test_who_comes_meanwhile_has_it_from_the_beginning(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            version, price, old = sell(shop)
            order(shop, price)
            new = shop.tenant()
            shop.subscribe(new, version)
            for tenant in (old, new):
                shop.use(tenant, "calls", 10, START + 3 * HOUR)
        charge(shop)
        assert (balance(shop, old), balance(shop, new)) == (-100, -250)

        assert follow(shop) == {"clients": 2}
        charge(shop)
        assert (balance(shop, old), balance(shop, new)) == (-250, -250)

    def test_late_usage_meanwhile_is_charged_once_in_the_end(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            _, price, acme = sell(shop)
            shop.use(acme, "calls", 10, START + HOUR)
            order(shop, price)
            shop.use(acme, "calls", 4, START + HOUR)
            shop.use(acme, "calls", 4, START + 3 * HOUR)
        charge(shop)
        assert balance(shop, acme) == -180, "all at 0.10: nobody is charged by a part of a change"
        follow(shop)
        charge(shop)
        assert balance(shop, acme) == -240, "14 at 0.10, 4 at 0.25"

    def test_a_price_to_come_waits_for_its_hour(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            _, price, acme = sell(shop)
            order(shop, price, hour=12)
            shop.use(acme, "calls", 10, START + 9 * HOUR)
        follow(shop)
        with provider_scope(shop.provider_id):
            shop.use(acme, "calls", 10, START + 12 * HOUR)
        charge(shop)
        assert balance(shop, acme) == -100
        charge(shop, START + 13 * HOUR)
        assert balance(shop, acme) == -350

    def test_another_price_takes_the_place_of_one_that_did_not_hold_yet(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            _, price, acme = sell(shop)
            order(shop, price, hour=12)
        follow(shop)
        with provider_scope(shop.provider_id):
            order(shop, price, hour=12, figures={"unit": "0.20"}, key="mended")
        follow(shop)
        with provider_scope(shop.provider_id):
            shop.use(acme, "calls", 10, START + 12 * HOUR)
        charge(shop, START + 13 * HOUR)
        assert balance(shop, acme) == -200

    def test_one_before_a_later_one_holds_until_that(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            _, price, acme = sell(shop)
            order(shop, price, hour=6)
        follow(shop)
        with provider_scope(shop.provider_id):
            order(shop, price, hour=3, figures={"unit": "1"})
            for hour in (2, 5, 7):
                shop.use(acme, "calls", 1, START + hour * HOUR)
        follow(shop)
        charge(shop)
        assert balance(shop, acme) == -(10 + 100 + 25)

    def test_tiers_go_on_counting_where_that_is_said(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            _, price, acme = sell(shop, figures={"unit": "0.10", "included": "10"})
            shop.use(acme, "calls", 10, START)
            shop.use(acme, "calls", 10, START + 3 * HOUR)
            figures = {"unit": "0.25", "included": "10"}
            order(shop, price, figures=figures, is_continuing=True)
        follow(shop)
        charge(shop)
        assert balance(shop, acme) == -250, "what is included was used up before"

    def test_own_prices_hold_on(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            _, price, acme = sell(shop)
            set_override(
                provider_id=shop.provider_id,
                tenant_id=acme,
                price_id=price,
                figures={"unit": "0.05"},
                valid_from=START,
                now=NOW,
            )
            order(shop, price)
            shop.use(acme, "calls", 10, START + 3 * HOUR)
        follow(shop)
        charge(shop)
        assert balance(shop, acme) == -50

    def test_a_fee_is_looked_up_when_it_falls_due(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            shop.fee("base", "30")
            _, prices = shop.version()
            order(shop, prices["base"], figures={"unit": "40"})
            (change,) = PriceChange.objects.all()

        assert change.finished_at == NOW, "there is nothing to follow"


class TestRefused:
    @pytest.mark.parametrize(
        ("hour", "more", "error"),
        [
            (2.5, {}, NotFullHourError),
            (2, {"figures": {"unit": "1", "included": "-1"}}, InvalidPriceError),
            (2, {"figures": {"unit": "-1", "cap": "5"}}, InvalidPriceError),
            (2, {"figures": {"unit": "1", "minimum": "5"}}, PriceCountsAnewError),
        ],
    )
    def test_what_makes_no_price_changes_nothing(
        self, shop: Shop, hour: float, more: dict[str, Any], error: type[Exception]
    ) -> None:
        with provider_scope(shop.provider_id):
            _, price, _ = sell(shop)
            with pytest.raises(error):
                order(shop, price, hour, **more)
            assert Price.objects.count() == 1

    @pytest.mark.parametrize("aggregation", ["max", "latest", "unique"])
    def test_what_would_be_charged_twice_in_a_period(self, shop: Shop, aggregation: str) -> None:
        with provider_scope(shop.provider_id):
            shop.meter("calls", aggregation)
            _, price, _ = sell(shop)
            with pytest.raises(PriceCountsAnewError):
                order(shop, price)

    def test_a_second_order_waits_and_a_repeated_one_is_the_first(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            shop.price("data", {"unit": "1"})
            _, price, _ = sell(shop)
            data = Price.objects.get(code="data").pk
            first = order(shop, price)
            assert order(shop, price) == first
            with pytest.raises(PriceChangeUnderWayError):
                order(shop, price, hour=5)
            with pytest.raises(PriceChangeUnderWayError):
                check_price_change(
                    provider_id=shop.provider_id,
                    price_id=price,
                    figures={"unit": "1"},
                    valid_from=START + 5 * HOUR,
                    now=NOW,
                )
            order(shop, data, key="another component")
            assert PriceChange.objects.count() == 2

    def test_prices_that_are_not_there_or_not_on_sale(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            version, price, _ = sell(shop)
            with pytest.raises(UnknownCatalogueError):
                order(shop, 0)
            retire_version(provider_id=shop.provider_id, version_id=version)
            with pytest.raises(VersionNotActiveError):
                order(shop, price)

    def test_another_provider_s_price_is_not_there(self, shop: Shop) -> None:
        other = Shop.open()
        with provider_scope(other.provider_id):
            _, foreign, _ = sell(other)
        with provider_scope(shop.provider_id), pytest.raises(UnknownCatalogueError):
            order(shop, foreign)

    def test_the_database_refuses_a_second_open_order(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            _, price, _ = sell(shop)
            order(shop, price)
            with pytest.raises(IntegrityError), transaction.atomic():
                execute(
                    "INSERT INTO usage_price_change (provider_id, version_id, code, currency, old_price_id, price_id,"
                    " valid_from, key, asked_by_id, asked_at, done, behind_id)"
                    " SELECT provider_id, version_id, code, currency, old_price_id, price_id, valid_from, 'other', 7,"
                    " asked_at, 0, 0 FROM usage_price_change"
                )


class TestFresh:
    def test_changes_in_any_order_come_to_what_a_fresh_start_does(self, shop: Shop) -> None:
        """One client lives through three changes, its twin is sold the same prices before it uses anything."""
        changes = ((6, "0.25"), (3, "1.00"), (12, "0.40"))
        tiers = [{"up_to": "5", "unit": "0.50"}, {"unit": "0.10"}]
        found = []
        for is_late in (True, False):
            one = Shop.open()
            with provider_scope(one.provider_id):
                _, price, tenant = sell(one, figures={"tiers": tiers}, model="graduated")
                _use(one, tenant) if is_late else None
            charge(one) if is_late else None
            for number, (hour, unit) in enumerate(changes):
                with provider_scope(one.provider_id):
                    figures = {"tiers": [{"up_to": "5", "unit": unit}, {"unit": "0.03"}]}
                    order(one, price, hour, figures=figures, is_continuing=number != 1)
                follow(one)
            with provider_scope(one.provider_id):
                None if is_late else _use(one, tenant)
            charge(one, NOW + timedelta(hours=10))
            found.append(balance(one, tenant))

        assert found[0] == found[1] < 0


def _use(shop: Shop, tenant_id: int) -> None:
    for hour in range(15):
        shop.use(tenant_id, "calls", "1.37", START + hour * HOUR)
