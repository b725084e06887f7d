"""A page that is paid twice: the second payment is shown, and credited or given back by people, never dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError

from billing_platform.kernel.clock import now
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from payments.enums import EventState, Problem
from payments.errors import NotQuarantined
from payments.models import Attempt, WebhookEvent
from payments.services.quarantine import accept_payment
from payments.services.reconciliation import reconcile
from payments.services.settlement import settle

if TYPE_CHECKING:
    from payments.gateways.values import GatewayPayment
    from tests.payments.shop import Shop


def paid_twice(shop: Shop) -> tuple[str, GatewayPayment]:
    """Return a credited payment, and another one of the gateway that carries its reference."""
    first = shop.paid()
    shop.hear()
    other = shop.start("form-2", 700)
    shop.press(other)
    shop.capture(other)
    (taken,) = set(shop.desk.taken(shop.slug)) - {shop.row(first).external_id}
    shop.desk.alter(taken, reference=first)
    # The page that it was really paid on is out of the story.
    shop.told()
    with provider_scope(shop.provider_id):
        own = Attempt.objects.filter(public_id=other)
        own.update(state="canceled", checkout_id="", next_poll_at=None)
    return first, shop.speaker().fetch_payment(taken)


def follow(shop: Shop, payment: str, found: GatewayPayment) -> None:
    number = shop.row(payment).pk
    settle(provider_id=shop.provider_id, attempt_id=number, found=found, now=now())


def second(shop: Shop) -> Attempt:
    (row,) = [one for one in shop.rows() if one.problem == Problem.TWICE]
    return row


def accept(shop: Shop) -> None:
    accept_payment(
        provider_id=shop.provider_id,
        public_id=second(shop).public_id,
        seen=Money(700, "USD"),
        user_id=7,
        now=now(),
    )


def test_it_waits_for_people_once(shop: Shop) -> None:
    payment, found = paid_twice(shop)

    for _ in range(2):
        follow(shop, payment, found)
        follow(shop, payment, shop.speaker().fetch_payment(shop.row(payment).external_id))

    row = second(shop)
    assert (row.state, row.received_minor) == ("quarantined", 700)
    follow(shop, row.public_id, found)
    assert second(shop).state == "quarantined"
    assert (shop.row(payment).state, shop.balance()) == ("succeeded", 1050)


def test_people_credit_it(shop: Shop) -> None:
    payment, found = paid_twice(shop)
    follow(shop, payment, found)

    accept(shop)

    assert second(shop).state == "succeeded"
    shop.agrees(1750)
    with pytest.raises(NotQuarantined):
        accept(shop)


class TestGivenBack:
    def test_it_closes_and_cannot_be_credited(self, shop: Shop) -> None:
        payment, found = paid_twice(shop)
        follow(shop, payment, found)
        shop.desk.refund(found.payment_id, 700)

        shop.hear()

        row = second(shop)
        assert (row.state, row.failure_code) == ("canceled", "given_back")
        with pytest.raises(NotQuarantined):
            accept(shop)
        assert shop.refunds() == [], "nothing was credited, so nothing is taken"
        shop.agrees(1050)
        books = reconcile(provider_id=shop.provider_id, now=now())
        assert (books.failed, books.differences) == ({}, ())

    def test_another_look_or_delivery_leaves_it_closed(self, shop: Shop) -> None:
        payment, found = paid_twice(shop)
        follow(shop, payment, found)
        shop.desk.refund(found.payment_id, 700)
        told = shop.told()
        shop.hear(told)

        shop.hear(told)
        follow(shop, second(shop).public_id, shop.speaker().fetch_payment(found.payment_id))
        follow(shop, payment, shop.speaker().fetch_payment(found.payment_id))

        assert second(shop).state == "canceled"
        shop.agrees(1050)

    def test_a_part_leaves_it_and_is_taken_once_it_is_accepted(self, shop: Shop) -> None:
        payment, found = paid_twice(shop)
        follow(shop, payment, found)
        shop.desk.refund(found.payment_id, 300)
        shop.hear()
        assert second(shop).state == "quarantined"
        with provider_scope(shop.provider_id):
            waiting = WebhookEvent.objects.filter(state=EventState.RECEIVED)
            waiting.update(state=EventState.FAILED, next_try_at=None)

        accept(shop)
        shop.poll()

        assert [one.amount_minor for one in shop.refunds()] == [300]
        shop.agrees(1450)

    def test_it_waits_again_when_the_refund_comes_back(self, shop: Shop) -> None:
        payment, found = paid_twice(shop)
        follow(shop, payment, found)
        refund = shop.desk.refund(found.payment_id, 700)
        shop.hear()

        shop.fail(refund)
        shop.hear()

        assert (second(shop).state, second(shop).given_back_by) == ("quarantined", "")
        accept(shop)
        assert shop.balance() == 1750


def test_a_differing_amount_that_is_given_back_stays_closed(shop: Shop) -> None:
    payment = shop.start()
    shop.press(payment)
    shop.capture(payment)
    (taken,) = shop.desk.taken(shop.slug)
    shop.desk.alter(taken, minor=900)
    assert shop.sync(payment) == "quarantined"
    shop.desk.refund(taken, 900)
    shop.hear()

    assert shop.sync(payment) == "canceled"
    assert shop.balance() == 0


def test_the_database_lets_nothing_else_be_given_back(shop: Shop) -> None:
    payment = shop.paid()

    with provider_scope(shop.provider_id), pytest.raises(IntegrityError, match="given_back"):
        Attempt.objects.filter(public_id=payment).update(given_back_by="re_1")
