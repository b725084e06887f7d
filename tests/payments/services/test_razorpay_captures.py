"""Payments at Razorpay that nobody captured: those that it gives back by itself, and those that other shops reserve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from billing_platform.kernel.clock import now
from payments.enums import AttemptState
from payments.services import polling
from payments.services.reconciliation import reconcile
from tests.roles import as_role

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.payments.shop import Shop

ACCOUNT = "acc_nimbus"


@pytest.fixture
def shop(shop_with: Callable[[str], Shop]) -> Shop:
    return shop_with("razorpay")


def act(shop: Shop, action: str, **details: Any) -> dict[str, Any]:
    return shop.server.gateways["razorpay"].act(action, details)


def found(shop: Shop, name: str) -> dict[str, Any]:
    """Return an object as it stands at Razorpay."""
    simulator: Any = shop.server.gateways["razorpay"]
    one: dict[str, Any] = simulator.accounts[ACCOUNT].objects[name]
    return one


def undecided(shop: Shop) -> tuple[str, str]:
    """Return a payment of ours, and Razorpay's id of the try on its page that no bank has decided yet."""
    payment = shop.start()
    shop.press(payment, "pending")
    simulator: Any = shop.server.gateways["razorpay"]
    (first,) = simulator.accounts[ACCOUNT].all("payment")
    return payment, first["id"]


def is_in_balance(shop: Shop) -> None:
    with as_role("worker"):
        checked = reconcile(provider_id=shop.provider_id, now=now())
    assert (checked.differences, checked.failed) == ((), {})


class TestGivenBack:
    @pytest.mark.parametrize("turn", [1, -1], ids=["told", "told backwards"])
    def test_of_two_payments_of_one_page_the_one_that_stays_counts(
        self, shop: Shop, turn: int
    ) -> None:
        payment, first = undecided(shop)
        act(shop, "lapse", id=first)
        shop.press(payment)
        act(shop, "settle", id=first)

        shop.hear(shop.told()[::turn])
        shop.catch_up()

        assert (found(shop, first)["status"], found(shop, first)["captured"]) == ("refunded", False)
        assert shop.row(payment).state == AttemptState.SUCCEEDED
        assert shop.row(payment).external_id != first
        assert shop.refunds() == []
        assert {event.state for event in shop.events()} <= {"processed", "ignored"}
        shop.agrees(1050)
        is_in_balance(shop)

    def test_lists_alone_tell_which_of_two_stays(self, shop: Shop) -> None:
        payment, first = undecided(shop)
        assert shop.sync(payment) == AttemptState.PENDING
        act(shop, "lapse", id=first)
        shop.press(payment)
        act(shop, "settle", id=first)
        shop.told()  # lost

        shop.poll()
        shop.catch_up()

        assert shop.row(payment).state == AttemptState.SUCCEEDED
        assert shop.row(payment).external_id != first
        shop.agrees(1050)

    def test_one_that_is_not_decided_is_not_hidden_by_one_that_went_back(self, shop: Shop) -> None:
        payment, first = undecided(shop)
        act(shop, "lapse", id=first)
        shop.press(payment, "pending")
        act(shop, "authorize", id=first)
        act(shop, "auto_refund", id=first)
        shop.told()  # lost

        assert shop.sync(payment) == AttemptState.PENDING

        simulator: Any = shop.server.gateways["razorpay"]
        (second,) = (
            one for one in simulator.accounts[ACCOUNT].all("payment") if one["id"] != first
        )
        act(shop, "settle", id=second["id"])
        shop.hear()
        assert shop.row(payment).state == AttemptState.SUCCEEDED
        shop.agrees(1050)

    def test_a_late_one_that_goes_back_is_never_credited(self, shop: Shop) -> None:
        payment, first = undecided(shop)
        act(shop, "lapse", id=first)
        shop.speaker().expire_checkout(shop.row(payment).checkout_id)
        act(shop, "authorize", id=first)
        act(shop, "auto_refund", id=first)

        shop.hear()
        shop.catch_up()

        row = shop.row(payment)
        assert (row.state, row.failure_code) == ("failed", "auto_refunded")
        assert shop.refunds() == []
        assert {event.state for event in shop.events()} <= {"processed", "ignored"}
        shop.agrees(0)
        is_in_balance(shop)


class TestWaiting:
    def test_one_of_ours_is_captured(self, shop: Shop) -> None:
        payment, first = undecided(shop)
        act(shop, "lapse", id=first)
        act(shop, "authorize", id=first)

        shop.hear()

        assert found(shop, first)["status"] == "captured"
        assert shop.row(payment).state == AttemptState.SUCCEEDED
        shop.agrees(1050)

    def test_what_another_shop_of_the_account_reserved_stays_reserved(self, shop: Shop) -> None:
        name = act(shop, "foreign_payment", account=ACCOUNT, amount=5000, currency="INR")["id"]

        assert shop.hear() == ["ignored"]
        assert shop.catch_up() == 1

        assert found(shop, name)["status"] == "authorized"
        shop.agrees(0)


class TestListed:
    def test_a_list_that_is_cut_short_goes_on_and_never_back(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(polling, "LISTED_MAX", 3)
        monkeypatch.setattr(polling, "BATCH", 1)
        first = shop.paid("form-0")
        for number in range(1, 5):
            shop.paid(f"form-{number}")
        shop.desk.refund(shop.row(first).external_id, 400)
        shop.told()  # lost
        reached = [shop.connection.created_at]

        news = []
        for _ in range(3):
            news.append(shop.catch_up())
            until = shop.connection.listed_until
            assert until is not None
            reached.append(until)

        assert news == [3, 3, 0]
        assert reached == sorted(reached)
        shop.agrees(5 * 1050 - 400)
