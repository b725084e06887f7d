"""A customer pays in a real browser on PayPal's and Razorpay's pages, is declined, turns back, saves an agreement."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.simulated import Counter
    from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser
WHO = ("sonora K-1001 admin", "sonora")
CREDITED = "The payment is credited to your balance."
NOT_FINISHED = "The payment is not finished. Nothing was taken so far."
OWN_PAGE = re.compile(r"/billing/payments/pay_\w+/$")


@pytest.fixture
def visitor(counter: Counter) -> Visitor:
    """Return somebody in front of the demo where Sonora takes PayPal and Razorpay."""
    return counter.visitor


def top_up(visitor: Visitor, way: str, amount: str) -> Page:
    """Return the gateway's page for a top-up that was agreed to."""
    page = visitor.open(*WHO, "/billing/pay/").page
    page.get_by_label("Amount").fill(amount)
    page.get_by_role("radio", name=way, exact=True).check()
    page.get_by_role("button", name="Continue", exact=True).click()
    page.get_by_role("button", name=re.compile(r"^Pay .* now$")).click()
    page.wait_for_url(f"**/{way.lower()}/**")
    return page


def balance(visitor: Visitor) -> str:
    """Return what the customer's newest payment says in the history."""
    page = visitor.open(*WHO, "/billing/payments/").page
    words = page.locator("tbody tr").first.inner_text()
    page.close()
    return words


class TestPayPal:
    def test_who_agrees_is_credited(self, visitor: Visitor) -> None:
        page = top_up(visitor, "PayPal", "31.00")
        expect(page.get_by_role("heading")).to_have_text("Pay with PayPal")
        page.get_by_role("button", name="Log In").click()

        page.get_by_role("button", name="Agree & Continue").click()

        page.wait_for_url(OWN_PAGE)
        expect(page.locator("#payment")).to_contain_text(CREDITED)
        page.close()
        row = balance(visitor)
        assert "31.00" in row
        assert "Succeeded" in row

    def test_who_is_declined_may_go_on(self, visitor: Visitor) -> None:
        page = top_up(visitor, "PayPal", "32.00")
        page.get_by_role("button", name="Create an Account").click()
        page.get_by_role("button", name="Pay by a card that is declined").click()

        page.wait_for_url(OWN_PAGE)
        expect(page.locator("#payment")).not_to_contain_text(CREDITED)
        page.get_by_role("link", name="Continue paying").click()
        page.get_by_role("button", name="Log In").click()
        page.get_by_role("button", name="Agree & Continue").click()

        page.wait_for_url(OWN_PAGE)
        expect(page.locator("#payment")).to_contain_text(CREDITED)
        page.close()

    def test_who_turns_back_pays_nothing(self, visitor: Visitor) -> None:
        page = top_up(visitor, "PayPal", "33.00")

        page.get_by_role("button", name="Cancel and return").click()

        page.wait_for_url(OWN_PAGE)
        expect(page.locator("#payment")).to_contain_text(NOT_FINISHED)
        expect(page.get_by_role("link", name="Continue paying")).to_be_visible()
        page.close()
        assert "Succeeded" not in balance(visitor)

    def test_an_agreement_is_set_up(self, visitor: Visitor) -> None:
        page = visitor.open(*WHO, "/billing/methods/").page
        page.get_by_role("button", name="Setup PayPal").click()
        page.wait_for_url("**/paypal/agreements/**")
        page.get_by_role("button", name="Log In").click()

        page.get_by_role("button", name="Agree & Continue").click()

        expect(page.locator("body")).to_contain_text("The payment method is saved.")
        setup = page.get_by_role("region", name="Payment methods setup")
        expect(setup).to_contain_text("PayPal agreement")
        expect(setup).to_contain_text("ok@payer.example")
        expect(page.get_by_role("button", name="Setup PayPal")).to_have_count(0)
        page.close()


class TestRazorpay:
    def test_who_pays_is_credited(self, visitor: Visitor) -> None:
        page = top_up(visitor, "Razorpay", "34.00")
        expect(page.locator("strong")).to_contain_text("34.00")

        page.get_by_role("button", name="Pay", exact=True).click()

        page.wait_for_url(OWN_PAGE)
        expect(page.locator("#payment")).to_contain_text(CREDITED)
        page.close()
        assert "34.00" in balance(visitor)

    def test_who_is_declined_may_pay_on_the_same_page(self, visitor: Visitor) -> None:
        page = top_up(visitor, "Razorpay", "35.00")
        page.get_by_role("button", name="Decline").click()
        expect(page.get_by_role("alert")).to_be_visible()
        assert "Succeeded" not in balance(visitor)

        page.get_by_role("button", name="Pay", exact=True).click()

        page.wait_for_url(OWN_PAGE)
        expect(page.locator("#payment")).to_contain_text(CREDITED)
        page.close()
