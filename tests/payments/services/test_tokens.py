"""A customer agrees to later charges at Razorpay: the token is kept, charged by itself, and the books agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope
from payments.errors import CurrencyRefused
from payments.models import MethodSetup
from payments.services.charges import charge_method
from payments.services.connections import replace_credentials
from payments.services.gateways import saving_ways
from payments.services.method_setup import start_method_setup
from payments.services.reconciliation import reconcile
from payments.types import SetupTerms
from tests.payments.browser import press_razorpay
from tests.payments.shop import PAYER, Shop
from tests.roles import as_role

if TYPE_CHECKING:
    from gateway_simulators.common.server import SimulatorServer
    from tests.cast import Cast

BACK = "http://nimbus.localhost/billing/methods/setups/{setup}/return"


@pytest.fixture
def shop(cast: Cast, simulated: SimulatorServer) -> Shop:
    shop = Shop.open((cast.nimbus, cast.acme), simulated, "razorpay")
    credentials = {**shop.desk.open("nimbus"), "recurring": "on"}
    told = {"account": "acc_nimbus", "key": credentials["key_id"], "is_recurring": True}
    simulated.gateways["razorpay"].act(
        "open_account", {**told, "secret": credentials["key_secret"]}
    )
    replace_credentials(
        provider_id=shop.provider_id,
        public_id=shop.public_id,
        credentials=credentials,
        now=now(),
    )
    return shop


def set_up(shop: Shop, currency: str = "INR") -> MethodSetup:
    made = start_method_setup(
        provider_id=shop.provider_id,
        tenant_id=shop.tenant_id,
        terms=SetupTerms(
            connection=shop.public_id, currency=currency, request_key="setup-1", return_url=BACK
        ),
        payer=PAYER,
        now=now(),
    )
    with provider_scope(shop.provider_id):
        return MethodSetup.objects.get(public_id=made)


def test_a_customer_agrees_and_is_charged_while_away(shop: Shop) -> None:
    setup = set_up(shop)
    press_razorpay(setup.checkout_url, "agree")
    shop.hear()

    (method,) = shop.methods()
    payment = charge_method(
        provider_id=shop.provider_id,
        tenant_id=shop.tenant_id,
        terms=shop.terms("job-1", 1050, "INR"),
        payer=PAYER,
        method_id=method.method_id,
        now=now(),
    )
    shop.hear()

    assert (method.brand, method.last4, method.is_default) == ("visa", "1111", True)
    assert (shop.row(payment).state, shop.balance("INR")) == ("succeeded", 1050)
    with as_role("worker"):
        found = reconcile(provider_id=shop.provider_id, now=now())
    assert (found.differences, found.failed) == ((), {})
    assert len(shop.rows()) == 1, "the rupee of the agreement is no payment of ours"


def test_it_is_offered_for_rupees_alone(shop: Shop) -> None:
    ways = {
        code: len(saving_ways(provider_id=shop.provider_id, currency=code))
        for code in ("INR", "USD")
    }

    assert ways == {"INR": 1, "USD": 0}
    with pytest.raises(CurrencyRefused):
        set_up(shop, "USD")
