"""Other credentials of a connection are of the account that has taken its money, whatever the account is said to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope
from payments.errors import WrongAccount
from payments.services.connections import replace_credentials
from payments.services.gateways import connect, kind_of, load_gateway
from payments.services.same_account import check_knows_ours
from tests.payments.desks import DESKS
from tests.payments.till import later

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from tests.payments.shop import Shop


@pytest.fixture
def shop(shop_with: Callable[[str], Shop]) -> Shop:
    return shop_with("razorpay")


def replace(shop: Shop, credentials: Mapping[str, str], at: datetime | None = None) -> None:
    replace_credentials(
        provider_id=shop.provider_id,
        public_id=shop.public_id,
        credentials=credentials,
        now=at or now(),
    )


class TestReplaced:
    def test_a_key_that_knows_no_payment_of_ours_is_of_another_account(self, shop: Shop) -> None:
        shop.paid()
        theirs = DESKS["razorpay"](shop.server).open("sonora")

        with pytest.raises(WrongAccount):
            replace(shop, {**theirs, "account_id": "acc_nimbus"})

        shop.paid("form-2")
        shop.agrees(2100)

    def test_before_the_first_payment_a_page_that_may_be_paid_tells(self, shop: Shop) -> None:
        payment = shop.start()
        theirs = shop.desk.open("sonora")

        with pytest.raises(WrongAccount):
            replace(shop, {**theirs, "account_id": "acc_nimbus"})

        # Nothing has changed: what is paid there now is found, by the key of before.
        shop.press(payment)
        assert shop.sync(payment) == "succeeded"
        shop.agrees(1050)

    def test_a_page_that_is_open_for_hours_stands_in_nobodys_way(self, shop: Shop) -> None:
        payment = shop.start()
        theirs = shop.desk.open("sonora")

        replace(shop, {**theirs, "account_id": "acc_nimbus"}, later(hours=3))

        assert shop.row(payment).state == "requires_action"

    def test_before_the_first_payment_a_saved_method_tells(
        self, shop_with: Callable[[str], Shop]
    ) -> None:
        shop = shop_with("paypal")
        shop.saved()
        theirs = shop.desk.open("sonora")
        gateway = connect(kind_of("paypal"), theirs)

        with pytest.raises(WrongAccount):
            check_knows_ours(shop.connection, gateway, now=now())

    def test_a_key_that_knows_the_saved_method_is_taken(
        self, shop_with: Callable[[str], Shop]
    ) -> None:
        shop = shop_with("paypal")
        shop.saved()
        with provider_scope(shop.provider_id):
            known = load_gateway(provider_id=shop.provider_id, connection_id=shop.connection.pk)

        check_knows_ours(shop.connection, known, now=now())

    def test_another_key_of_the_same_account_is_taken(self, shop: Shop) -> None:
        payment = shop.paid()
        fresh = {"account": "acc_nimbus", "key": "rzp_test_fresh", "secret": "secret_fresh"}
        shop.server.gateways["razorpay"].act("open_account", fresh)

        replace(
            shop,
            {"key_id": "rzp_test_fresh", "key_secret": "secret_fresh", "account_id": "acc_nimbus"},
        )

        shop.desk.refund(shop.row(payment).external_id, 400)
        shop.hear()
        shop.agrees(650)
