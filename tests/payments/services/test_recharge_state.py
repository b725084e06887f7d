"""Auto-recharge of online services in India waits for its customer's state, says so once and goes on by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope
from billing_platform.portal.pages.payment_trouble import payment_trouble
from payments.services.recharge_notices import STATE_TOPIC, tell_missing_state
from tax.services.profiles import save_tax_address
from tax.types import TaxAddress
from tenants.selectors.tenants import tenant_by_id
from tenants.services.settings import set_setting
from tests.factories.tax import register_in_karnataka
from tests.outbox import mails_of, messages_of
from tests.payments.recharged import Customer

if TYPE_CHECKING:
    from tenants.types import TenantView
    from tests.payments.till import Till


def waiting(till: Till) -> tuple[Customer, TenantView]:
    """Return a customer in India whose balance is low and whose state nobody knows."""
    customer = Customer(till)
    with provider_scope(till.provider_id):
        register_in_karnataka(till.provider_id)
        for name, value in (("tax.point", "top_up"), ("tax.online_india", True)):
            set_setting(provider_id=till.provider_id, name=name, value=value, now=now())
        tenant = tenant_by_id(till.provider_id, till.tenant_id)
    customer.has_card()
    customer.has(1000)
    customer.wants()
    customer.has(500)
    return customer, tenant


def test_it_is_asked_for_once_and_then_charged(till: Till) -> None:
    customer, tenant = waiting(till)

    assert [customer.scan()["state_missing"] for _ in range(2)] == [1, 1]

    assert (customer.rule().hindrance, customer.rule().code) == ("refused", "state_missing")
    trouble = payment_trouble(tenant, now=now())
    assert trouble is not None
    assert (trouble.url, "state" in trouble.words) == ("/company/tax/edit", True)
    for message in messages_of(till.provider_id, STATE_TOPIC) * 2:
        tell_missing_state(message)
    (mail,) = mails_of(till.provider_id)
    assert mail["to"].startswith("alice@")
    assert "Tax details" in mail["text"]
    assert customer.asked() == []

    with provider_scope(till.provider_id):
        save_tax_address(
            provider_id=till.provider_id,
            tenant_id=till.tenant_id,
            legal_name="Asha Rao",
            street="1 Anna Salai",
            address=TaxAddress(country="IN", region="33"),
            now=now(),
        )
    assert customer.scan()["charged"] == 1
    assert payment_trouble(tenant, now=now()) is None


def test_who_tops_up_otherwise_is_asked_no_longer(till: Till) -> None:
    customer, tenant = waiting(till)
    assert customer.scan()["state_missing"] == 1

    customer.has(5000)
    customer.scan()

    assert payment_trouble(tenant, now=now()) is None
    assert (customer.rule().hindrance, customer.rule().code) == ("", "")
    assert customer.asked() == []
