"""What Stripe and PayPal do not let a key read: it is named, and payments go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from billing_platform.kernel.clock import now
from gateway_simulators.paypal.simulator import PayPalSimulator
from gateway_simulators.stripe.api import ROUTES
from gateway_simulators.stripe.simulator import StripeSimulator
from payments.enums import ConnectionState
from payments.errors_gateways import GatewayRefused
from payments.services.connections import CheckResult, check_connection, replace_credentials
from payments.services.polling import catch_up
from payments.services.reconciliation import reconcile
from tests.payments.shop import Shop
from tests.payments.views.test_pay import browser

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway_simulators.common.server import SimulatorServer
    from tests.cast import Cast

LISTS = {"stripe": "event", "paypal": "/v1/notifications/webhooks-events"}
BOOKS = {"stripe": "balance_transaction_source", "paypal": "/v1/reporting/transactions"}
PAGES = {"stripe": "checkout_session", "paypal": "/v2/checkout/orders"}


@pytest.fixture(params=["stripe", "paypal"])
def shop(request: pytest.FixtureRequest, shop_with: Callable[[str], Shop]) -> Shop:
    return shop_with(request.param)


def refuse(shop: Shop, what: str) -> None:
    """Take a right from the provider's key: a scope at Stripe, a path at PayPal."""
    there = shop.desk.there
    if isinstance(there, StripeSimulator):
        scopes = {route.scope for route in ROUTES} - {what}
        there.keys["sk_test_nimbus"].permissions = [f"rak_{scope}_write" for scope in scopes]
    elif isinstance(there, PayPalSimulator):
        there.act("refuse_app", {"client_id": "client-of-nimbus", "path": what})


class TestDenied:
    def test_a_list_stops_no_payments(self, shop: Shop) -> None:
        refuse(shop, LISTS[shop.gateway])

        counted = catch_up(provider_id=shop.provider_id, now=now())

        assert counted.failed == (shop.public_id,), "it is named"
        assert shop.connection.state == ConnectionState.OK
        shop.paid()
        shop.agrees(1050)

    def test_books_that_may_not_be_read_are_named(self, shop: Shop) -> None:
        refuse(shop, BOOKS[shop.gateway])

        found = reconcile(provider_id=shop.provider_id, now=now())

        assert "denied" in found.failed[shop.public_id]
        assert shop.connection.state == ConnectionState.OK

    def test_a_page_that_may_not_be_opened_ends_payments(self, shop: Shop) -> None:
        refuse(shop, PAGES[shop.gateway])

        with pytest.raises(GatewayRefused):
            shop.start()

        assert shop.connection.state == ConnectionState.BROKEN
        assert {row.state for row in shop.rows()} == {"failed"}


class TestPayPalApp:
    @pytest.mark.parametrize(
        ("refused", "words"),
        [
            ("/v3/.*", "The app lacks: Vault."),
            (f"{LISTS['paypal']}.*", "The app lacks: Webhooks."),
            (
                "/v1/(reporting|customer)/.*|/v3/.*",
                "The app lacks: Vault, Customer disputes, Transaction search.",
            ),
        ],
    )
    def test_is_refused_without_what_payments_need(
        self, cast: Cast, simulated: SimulatorServer, refused: str, words: str
    ) -> None:
        shop = Shop.open((cast.nimbus, cast.acme), simulated, "paypal")
        asked: dict[str, Any] = {"provider_id": shop.provider_id, "public_id": shop.public_id}
        refuse(shop, refused)

        found = check_connection(**asked, now=now())

        assert (found.is_ok, words in found.message) == (False, True)
        assert shop.connection.state == ConnectionState.BROKEN
        refuse(shop, "")
        assert check_connection(**asked, now=now()) == CheckResult(is_ok=True)

    def test_stays_on_and_takes_a_new_secret_without_what_payments_go_on_without(
        self, cast: Cast, simulated: SimulatorServer
    ) -> None:
        shop = Shop.open((cast.nimbus, cast.acme), simulated, "paypal")
        credentials = shop.desk.open(shop.slug)
        refuse(shop, "/v1/(reporting|customer)/.*")
        paula = browser(cast, "paula")

        page = paula.post(f"/provider/gateways/{shop.public_id}/test", follow=True)

        words = "the credentials lack: Customer disputes, Transaction search."
        assert words in page.content.decode()
        assert shop.connection.state == ConnectionState.OK
        replace_credentials(
            provider_id=shop.provider_id,
            public_id=shop.public_id,
            credentials=credentials,
            now=now(),
        )
        shop.paid()
