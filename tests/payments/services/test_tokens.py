"""A customer agrees to later charges at Razorpay: the token is kept, charged by itself, and the books agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.clock import now
from payments.errors import CurrencyRefused
from payments.services.gateways import saving_ways
from payments.services.reconciliation import reconcile
from tests.roles import as_role

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.payments.shop import Shop


@pytest.fixture
def shop(shop_with: Callable[[str], Shop]) -> Shop:
    shop = shop_with("razorpay")
    shop.keep_tokens()
    return shop


def test_a_customer_agrees_and_is_charged_while_away(shop: Shop) -> None:
    shop.agree(shop.set_up())
    shop.hear()

    (method,) = shop.methods()
    payment = shop.charge(method.method_id)
    shop.hear()

    assert (method.brand, method.last4, method.is_default) == ("visa", "1111", True)
    assert (shop.row(payment).state, shop.balance("INR")) == ("succeeded", 1050)
    with as_role("worker"):
        found = reconcile(provider_id=shop.provider_id, now=now())
    assert (found.differences, found.failed) == ((), {})
    assert len(shop.rows()) == 1, "the rupee of the agreement is no payment of ours"


def test_it_is_offered_for_rupees_alone(shop: Shop) -> None:
    ways = {
        code: len(saving_ways(provider_id=shop.provider_id, currency=code))
        for code in ("INR", "USD")
    }

    assert ways == {"INR": 1, "USD": 0}
    with pytest.raises(CurrencyRefused):
        shop.set_up(currency="USD")
