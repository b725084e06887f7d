"""A page that is paid twice: the second payment is shown, and credited or given back by people, never dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.clock import now
from billing_platform.kernel.money import Money
from payments.enums import Problem
from payments.errors import NotQuarantined
from payments.services.quarantine import accept_payment
from payments.services.settlement import settle

if TYPE_CHECKING:
    from payments.gateways.values import GatewayPayment
    from payments.models import Attempt
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
