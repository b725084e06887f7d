"""PayPal takes a payment back by itself: the event names a refund, which is fetched, and the money leaves once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.clock import now
from payments.services.reconciliation import reconcile
from tests.payments.shop import Shop
from tests.roles import as_role

if TYPE_CHECKING:
    from gateway_simulators.common.server import SimulatorServer
    from tests.cast import Cast
    from tests.payments.shop import Sent

pytestmark = pytest.mark.parametrize("shop", ["paypal"], indirect=True)


def reverse(shop: Shop, capture: str) -> list[Sent]:
    """Let PayPal take a payment back, and return what it tells of that alone."""
    shop.told()
    shop.server.gateways["paypal"].act("reverse", {"id": capture})
    told = shop.told()
    assert [b"PAYMENT.CAPTURE.REVERSED" in one.body for one in told] == [True]
    return told


class TestReversal:
    def test_it_leaves_once_however_often_it_is_told(self, shop: Shop) -> None:
        payment = shop.paid()
        told = reverse(shop, shop.row(payment).external_id)

        shop.hear([*told, *told])
        shop.catch_up()
        shop.poll()

        assert [(one.amount_minor, one.asked_by) for one in shop.refunds()] == [(1050, None)]
        shop.agrees(0)
        with as_role("worker"):
            found = reconcile(provider_id=shop.provider_id, now=now())
        assert (found.differences, found.failed) == ((), {})

    def test_only_what_is_left_goes(self, shop: Shop) -> None:
        payment = shop.paid()
        shop.back(payment, 400)

        shop.hear(reverse(shop, shop.row(payment).external_id))

        assert [one.amount_minor for one in shop.refunds()] == [400, 650]
        shop.agrees(0)

    def test_it_is_told_before_anybody_knew_of_the_payment(self, shop: Shop) -> None:
        payment = shop.start()
        shop.press(payment)
        shop.capture(payment)
        (capture,) = shop.desk.taken(shop.slug)

        shop.hear(reverse(shop, capture))

        assert [one.amount_minor for one in shop.refunds()] == [1050]
        shop.agrees(0)

    def test_what_an_event_says_of_the_amount_counts_for_nothing(self, shop: Shop) -> None:
        payment = shop.paid()
        (told,) = reverse(shop, shop.row(payment).external_id)

        shop.hear([shop.sign(told.body.replace(b"10.50", b"99.99"))])

        shop.agrees(0)

    def test_an_event_at_another_provider_takes_nothing(
        self, shop: Shop, cast: Cast, simulated: SimulatorServer
    ) -> None:
        other = Shop.open((cast.sonora, cast.aria), simulated, "paypal", "sonora")
        payment = shop.paid()
        (told,) = reverse(shop, shop.row(payment).external_id)

        assert shop.deliver(told, other.hook_path) == 400
        other.hear([other.sign(told.body)])

        assert (other.refunds(), shop.refunds()) == ([], [])
        assert (other.balance(), shop.balance()) == (0, 1050)
