"""Money goes back by each gateway through the same services: ours, the dashboard's, late, failed and told twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from payments.errors import RefundTooLarge

if TYPE_CHECKING:
    from tests.payments.shop import Shop


class TestOurs:
    def test_a_part_and_the_rest_go_back_once_each(self, shop: Shop) -> None:
        payment = shop.paid()

        assert [shop.back(payment, 400), shop.back(payment, 400)] == ["succeeded"] * 2
        with pytest.raises(RefundTooLarge):
            shop.back(payment, 651, "back-2")
        shop.back(payment, 650, "back-3")
        told = shop.told()
        shop.hear([*told, *told])
        shop.poll()

        assert [one.amount_minor for one in shop.refunds()] == [400, 650]
        shop.agrees(0)

    def test_one_that_comes_back_gives_the_wallet_its_money_again_once(self, shop: Shop) -> None:
        payment = shop.paid()
        shop.back(payment, 400)
        shop.hear()
        shop.agrees(650)

        shop.fail(shop.refunds()[0].external_id)
        told = shop.told()
        shop.hear([*told, *told])

        (refund,) = shop.refunds()
        assert refund.state == "failed"
        assert refund.reversal_id
        shop.agrees(1050)
        assert shop.back(payment, 1050, "back-2") == "succeeded"
        shop.agrees(0)


class TestOfTheDashboard:
    def test_one_is_recorded_once(self, shop: Shop) -> None:
        payment = shop.paid()
        shop.desk.refund(shop.row(payment).external_id, 300)

        told = shop.told()
        shop.hear([*reversed(told), *told])
        shop.catch_up()

        assert [(one.amount_minor, one.asked_by) for one in shop.refunds()] == [(300, None)]
        shop.agrees(750)
        with pytest.raises(RefundTooLarge):
            shop.back(payment, 751)

    def test_it_is_told_before_anybody_knew_of_the_payment(self, shop: Shop) -> None:
        payment = shop.start()
        shop.press(payment)
        shop.capture(payment)
        shop.told()  # lost
        (taken,) = shop.desk.taken(shop.slug)
        shop.desk.refund(taken, 300)

        shop.hear()

        assert shop.row(payment).state == "succeeded"
        shop.agrees(750)

    def test_it_comes_back_before_we_heard_of_it(self, shop: Shop) -> None:
        payment = shop.paid()
        shop.hear()
        refund = shop.desk.refund(shop.row(payment).external_id, 300)
        shop.fail(refund)

        shop.hear()

        assert [one.state for one in shop.refunds()] == ["failed"]
        shop.agrees(1050)
