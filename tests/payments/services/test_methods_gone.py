"""A method that is gone at its gateway is found out by its charge: tried once, marked, and no default any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.services.credits import add_credit
from billing_platform.kernel.clock import now
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from gateway_simulators.common.faults import Fault
from payments.recharge_types import RechargeTerms
from payments.services.methods import refresh_methods, set_default_method
from payments.services.polling import poll_due
from payments.services.recharge_notices import TOPIC
from payments.services.recharge_rules import save_recharge_rule
from payments.services.recharging import recharge_due
from tests.outbox import messages_of
from tests.payments.desks import DESKS
from tests.payments.recharged import LINK
from tests.payments.services.test_tokens import shop as razorpay
from tests.payments.till import later
from tests.payments.views.test_methods import rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from payments.models import Method
    from tests.payments.shop import Shop
    from tests.payments.till import Till

__all__ = ["razorpay"]


@pytest.fixture
def paypal(shop_with: Callable[[str], Shop]) -> Shop:
    return shop_with("paypal")


def ids(shop: Shop) -> dict[str, int]:
    return {"provider_id": shop.provider_id, "tenant_id": shop.tenant_id}


def revoked(shop: Shop) -> Method:
    """Return a default method whose payer took it back; nothing tells us."""
    method = shop.saved()
    set_default_method(**ids(shop), public_id=method.public_id, now=now())
    shop.server.gateways["paypal"].act("revoke", {"id": method.method_id})
    shop.told()
    return method


class TestTakenBack:
    def test_its_charge_finds_it_out(self, paypal: Shop) -> None:
        method = revoked(paypal)

        row = paypal.row(paypal.charge(method.method_id))

        assert (row.state, row.posting_id) == ("failed", None)
        assert row.failure_code == "token_id_not_found"
        (kept,) = paypal.methods()
        assert (kept.state, kept.is_default) == ("gone", False)
        assert paypal.balance() == 0

    def test_a_gateway_that_cannot_be_asked_then_is_asked_later(self, paypal: Shop) -> None:
        method = revoked(paypal)
        paypal.server.faults.append(Fault("/v3/vault/payment-tokens", "500", method="GET", left=9))
        row = paypal.row(paypal.charge(method.method_id))
        paypal.server.faults.clear()
        assert row.state == "failed"
        assert paypal.methods()[0].state == "active"

        refresh_methods(**ids(paypal), now=now())

        assert paypal.methods()[0].state == "gone"

    def test_a_charge_whose_answer_was_lost_finds_it_out_when_it_is_found(self, till: Till) -> None:
        card = till.save_card("pm_card_visa_chargeDeclinedStolenCard")
        own = {"provider_id": till.provider_id, "tenant_id": till.tenant_id}
        refresh_methods(**own, now=now())
        till.server.faults.append(Fault("/v1/payment_intents", "lost", left=9, method="POST"))
        payment = till.charge(card)
        till.server.faults.clear()
        account = DESKS["stripe"](till.server).there.accounts["acct_nimbus"]
        account.objects[card]["customer"] = None
        assert (till.row(payment).state, rows(till)[0].state) == ("unknown", "active")

        poll_due(provider_id=till.provider_id, now=later(minutes=2))

        row = till.row(payment)
        assert (row.state, row.failure_code) == ("failed", "stolen_card")
        assert rows(till)[0].state == "gone"

    def test_whatever_it_is_called_a_recharge_asks_for_another(self, razorpay: Shop) -> None:
        shop = razorpay
        shop.agree(shop.set_up())
        shop.hear()
        (method,) = shop.methods()
        account = DESKS["razorpay"](shop.server).there.accounts["acc_nimbus"]
        account.objects[method.method_id]["recurring_details"]["status"] = "cancelled"
        terms = RechargeTerms(
            currency="INR", threshold_minor=1000, mode="amount", amount_minor=2000
        )
        save_recharge_rule(**ids(shop), terms=terms, link_url=LINK, now=now())
        with provider_scope(shop.provider_id):
            add_credit(
                **ids(shop), amount=Money(500, "INR"), reason="test", key="test-1", now=now()
            )

        found = [recharge_due(provider_id=shop.provider_id, now=now()) for _ in range(2)]

        assert found == [{"charged": 1}, {"no_method": 1}]
        (row,) = shop.rows()
        assert (row.state, row.failure_code) == ("failed", "input_validation_failed")
        assert (shop.methods()[0].state, shop.methods()[0].is_default) == ("gone", False)
        (told,) = messages_of(shop.provider_id, TOPIC)
        assert (told.payload["decline"], told.payload["is_paused"]) == ("never", True)
