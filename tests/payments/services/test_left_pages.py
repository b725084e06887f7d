"""Pages that nobody pays end after a day, whether their gateway closes them or not; money that comes later is money."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.clock import now
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from payments.enums import AttemptState, TopupState
from payments.models import Topup
from payments.services.topups import start_topup
from payments.types import TopupTerms
from tests.payments.shop import BACK, PAYER

if TYPE_CHECKING:
    from tests.payments.shop import Shop


def open_topup(shop: Shop) -> str:
    terms = TopupTerms(
        connection=shop.public_id,
        amount=Money(1050, "USD"),
        code="",
        request_key="form-1",
        return_url=BACK,
    )
    named = {"provider_id": shop.provider_id, "tenant_id": shop.tenant_id}
    return start_topup(**named, terms=terms, payer=PAYER, now=now())


def topup_state(shop: Shop) -> str:
    with provider_scope(shop.provider_id):
        return Topup.objects.get().state


class TestLeft:
    def test_it_is_over_after_a_day_and_holds_nothing(self, shop: Shop) -> None:
        payment = open_topup(shop)

        shop.poll(hours=23)
        assert shop.row(payment).state == AttemptState.REQUIRES_ACTION
        shop.poll(hours=49)

        row = shop.row(payment)
        assert (row.state, row.failure_code) == (AttemptState.CANCELED, "expired")
        assert (row.next_poll_at, row.checkout_url) == (None, "")
        assert topup_state(shop) == TopupState.CLOSED
        shop.agrees(0)

    def test_after_a_decline_it_is_over_as_well(self, shop: Shop) -> None:
        payment = open_topup(shop)
        shop.press(payment, "decline")

        shop.poll(hours=49)

        assert shop.row(payment).state in {AttemptState.CANCELED, AttemptState.FAILED}
        assert topup_state(shop) == TopupState.CLOSED

    def test_what_a_bank_has_not_decided_is_waited_for(self, shop: Shop) -> None:
        payment = open_topup(shop)
        shop.press(payment, "pending")

        shop.poll(hours=49)

        assert shop.row(payment).state == AttemptState.PENDING
        shop.desk.settle(shop.row(payment).external_id)
        shop.hear()
        assert shop.row(payment).state == AttemptState.SUCCEEDED
        shop.agrees(1050)

    @pytest.mark.parametrize("shop", ["paypal"], indirect=True)
    def test_a_page_that_its_gateway_forgot_is_over(self, shop: Shop) -> None:
        payment = open_topup(shop)
        shop.server.advance(4 * 3600)

        shop.poll(hours=4)

        assert shop.row(payment).state == AttemptState.CANCELED
        assert topup_state(shop) == TopupState.CLOSED

    @pytest.mark.parametrize("shop", ["paypal"], indirect=True)
    def test_who_pays_it_later_all_the_same_is_credited(self, shop: Shop) -> None:
        payment = open_topup(shop)
        url = shop.row(payment).checkout_url
        shop.poll(hours=49)

        shop.desk.press(url, "pay")
        shop.hear()

        assert shop.row(payment).state == AttemptState.SUCCEEDED
        shop.agrees(1050)
