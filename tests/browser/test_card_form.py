"""A card is saved in the dialog on our page, also after a decline and 3-D Secure; where it cannot, on the gateway's.

What is saved is made the default one, and deleted.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import DESKTOP, PHONE

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.simulated import Counter
    from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser
PATH = "/billing/methods/"
WHO = ("sonora K-1001 admin", "sonora", PATH)
SUBMIT = "Submit Credit Card details"


@pytest.fixture
def visitor(counter: Counter) -> Visitor:
    """Return somebody in front of the demo where the gateways' simulators run beside it."""
    return counter.visitor


def begin(page: Page) -> None:
    page.get_by_role("button", name="Setup Credit Card").click()
    expect(page.get_by_role("button", name=SUBMIT)).to_be_enabled()


def row_of(page: Page, holder: str) -> Locator:
    """Return the saved method of a card holder."""
    return page.get_by_role("row", name=re.compile(holder))


def send(page: Page, number: str, holder: str) -> None:
    fields = page.frame_locator("dialog iframe")
    page.get_by_label("Card holder's name").fill(holder)
    fields.get_by_label("Card number").fill(number)
    fields.get_by_label("Expiration date").fill("12 / 39")
    fields.get_by_label("Security code").fill("123")
    page.get_by_role("button", name=SUBMIT).click()


class TestCardForm:
    def test_a_card_is_saved_after_a_decline(self, visitor: Visitor) -> None:
        visit = visitor.open(*WHO)
        page = visit.page
        begin(page)
        page.get_by_role("button", name=SUBMIT).click()
        expect(page.get_by_role("alert")).to_contain_text("card holder's name")
        send(page, "4000 0000 0000 9995", "Dora Desktop")
        expect(page.get_by_role("alert")).to_contain_text("not enough money")

        send(page, "4242 4242 4242 4242", "Dora Desktop")

        expect(page.locator("body")).to_contain_text("The payment method is saved.")
        expect(row_of(page, "Dora Desktop")).to_contain_text("Visa •••• 4242")
        assert visit.complaints == []
        self.replace(page)
        page.close()

    @staticmethod
    def replace(page: Page) -> None:
        """Save a second card, make it the default one, and delete the first."""
        begin(page)
        send(page, "5555 5555 5555 4444", "Dora Second")
        second = row_of(page, "Dora Second")

        second.get_by_role("button", name="Set as Default").click()

        expect(page.locator("body")).to_contain_text("This is the default payment method now.")
        expect(second.get_by_role("button", name="Set as Default")).to_have_count(0)
        expect(second).to_contain_text("Default")
        row_of(page, "Dora Desktop").get_by_role("link", name="Delete").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Delete payment method")
        page.get_by_role("link", name="Cancel").click()
        row_of(page, "Dora Desktop").get_by_role("link", name="Delete").click()

        page.get_by_role("button", name="Delete").click()

        expect(page.locator("body")).to_contain_text("The payment method is deleted.")
        expect(row_of(page, "Dora Desktop")).to_have_count(0)
        expect(second).to_have_count(1)

    def test_a_phone_is_asked_by_the_bank(self, visitor: Visitor) -> None:
        visit = visitor.open(*WHO)
        page = visit.page
        visit.show(PHONE, "dark")
        begin(page)
        assert visit.sideways_px() == 0
        found = visit.violations()
        send(page, "4000 0025 0000 3155", "Pia Phone")
        page.get_by_role("button", name="Complete").click()

        expect(page.locator("body")).to_contain_text("The payment method is saved.")
        expect(row_of(page, "Pia Phone")).to_contain_text("3155")
        visit.show(DESKTOP, "light")
        page.close()
        assert found == []

    def test_cancel_gives_the_focus_back(self, visitor: Visitor) -> None:
        page = visitor.open(*WHO).page
        begin(page)

        page.get_by_role("button", name="Cancel").click()

        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.get_by_role("button", name="Setup Credit Card")).to_be_focused()
        page.close()

    @pytest.mark.parametrize("scripts", [True, False])
    def test_without_the_gateways_script_its_page_opens(
        self, visitor: Visitor, scripts: bool
    ) -> None:
        page = visitor.open(*WHO, scripts=scripts).page
        page.route("**/stripe/v3/", lambda route: route.abort())

        page.get_by_role("button", name="Setup Credit Card").click()

        page.wait_for_url("**/stripe/pay/*")
        expect(page.get_by_role("heading")).to_contain_text("Save a payment method")
        page.close()
