"""A preview asks the function that charges."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from tests.factories.usage import START, Shop
from usage.errors import InvalidPriceError
from usage.selectors.preview import plan_lines, price_amounts

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def shop(db: None) -> Iterator[Shop]:
    shop = Shop.open()
    with provider_scope(shop.provider_id):
        yield shop


class TestPriceAmounts:
    def test_it_rates_each_quantity(self) -> None:
        figures = {"tiers": [{"up_to": "10", "unit": "1"}, {"unit": "0.5"}]}
        quantities = [Decimal(5), Decimal(20)]

        found = price_amounts(
            model="graduated", figures=figures, currency="USD", quantities=quantities
        )

        assert found == [500, 1500]

    def test_it_refuses_what_is_no_price(self) -> None:
        with pytest.raises(InvalidPriceError):
            price_amounts(model="volume", figures={}, currency="USD", quantities=[])


class TestPlanLines:
    def test_it_prices_the_usage_of_a_period_by_another_plan(self, shop: Shop) -> None:
        acme = shop.tenant()
        shop.price("calls", {"unit": "1"})
        old, _ = shop.version()
        shop.price("calls", {"unit": "0.5", "included": "2"})
        shop.fee("base", "7")
        new, _ = shop.version("other")
        shop.subscribe(acme, old)
        shop.use(acme, "calls", 6, START)
        ((period,),) = fetch_all(
            "SELECT period_id FROM accounts_wallet WHERE tenant_id = %s", [acme]
        )

        base, calls = plan_lines(
            shop.provider_id,
            acme,
            version_id=new,
            currency="USD",
            period_id=period,
            units={"base": Decimal(2)},
        )

        assert (base.amount_minor, base.quantity) == (Decimal(1400), None)
        assert (calls.amount_minor, calls.quantity) == (Decimal(200), Decimal(6))
