"""PayPal's pages name the provider and speak the payer's language; a question that is repeated is the same one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, transaction

from billing_platform.kernel.rows import execute
from billing_platform.kernel.scope import provider_scope
from gateway_simulators.common.faults import Fault
from payments.enums import AttemptState
from payments.errors_gateways import GatewayDown
from payments.models import Attempt
from payments.services.page_looks import page_look
from tenants.models import Tenant
from tenants.services.providers import set_brand
from tests.payments.shop import Shop

if TYPE_CHECKING:
    from gateway_simulators.common.server import SimulatorServer
    from tests.cast import Cast

ORDERS = "/v2/checkout/orders"
SETUPS = "/v3/vault/setup-tokens"
BEFORE = {"brand_name": "Nimbus", "locale": "en-US"}
AFTER = {"brand_name": "Nimbus Cloud", "locale": "de-DE"}


@pytest.fixture
def shop(cast: Cast, simulated: SimulatorServer) -> Shop:
    return Shop.open((cast.nimbus, cast.acme), simulated, "paypal")


def rename(shop: Shop) -> None:
    """Let the provider take another name and the client another language."""
    with provider_scope(shop.provider_id):
        set_brand(provider_id=shop.provider_id, name="Nimbus Cloud")
        Tenant.objects.filter(pk=shop.tenant_id).update(language="de")


def lose(shop: Shop, path: str) -> None:
    """Let PayPal open the page while its answer is lost, however often its client asks."""
    shop.server.faults.append(Fault(path, "lost", method="POST", left=2))


def asked(shop: Shop, path: str) -> list[str]:
    """Return the bodies of the questions for a page, as they came."""
    return [line.body for line in shop.server.log if (line.method, line.path) == ("POST", path)]


def look(body: str) -> dict[str, str]:
    context = json.loads(body)["payment_source"]["paypal"]["experience_context"]
    return {name: context[name] for name in BEFORE}


class TestPayment:
    def test_it_is_asked_for_with_the_same_words_after_an_answer_was_lost(self, shop: Shop) -> None:
        lose(shop, ORDERS)
        with pytest.raises(GatewayDown):
            shop.start("form-1")

        rename(shop)
        shop.poll()

        (row,) = shop.rows()
        assert (row.state, row.failure_code) == (AttemptState.REQUIRES_ACTION, "")
        first, *others = asked(shop, ORDERS)
        assert set(others) == {first}
        assert look(first) == BEFORE

    def test_another_one_is_asked_for_as_it_is_now(self, shop: Shop) -> None:
        shop.start("form-1")
        rename(shop)

        shop.start("form-2")

        assert [look(body) for body in asked(shop, ORDERS)] == [BEFORE, AFTER]

    def test_one_of_the_version_before_looks_as_it_is_now(self, shop: Shop) -> None:
        row = Attempt(provider_id=shop.provider_id, tenant_id=shop.tenant_id)

        assert page_look(row) == {"brand": "Nimbus", "language": "en"}


class TestSetup:
    def test_it_is_asked_for_with_the_same_words_after_an_answer_was_lost(self, shop: Shop) -> None:
        lose(shop, SETUPS)
        with pytest.raises(GatewayDown):
            shop.set_up()

        rename(shop)
        setup = shop.set_up()

        assert setup.checkout_url
        first, *others = asked(shop, SETUPS)
        assert set(others) == {first}
        assert look(first) == BEFORE

    def test_its_look_stays(self, shop: Shop) -> None:
        setup = shop.set_up()

        sql = "UPDATE payments_method_setup SET page_brand = 'x' WHERE id = %s"
        with (
            provider_scope(shop.provider_id),
            pytest.raises(IntegrityError, match="keeps its look"),
            transaction.atomic(),
        ):
            execute(sql, [setup.pk])
