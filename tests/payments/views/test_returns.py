"""Coming back from each gateway's page: what stands in the address settles nothing, whoever it is that comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway_simulators.common.faults import Fault
from tests.payments.views.test_pay import browser

if TYPE_CHECKING:
    from tests.cast import Cast
    from tests.payments.shop import Shop

# What each gateway adds for a payment that succeeded, as anybody may type it.
FORGED: Final = {
    "paypal": "token={page}&PayerID=PAYER1",
    "razorpay": "razorpay_payment_id=pay_x&razorpay_payment_link_id={page}"
    "&razorpay_payment_link_status=paid&razorpay_signature=" + "a" * 64,
    "stripe": "session_id={page}&redirect_status=succeeded",
}


def address(shop: Shop, payment: str) -> str:
    query = FORGED[shop.gateway].format(page=shop.row(payment).checkout_id)
    return f"/billing/payments/{payment}/return?{query}"


class TestReturn:
    def test_a_typed_address_settles_nothing(self, shop: Shop, cast: Cast) -> None:
        payment = shop.start()

        page = browser(cast, "alice").get(address(shop, payment), follow=True)

        assert "Continue paying" in page.content.decode()
        assert shop.row(payment).state == "requires_action"
        shop.agrees(0)

    def test_another_customers_return_is_not_found(self, shop: Shop, cast: Cast) -> None:
        payment = shop.start()
        shop.press(payment)

        answer = browser(cast, "charlie").get(address(shop, payment), follow=True)

        assert answer.status_code == 404
        assert shop.row(payment).state == "requires_action"

    def test_it_tells_the_truth_also_while_the_gateway_is_down(
        self, shop: Shop, cast: Cast
    ) -> None:
        alice, payment = browser(cast, "alice"), shop.start()
        shop.press(payment, "pending")
        shop.sync(payment)
        shop.server.faults.append(Fault(".*", "429", left=99))

        waiting = alice.get(address(shop, payment), follow=True).content.decode()
        shop.server.faults.clear()
        shop.desk.settle(shop.row(payment).external_id)
        done = alice.get(address(shop, payment), follow=True).content.decode()

        assert "We are confirming your payment" in waiting
        assert "credited to your balance" in done
        shop.agrees(1050)
