"""Refunds that their gateway never answers: looked for, proved not made, ended by a person, or done after all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.clock import now
from gateway_simulators.common.faults import Fault
from payments.enums import GIVEN_UP, NEVER_MADE
from payments.errors import PaymentNotFound
from payments.errors_refunds import RefundAnswered, RefundMayArrive
from payments.services.refund_giving_up import give_up_refund
from tests.payments.till import later

if TYPE_CHECKING:
    from datetime import datetime

    from payments.models import Refund
    from tests.cast import Cast
    from tests.payments.shop import Shop


def break_off(shop: Shop, mode: str) -> None:
    shop.server.faults.append(Fault(".*/refunds?", mode, left=99))


def forget_keys(shop: Shop) -> None:
    """Let the gateway keep no key that was used."""
    prefix = {"stripe": "acct_", "paypal": "", "razorpay": "acc_"}[shop.gateway]
    shop.desk.there.accounts[f"{prefix}{shop.slug}"].kept.clear()


def only(shop: Shop) -> Refund:
    (row,) = shop.refunds()
    return row


def give_up(shop: Shop, at: datetime) -> str:
    return give_up_refund(
        provider_id=shop.provider_id,
        public_id=only(shop).public_id,
        user_id=7,
        now=at,
    )


def away(shop: Shop, mode: str = "reset") -> str:
    """Return a payment whose refund the gateway was asked for in vain, for six hours."""
    payment = shop.paid()
    shop.hear()
    break_off(shop, mode)
    assert shop.back(payment) == "unknown"
    for hours in (1, 3, 4, 6):
        shop.poll(hours=hours)
    assert only(shop).state in ("unknown", "failed")
    return payment


class TestNeverMade:
    def test_it_ends_and_can_be_made_anew(self, shop: Shop) -> None:
        payment = away(shop)
        shop.server.faults.clear()

        shop.poll(hours=30)

        row = only(shop)
        if shop.gateway == "paypal":
            # Its key holds for weeks: it is simply asked for again.
            assert row.state == "succeeded"
            shop.hear()
            shop.agrees(0)
            return
        assert (row.state, row.failure_code) == ("failed", NEVER_MADE)
        shop.agrees(1050)
        assert shop.back(payment, key="back-2") == "succeeded"
        shop.hear()
        shop.agrees(0)

    def test_a_key_that_was_refused_for_a_weekend_leaves_none_behind(self, shop: Shop) -> None:
        payment = shop.paid()
        shop.hear()
        shop.desk.revoke(shop.slug)
        assert shop.back(payment) == "created"
        for hours in (1, 5, 24, 48):
            shop.poll(hours=hours)
        assert only(shop).state == "created"

        shop.renew()
        shop.poll(hours=72)

        shop.hear()
        assert only(shop).state in ("succeeded", "failed")
        shop.agrees(0 if only(shop).state == "succeeded" else 1050)


class TestMade:
    def test_it_is_found_once_its_key_may_be_forgotten(self, shop: Shop) -> None:
        away(shop, "lost")
        shop.server.faults.clear()

        shop.poll(hours=30)

        assert only(shop).state == "succeeded"
        shop.hear()
        shop.agrees(0)

    def test_what_is_refused_the_second_time_was_done_the_first(self, shop: Shop) -> None:
        """A repetition is refused where the gateway keeps no keys: nothing is left to give back."""
        payment = shop.paid()
        shop.hear()
        break_off(shop, "lost")
        assert shop.back(payment) == "unknown"
        shop.server.faults.clear()
        forget_keys(shop)

        shop.poll(hours=1)
        shop.hear()

        # PayPal lists no refunds: it is called failed until its event tells better.
        states = ["failed", "succeeded"] if shop.gateway == "paypal" else ["succeeded"]
        assert [one.state for one in shop.refunds()] == states
        shop.agrees(0)


class TestGivenUp:
    def test_a_person_ends_one_that_is_never_answered(self, shop: Shop) -> None:
        away(shop)
        shop.server.faults.append(Fault(".*", "reset", left=99))

        with pytest.raises(RefundMayArrive):
            give_up(shop, later(hours=4))
        assert give_up(shop, later(hours=6)) == "failed"

        row = only(shop)
        assert (row.failure_code, row.given_up_by) == (GIVEN_UP, 7)
        shop.server.faults.clear()
        shop.agrees(1050)
        with pytest.raises(RefundAnswered):
            give_up(shop, later(hours=7))

    def test_money_that_went_all_the_same_is_written_down_once(self, shop: Shop) -> None:
        away(shop, "lost")
        told = shop.told()
        shop.server.faults.append(Fault(".*", "reset", left=99))
        assert give_up(shop, later(hours=6)) == "failed"
        assert shop.balance() == 1050
        shop.server.faults.clear()

        shop.hear([*told, *told])
        shop.catch_up()

        assert [one.state for one in shop.refunds()] == ["failed", "succeeded"]
        shop.agrees(0)

    def test_one_that_was_answered_or_is_anothers_is_none(self, shop: Shop, cast: Cast) -> None:
        payment = shop.paid()
        assert shop.back(payment) == "succeeded"

        with pytest.raises(RefundAnswered):
            give_up(shop, later(hours=6))
        with pytest.raises(PaymentNotFound):
            give_up_refund(
                provider_id=cast.sonora,
                public_id=only(shop).public_id,
                user_id=7,
                now=now(),
            )
