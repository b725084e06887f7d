"""A key that the gateway refuses is written down by whoever hears of it first, whatever was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.clock import now
from billing_platform.kernel.money import Money
from gateway_simulators.common.faults import Fault
from payments.enums import ConnectionState
from payments.errors import NotQuarantined
from payments.errors_gateways import GatewayDown, GatewayRefused
from payments.services.methods import refresh_methods
from payments.services.quarantine import accept_payment
from payments.services.reconciliation import reconcile

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.payments.shop import Shop


@pytest.fixture
def shop(shop_with: Callable[[str], Shop]) -> Shop:
    return shop_with("stripe")


def refresh(shop: Shop) -> None:
    refresh_methods(provider_id=shop.provider_id, tenant_id=shop.tenant_id, now=now())


class TestRefused:
    def test_when_methods_are_compared(self, shop: Shop) -> None:
        shop.saved()
        shop.desk.revoke(shop.slug)

        with pytest.raises(GatewayRefused):
            refresh(shop)

        assert shop.connection.state == ConnectionState.BROKEN

    def test_when_one_comes_back_from_saving_a_method(self, shop: Shop) -> None:
        setup = shop.set_up()
        shop.desk.revoke(shop.slug)

        with pytest.raises(GatewayRefused):
            shop.take_up(setup)

        assert shop.connection.state == ConnectionState.BROKEN

    def test_when_webhooks_are_set_up(self, shop: Shop) -> None:
        shop.desk.revoke(shop.slug)

        with pytest.raises(GatewayRefused):
            shop.hook_up()

        assert shop.connection.state == ConnectionState.BROKEN

    def test_when_a_quarantined_payment_is_accepted(self, shop: Shop) -> None:
        payment = shop.start()
        shop.press(payment)
        (taken,) = shop.desk.taken(shop.slug)
        shop.desk.alter(taken, minor=900)
        assert shop.sync(payment) == "quarantined"
        shop.desk.revoke(shop.slug)

        with pytest.raises(NotQuarantined):
            accept_payment(
                provider_id=shop.provider_id,
                public_id=payment,
                seen=Money(900, "USD"),
                user_id=7,
                now=now(),
            )

        assert shop.connection.state == ConnectionState.BROKEN


class TestNotRefused:
    def test_silence_breaks_nothing(self, shop: Shop) -> None:
        shop.saved()
        shop.server.faults.append(Fault("/v1/customers/.*", "500", left=9))

        with pytest.raises(GatewayDown):
            refresh(shop)

        assert shop.connection.state == ConnectionState.OK

    def test_a_reconciliation_changes_nothing(self, shop: Shop) -> None:
        shop.desk.revoke(shop.slug)

        found = reconcile(provider_id=shop.provider_id, now=now())

        assert "authentication" in found.failed[shop.public_id]
        assert shop.connection.state == ConnectionState.OK
