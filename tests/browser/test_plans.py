"""The price editor as somebody uses it: a draft from what is sold, another tier, what it comes to."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import DESKTOP, PHONE

if TYPE_CHECKING:
    from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser
SHOTS = os.environ.get("BROWSER_SHOTS")


class TestEditor:
    def test_a_tier_is_added_and_worked_out(self, visitor: Visitor) -> None:
        visit = visitor.open("nimbus owner", "nimbus", "/provider/plans/")
        page = visit.page
        page.get_by_role("link", name="Scale", exact=True).click()
        page.get_by_role("button", name="New version from this one").click()
        page.get_by_role("link", name="Change: Traffic out USD").click()
        page.get_by_role("link", name="Volume").click()
        page.wait_for_url("**/prices/*/?*model=volume")
        tiers = page.locator("table.tiers tbody tr")
        expect(tiers).to_have_count(2)
        page.get_by_role("button", name="Add a tier").click()
        expect(tiers).to_have_count(3)

        page.get_by_label("Up to and with, tier 1").fill("100")
        page.get_by_label("Price per unit, tier 1").fill("0.10")
        page.get_by_label("Up to and with, tier 2").fill("1,000")
        page.get_by_label("Price per unit, tier 2").fill("0.08")
        page.get_by_label("Price per unit, tier 3").fill("0.05")
        page.get_by_role("button", name="Work out").click()
        expect(page.get_by_label("Up to and with, tier 2")).to_have_value("1,000")

        for size in (DESKTOP, PHONE):
            visit.show(size, "light")
            if SHOTS:
                page.screenshot(path=Path(SHOTS) / f"price-{size[0]}.png", full_page=True)
            assert visit.sideways_px() == 0
        found = visit.violations()
        page.get_by_role("button", name="Save the price").click()
        page.wait_for_url("**/provider/plans/*/?version=*")
        expect(page.locator("main")).to_contain_text("up to 1,000 GB: 0.08 USD per GB")
        page.get_by_role("button", name="Drop the draft").first.click()
        page.get_by_role("dialog").get_by_role("button", name="Drop the draft").click()
        page.get_by_text("The draft is gone.").wait_for()
        page.close()
        assert found == []
