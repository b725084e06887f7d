"""What staff do with clients by clicks: several at once, an own price, somebody who may log in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import PHONE

if TYPE_CHECKING:
    from tests.browser.visitor import Visit, Visitor

pytestmark = pytest.mark.browser


def is_fine(visit: Visit) -> bool:
    """Return whether a page that was clicked to can be read, dark on a phone as well."""
    visit.show(PHONE, "dark")
    assert visit.violations() == []
    return visit.sideways_px() <= 0


class TestClients:
    def test_all_of_a_page_are_chosen_and_each_is_told_of(self, visitor: Visitor) -> None:
        visit = visitor.open("nimbus owner", "nimbus", "/provider/clients/?q=g&order=name")
        page = visit.page

        # What is long in coming shows bars in the place of its rows, as high as these.
        table = page.locator("table").first
        before = table.bounding_box()
        send = "(e, name) => e.dispatchEvent(new CustomEvent(name, {bubbles: true, detail: {target: e}}))"
        table.evaluate(send, "htmx:beforeRequest")
        cell = table.locator("tbody td").first
        expect(cell).to_have_css("color", "rgba(0, 0, 0, 0)")
        assert table.bounding_box() == before
        table.evaluate(send, "htmx:afterRequest")
        expect(cell).not_to_have_css("color", "rgba(0, 0, 0, 0)")

        page.get_by_label("Select all clients on this page").check()
        expect(page.locator("[data-count]")).to_have_text("3")
        page.get_by_role("button", name="Suspend or resume the selected").click()
        # The list's own button says "resume" too, and stands there until the next page has come.
        page.get_by_role("button", name="Resume", exact=True).click()

        expect(page.get_by_role("heading", level=1)).to_have_text(
            "0 of 3 no longer suspended by hand"
        )
        expect(page.get_by_text("This client is not suspended by hand.")).to_have_count(3)
        assert is_fine(visit)
        page.get_by_role("link", name="Back to the list").click()
        expect(page.locator("#search")).to_have_value("g")
        page.close()

    def test_an_own_price_and_an_invitation(self, visitor: Visitor) -> None:
        visit = visitor.open("nimbus owner", "nimbus", "/provider/clients/?q=globex")
        page = visit.page
        page.get_by_role("link", name="Globex Logistics").click()
        page.get_by_role("link", name="Subscriptions").click()
        page.get_by_role("link", name="Prices for this client").click()
        page.get_by_role("link", name="Own price for this client: Storage").click()
        page.get_by_label("Holds from").select_option("period")
        page.locator("#id_unit").fill("0.01")
        page.get_by_role("button", name="Work out").click()
        expect(page.get_by_text("Everything else")).to_be_visible()
        page.get_by_role("button", name="Agree the own price").click()
        expect(page.get_by_text("Own price: 0.01 USD per GB")).to_be_visible()
        assert is_fine(visit)
        page.get_by_role("button", name="Take back").click()
        expect(page.get_by_role("dialog").get_by_text("the plan's price stays")).to_be_visible()
        page.get_by_role("button", name="Take the own price back").click()
        expect(page.get_by_text("Own price: 0.01 USD per GB")).to_have_count(0)

        page.get_by_role("link", name="Members").last.click()
        page.get_by_label("E-mail address").fill("new@globex.example")
        page.get_by_role("button", name="Invite").click()
        expect(page.get_by_role("button", name="Send again")).to_be_visible()
        page.get_by_role("button", name="Withdraw").click()
        expect(page.get_by_text("The invitation is withdrawn.")).to_be_visible()
        page.close()
