"""A client is told once and by mail of money that was on its way, or had come, and did not stay."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from payments.enums import AttemptState
from payments.services.payment_notices import (
    BOUNCE_TOPIC,
    RETURN_TOPIC,
    tell_bounce,
    tell_return,
)
from tests.payments.browser import press_stripe
from tests.payments.disputed import dispute
from tests.payments.services.test_refunds import act, paid
from tests.payments.services.test_staff_notices import announced, mailed
from tests.roles import as_role

if TYPE_CHECKING:
    from tests.cast import Cast
    from tests.payments.shop import Shop
    from tests.payments.till import Till

REFUSED_ACCOUNT = "000111111116"
WAIT = "SELECT available_at - created_at FROM kernel_outbox WHERE topic = %s"


def act_at(shop: Shop, action: str, name: str) -> None:
    shop.desk.there.act(action, {"id": name})


def waits_for(shop: Shop) -> timedelta:
    """Return for how long the one message is held back."""
    with as_role("worker"), provider_scope(shop.provider_id):
        ((wait,),) = fetch_all(WAIT, [BOUNCE_TOPIC])
    assert isinstance(wait, timedelta)
    return wait


def bounce(shop: Shop) -> str:
    """Pay by what the bank refuses days later."""
    payment = shop.start()
    if shop.gateway == "stripe":
        press_stripe(shop.row(payment).checkout_url, "pay", number=REFUSED_ACCOUNT)
    else:
        shop.press(payment, "pending")
    shop.hear()
    shop.sync(payment)
    assert shop.row(payment).state == AttemptState.PENDING
    assert announced(shop.provider_id, BOUNCE_TOPIC) == 0
    if shop.gateway == "stripe":
        shop.desk.settle(shop.row(payment).external_id)
    else:
        act_at(shop, "deny", shop.row(payment).external_id)
    return payment


class TestBounce:
    @pytest.mark.parametrize("shop", ["paypal", "stripe"], indirect=True)
    def test_a_pending_payment_that_fails_is_told_once_to_the_client(
        self, shop: Shop, cast: Cast
    ) -> None:
        payment = bounce(shop)
        told = shop.told()
        shop.hear([*told, *told])
        shop.sync(payment)

        assert shop.row(payment).state == AttemptState.FAILED
        assert announced(shop.provider_id, BOUNCE_TOPIC) == 1
        assert announced(cast.sonora, BOUNCE_TOPIC) == 0
        mails = mailed(shop.provider_id, BOUNCE_TOPIC, tell_bounce)
        assert set(mails) == {"alice"}
        assert (
            f"the payment {payment} of Acme Canary-Acme over 10.50 USD was on its way and has failed now"
            in mails["alice"]
        )
        shop.agrees(0)

    @pytest.mark.parametrize("shop", ["razorpay"], indirect=True)
    def test_one_that_is_paid_on_its_page_after_all_is_not_told(self, shop: Shop) -> None:
        payment = shop.start()
        page = shop.row(payment).checkout_url
        shop.desk.press(page, "pending")
        shop.sync(payment)
        act_at(shop, "lapse", shop.row(payment).external_id)
        shop.hear()
        assert shop.row(payment).state == AttemptState.FAILED
        assert waits_for(shop) == timedelta(minutes=30), "whoever pays may still be at the page"

        shop.desk.press(page, "pay")
        shop.hear()

        assert shop.row(payment).state == AttemptState.SUCCEEDED
        assert mailed(shop.provider_id, BOUNCE_TOPIC, tell_bounce) == {}

    def test_one_that_is_declined_at_once_is_told_by_its_page_alone(self, shop: Shop) -> None:
        payment = shop.start()
        shop.press(payment, "decline")
        shop.hear()
        shop.poll(hours=49)

        assert shop.row(payment).state in {AttemptState.FAILED, AttemptState.CANCELED}
        assert announced(shop.provider_id, BOUNCE_TOPIC) == 0


class TestReturn:
    def test_a_debit_that_came_back_is_told_once_to_the_client(
        self, till: Till, cast: Cast
    ) -> None:
        payment = till.start()
        till.press(payment, "bank")
        till.hear()
        till.server.advance(5 * 86_400)
        till.hear()

        act(till, "ach_return", id=till.row(payment).external_id)
        told = till.deliveries()
        till.hear([*told, *told])

        assert till.balance() == 0
        assert announced(till.provider_id, RETURN_TOPIC) == 1
        assert announced(cast.sonora, RETURN_TOPIC) == 0
        mails = mailed(till.provider_id, RETURN_TOPIC, tell_return)
        assert set(mails) == {"alice"}
        assert f"took 10.50 USD of the payment {payment} of Acme Canary-Acme back" in mails["alice"]
        assert "It left your balance again." in mails["alice"]

    def test_who_disputes_a_payment_is_not_told_of_it(self, till: Till) -> None:
        dispute(till, paid(till))
        till.hear()

        assert announced(till.provider_id, RETURN_TOPIC) == 0
