"""A customer sets auto-recharge up, reads why it is paused, and pays by the link; staff see it; strangers nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.scope import provider_scope, tenant_scope
from billing_platform.portal.pages.payment_trouble import trouble_of
from payments.selectors.auto_pay import is_auto_pay_on
from tenants.selectors.tenants import tenant_by_id
from tenants.services.settings import set_setting
from tests.cast import NOW
from tests.payments.recharged import ASKS, POOR, Customer
from tests.payments.views.test_pay import browser

if TYPE_CHECKING:
    from django.test import Client

    from tests.cast import Cast
    from tests.payments.till import Till

FOLLOWS = "When the credit is used up, the service is suspended."
PAGE = "/billing/auto-recharge/"
FORM = {
    "currency": "USD",
    "threshold": "10",
    "mode": "amount",
    "amount": "20",
    "daily_cap": "",
    "monthly_cap": "60",
    "agrees": "on",
}


def text(page: str) -> str:
    """Return a page's words."""
    return re.sub(r"\s+", " ", re.sub(r"</?span[^>]*>", "", page))


@pytest.fixture
def customer(till: Till) -> Customer:
    return Customer(till)


@pytest.fixture
def alice(customer: Customer, cast: Cast) -> Client:
    """Return the browser of the tenant's admin."""
    return browser(cast, "alice")


class TestRule:
    def test_it_is_saved_shown_and_switched_off(self, customer: Customer, alice: Client) -> None:
        assert "No auto-recharge yet" in alice.get(PAGE).content.decode()
        refused = alice.post(PAGE, FORM)
        assert refused.status_code == 422
        assert "default payment method" in refused.content.decode()

        customer.has_card()
        customer.has(5000)
        page = alice.post(PAGE, FORM, follow=True).content.decode()
        assert "Below 10.00 USD: add 20.00 USD" in text(page)
        assert "this month 0.00 USD of at most 60.00 USD" in text(page)
        assert "Auto-pay is on" in page
        asked = page.partition('id="off-USD"')[2].partition("</dialog>")[0]
        assert "Nothing is charged by itself in USD any more." in asked
        assert "is not charged any more" not in asked, "another rule may charge the card"

        page = alice.post(f"{PAGE}USD/off", follow=True).content.decode()
        assert "Nothing is charged by itself." in page
        assert alice.post(f"{PAGE}EUR/off").status_code == 404

        alice.post(PAGE, FORM)
        page = alice.post(f"{PAGE}auto-pay/off", follow=True).content.decode()
        assert "Paused because auto-pay is off" in page
        with provider_scope(customer.till.provider_id):
            assert not is_auto_pay_on(customer.till.provider_id, customer.till.tenant_id)

    @pytest.mark.parametrize(
        ("name", "value", "words"),
        [
            ("threshold", "0", "more than nothing"),
            ("amount", "0.001", "decimal"),
            ("monthly_cap", "19.99", "at least the amount"),
            ("agrees", "", "required"),
        ],
    )
    def test_what_makes_no_sense_is_said_beside_what_was_typed(
        self, customer: Customer, alice: Client, name: str, value: str, words: str
    ) -> None:
        customer.has_card()

        answer = alice.post(PAGE, {**FORM, name: value})

        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert 'value="20"' in answer.content.decode() or name == "amount"


def banner_of(client: Client, path: str) -> str:
    """Return what every page says of a payment that did not work."""
    body = client.get(path, follow=True).content.decode()
    return body.partition('aria-label="A payment did not work"')[2].partition("</section>")[0]


class TestPaused:
    def test_the_reason_stands_on_the_page_the_dashboard_and_the_clients_page(
        self, customer: Customer, alice: Client, cast: Cast
    ) -> None:
        customer.has_card(ASKS)
        customer.wants()
        customer.has(0)
        customer.scan()
        (row,) = customer.recharges()
        words = "Paused because the bank wants the payment to be confirmed."

        page = alice.get(PAGE).content.decode()
        assert words in page
        assert f"{PAGE}{row.public_id}/pay" in page
        for place in ("/dashboard/", "/billing/transactions/", "/company/profile/"):
            banner = banner_of(alice, place)
            assert words in banner
            assert "20.00 USD could not be charged." in text(banner)
            assert f'href="{PAGE}{row.public_id}/pay"' in banner
            assert FOLLOWS in banner
        assert banner_of(browser(cast, "bob"), "/") == ""
        with provider_scope(customer.till.provider_id):
            set_setting(
                provider_id=customer.till.provider_id,
                name="suspension.enabled",
                value=False,
                now=NOW,
            )
        banner = banner_of(alice, "/dashboard/")
        assert words in banner
        assert FOLLOWS not in banner, "nobody is suspended"
        with provider_scope(customer.till.provider_id):
            tenant = customer.tenant_public_id()
        for name in ("paula", "rita"):
            seen = browser(cast, name).get(f"/provider/clients/{tenant}/methods/")
            assert words in seen.content.decode()
            assert "/billing/auto-recharge/" not in seen.content.decode()

        asked = alice.get(f"{PAGE}{row.public_id}/pay").content.decode()
        assert "20.00 USD could not be charged by itself" in text(asked)
        places = {alice.post(f"{PAGE}{row.public_id}/pay").headers["Location"] for _ in range(2)}
        assert len(places) == 1, "a double click opens one page"
        customer.till.press(places.pop().split("/")[-2])
        customer.till.hear()
        page = alice.get(PAGE).content.decode()
        assert "Paid by the link" in page
        assert words not in page
        assert banner_of(alice, "/dashboard/") == ""

    def test_a_retry_that_comes_between_two_readings_breaks_no_page(
        self, customer: Customer
    ) -> None:
        customer.has_card(POOR)
        customer.wants()
        customer.has(0)
        customer.scan()
        read = customer.rule()
        customer.has_card()
        assert customer.scan() == {"charged": 1}

        ids = (customer.till.provider_id, customer.till.tenant_id)
        with tenant_scope(*ids):
            told = trouble_of(tenant_by_id(*ids), read)

        assert read.recharge
        assert (told.amount, told.url) == (None, "/billing/methods/")

    def test_a_need_that_was_met_is_not_offered_when_another_balance_is_declined(
        self, customer: Customer, alice: Client
    ) -> None:
        customer.has_card(POOR)
        customer.wants()
        customer.has(0)
        customer.scan()
        customer.has_card()
        assert customer.scan() == {"charged": 1}
        customer.has_card(POOR)
        customer.wants(currency="EUR")
        assert customer.scan() == {"charged": 1}

        page = alice.get(PAGE).content.decode()

        met, paid, owed = (f"{PAGE}{row.public_id}/pay" for row in customer.recharges())
        assert [one in page for one in (met, paid, owed)] == [False, False, True]
        assert [alice.get(one).status_code for one in (met, paid, owed)] == [404, 404, 200]

    def test_strangers_find_nothing(self, customer: Customer, alice: Client, cast: Cast) -> None:
        customer.has_card(ASKS)
        customer.wants()
        customer.has(0)
        customer.scan()
        link = f"{PAGE}{customer.recharges()[0].public_id}/pay"

        charlie = browser(cast, "charlie")
        assert charlie.get(link).status_code == 404
        assert charlie.post(link).status_code in (302, 404)
        assert len(customer.payments()) == 1
        assert browser(cast, "bob").get(PAGE).status_code == 403
        assert alice.get(f"{PAGE}auto-pay/off").status_code == 405
