"""A customer that somebody deleted at the gateway: its methods are gone, and it is made anew when it is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.scope import provider_scope
from gateway_simulators.common.faults import Fault
from payments.enums import AttemptState, MethodState
from payments.errors_gateways import GatewayDown
from payments.models import Payer

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.payments.shop import Shop


@pytest.fixture
def shop(shop_with: Callable[[str], Shop]) -> Shop:
    return shop_with("stripe")


def customer(shop: Shop) -> str:
    with provider_scope(shop.provider_id):
        return Payer.objects.get(tenant_id=shop.tenant_id).customer_id


def delete(shop: Shop) -> str:
    """Delete the customer in Stripe's dashboard, and return its id."""
    gone = customer(shop)
    shop.server.gateways["stripe"].act("delete_customer", {"id": gone})
    return gone


def pages(shop: Shop) -> set[str]:
    """Return the ids of all pages that Stripe has opened."""
    account = shop.server.gateways["stripe"].dump()["accounts"]["acct_nimbus"]
    return {one["id"] for one in account["objects"] if one["object"] == "checkout.session"}


def lose_second(shop: Shop, path: str) -> None:
    """Let the first question be refused, and the answers of the second one and of its repetitions be lost."""
    shop.server.faults.append(Fault(path, "lost", method="POST", after=1, left=3))


class TestGone:
    def test_who_pays_again_is_made_anew(self, shop: Shop) -> None:
        shop.paid("form-1")
        gone = delete(shop)

        second = shop.paid("form-2")

        assert customer(shop) not in {"", gone}
        assert shop.row(second).customer_id == customer(shop)
        shop.agrees(2100)

    def test_who_saves_a_method_again_is_made_anew(self, shop: Shop) -> None:
        first = shop.saved("setup-1")
        gone = delete(shop)

        second = shop.saved("setup-2")

        assert (first.customer_id, second.customer_id) == (gone, customer(shop))
        payment = shop.charge(second.method_id)
        assert shop.row(payment).state == AttemptState.SUCCEEDED

    def test_its_methods_are_gone_when_the_event_comes(self, shop: Shop) -> None:
        shop.saved()
        shop.told()
        delete(shop)

        shop.hear()

        (method,) = shop.methods()
        assert (method.state, method.is_default) == (MethodState.GONE, False)

    def test_it_is_made_anew_once_however_often_the_answer_is_lost(self, shop: Shop) -> None:
        shop.paid("form-1")
        delete(shop)
        shop.server.faults.append(Fault("/v1/customers", "500", method="POST", left=9))

        with pytest.raises(GatewayDown):
            shop.start("form-2")
        shop.server.faults.clear()
        second = shop.start("form-2")

        shop.press(second)
        assert shop.sync(second) == AttemptState.SUCCEEDED
        shop.agrees(2100)

    @pytest.mark.parametrize("asks", ["form", "poller"])
    def test_its_page_is_the_same_one_when_the_answer_is_lost(self, shop: Shop, asks: str) -> None:
        shop.paid("form-1")
        delete(shop)
        before = pages(shop)
        lose_second(shop, "/v1/checkout/sessions")

        with pytest.raises(GatewayDown):
            shop.start("form-2")
        (row,) = (one for one in shop.rows() if one.state == AttemptState.UNKNOWN)
        made = pages(shop) - before
        shop.poll(minutes=2) if asks == "poller" else shop.start("form-2")

        assert pages(shop) - before == made == {shop.row(row.public_id).checkout_id}
        shop.press(row.public_id)
        assert shop.sync(row.public_id) == AttemptState.SUCCEEDED
        shop.agrees(2100)

    def test_its_setup_is_the_same_one_when_the_answer_is_lost(self, shop: Shop) -> None:
        shop.saved("setup-1")
        delete(shop)
        before = pages(shop)
        lose_second(shop, "/v1/checkout/sessions")

        with pytest.raises(GatewayDown):
            shop.set_up("setup-2")
        made = pages(shop) - before
        shop.saved("setup-2")

        assert len(made) == 1
        assert pages(shop) - before == made

    def test_who_was_asked_for_stays_while_the_answer_is_not_known(self, shop: Shop) -> None:
        shop.paid("form-1")
        before = pages(shop)
        shop.server.faults.append(Fault("/v1/checkout/sessions", "lost", method="POST", left=9))
        with pytest.raises(GatewayDown):
            shop.start("form-2")
        shop.server.faults.clear()
        made = pages(shop) - before
        delete(shop)
        third = shop.start("form-3")

        second = shop.start("form-2")

        assert pages(shop) - before == {*made, shop.row(third).checkout_id}
        assert made == {shop.row(second).checkout_id}
