"""A charge at PayPal whose answer was lost: found in its books, proved not made once they reach so far, or given up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import time_machine

from gateway_simulators.common.faults import Fault
from payments.errors import PaymentNotFound
from payments.errors_charges import ChargeAnswered
from payments.services.charge_giving_up import give_up_charge
from tests.payments.services.test_denied_lists import refuse
from tests.payments.till import later
from tests.payments.views.test_pay import browser

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cast import Cast
    from tests.payments.shop import Shop

ORDERS = "/v2/checkout/orders"


@pytest.fixture
def paypal(shop_with: Callable[[str], Shop]) -> Shop:
    """Return Nimbus's shop at PayPal."""
    return shop_with("paypal")


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


class TestDenied:
    """PayPal's app may not search: nothing proves what became of the charge, so a person says so."""

    @pytest.fixture
    def payment(self, paypal: Shop) -> str:
        payment = charged(paypal, "reset")
        refuse(paypal, "/v1/reporting/.*")
        for hours in (1, 3, 6, 30):
            paypal.poll(hours=hours)
        assert paypal.row(payment).state == "unknown"
        return payment

    def test_a_person_ends_it_and_is_written_down(
        self, paypal: Shop, payment: str, cast: Cast
    ) -> None:
        bill = browser(cast, "bill")
        url = f"/provider/payments/{payment}/"
        early = bill.post(f"{url}not-made", follow=True)
        assert "may still come" in early.content.decode()
        assert paypal.row(payment).state == "unknown"

        with time_machine.travel(later(hours=6)):
            told = browser(cast, "bill").post(f"{url}not-made", follow=True)

        words = told.content.decode()
        assert "It counts as not made." in words
        assert f"{cast.user('bill').email} took it for not made" in words
        row = paypal.row(payment)
        assert (row.state, row.failure_code, row.next_poll_at) == ("canceled", "given_up", None)
        paypal.agrees(0)
        with pytest.raises(ChargeAnswered):
            give_up(paypal, payment)

    def test_money_that_came_all_the_same_is_credited(self, paypal: Shop) -> None:
        payment = charged(paypal, "lost")
        paypal.server.faults.append(Fault("/v1/reporting/.*", "429", left=99))
        assert give_up(paypal, payment) == "canceled"
        paypal.server.faults.clear()

        paypal.hear()

        assert paypal.row(payment).state == "succeeded"
        paypal.agrees(1050)

    def test_what_is_no_charge_or_another_providers_is_not_given_up(
        self, paypal: Shop, cast: Cast
    ) -> None:
        with pytest.raises(ChargeAnswered):
            give_up(paypal, paypal.start())
        with pytest.raises(PaymentNotFound):
            give_up(paypal, charged(paypal, "reset"), provider_id=cast.sonora)


def give_up(shop: Shop, payment: str, **other: int) -> str:
    named = {"provider_id": shop.provider_id, **other}
    return give_up_charge(**named, public_id=payment, user_id=7, now=later(hours=6))
