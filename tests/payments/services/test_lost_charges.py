"""A charge at PayPal whose answer was lost: found in its books, or proved not made once they reach so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gateway_simulators.common.faults import Fault
from tests.payments.shop import Shop

if TYPE_CHECKING:
    from gateway_simulators.common.server import SimulatorServer
    from tests.cast import Cast

ORDERS = "/v2/checkout/orders"


@pytest.fixture
def paypal(cast: Cast, simulated: SimulatorServer) -> Shop:
    """Return Nimbus's shop at PayPal."""
    return Shop.open((cast.nimbus, cast.acme), simulated, "paypal")


def charged(shop: Shop, mode: str) -> str:
    """Return a charge that PayPal was asked for in vain."""
    method = shop.saved()
    shop.server.faults.append(Fault(ORDERS, mode, left=99, method="POST"))
    payment = shop.charge(method.method_id)
    assert shop.row(payment).state == "unknown"
    return payment


class TestNeverMade:
    def test_it_ends_once_the_books_reach_so_far(self, paypal: Shop) -> None:
        payment = charged(paypal, "reset")
        for hours in (1, 3, 4, 6, 7):
            paypal.poll(hours=hours)
        paypal.server.faults.clear()
        paypal.poll(hours=8)
        assert paypal.row(payment).state == "unknown"

        paypal.server.advance(30 * 3600)
        paypal.poll(hours=30)

        row = paypal.row(payment)
        assert (row.state, row.failure_code) == ("canceled", "never_started")
        paypal.agrees(0)


class TestMade:
    def test_it_is_found_in_the_books(self, paypal: Shop) -> None:
        payment = charged(paypal, "lost")
        for hours in (1, 3, 4, 6, 7):
            paypal.poll(hours=hours)

        assert paypal.row(payment).state == "succeeded"
        paypal.agrees(1050)
