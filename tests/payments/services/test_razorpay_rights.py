"""What Razorpay does not let a key do: it says nothing of what was asked, and all else goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.clock import now
from payments.enums import AttemptState, ConnectionState, EventState
from payments.services.connections import check_connection
from payments.services.polling import catch_up, poll_due
from tests.payments.services.test_razorpay_captures import act, undecided
from tests.payments.till import later

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.payments.shop import Shop


@pytest.fixture
def shop(shop_with: Callable[[str], Shop]) -> Shop:
    return shop_with("razorpay")


def refuse(shop: Shop, path: str, status: int = 403) -> None:
    act(shop, "refuse_key", key="rzp_test_nimbus", path=path, status=status)


class TestDenied:
    def test_a_list_that_is_not_allowed_stops_no_payments(self, shop: Shop) -> None:
        refuse(shop, "/v1/disputes.*")

        counted = catch_up(provider_id=shop.provider_id, now=now())

        assert counted.failed == (shop.public_id,), "it is named"
        assert shop.connection.state == ConnectionState.OK
        shop.paid()
        shop.agrees(1050)

    def test_a_dispute_that_may_not_be_read_waits_and_is_followed(self, shop: Shop) -> None:
        row = shop.row(shop.paid())
        shop.hear()
        refuse(shop, "/v1/disputes.*")
        act(shop, "dispute_open", id=row.external_id)

        assert set(shop.hear()) == {"received"}
        assert shop.connection.state == ConnectionState.OK
        refuse(shop, "")
        poll_due(provider_id=shop.provider_id, now=later(hours=2))

        assert shop.balance() == 0
        assert EventState.RECEIVED not in {event.state for event in shop.events()}

    def test_a_refund_that_may_be_made_already_is_not_given_to_the_wallet_again(
        self, shop: Shop
    ) -> None:
        payment = shop.paid()
        refuse(shop, ".*/refunds?")

        shop.back(payment, 400)

        assert [one.state for one in shop.refunds()] == ["unknown"]
        assert shop.balance() == 650
        refuse(shop, "")
        shop.poll(hours=2)
        assert [one.state for one in shop.refunds()] == ["succeeded"]
        shop.agrees(650)

    def test_a_key_that_may_do_nothing_does_not_stand_the_check(self, shop: Shop) -> None:
        refuse(shop, ".*")

        found = check_connection(provider_id=shop.provider_id, public_id=shop.public_id, now=now())

        assert not found.is_ok
        assert "permission" in found.message


class TestRefused:
    def test_a_capture_by_a_key_that_is_not_taken_breaks_the_connection(self, shop: Shop) -> None:
        payment, first = undecided(shop)
        act(shop, "lapse", id=first)
        act(shop, "authorize", id=first)
        refuse(shop, ".*/capture", 401)

        shop.hear()

        assert shop.connection.state == ConnectionState.BROKEN
        refuse(shop, "")
        shop.renew()
        shop.poll(hours=2)
        assert shop.row(payment).state == AttemptState.SUCCEEDED
        shop.agrees(1050)
