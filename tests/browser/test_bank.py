"""A top-up by bank transfer as its people see it: ordered and confirmed, imported, matched, there."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import DESKTOP, PHONE
from tests.payments.statements.bank import Bank, Moved

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.served import Demo
    from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser
WORK_OFF = """
from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import system_scope
from invoicing.services.bank_matching import match_new_lines
from payments.selectors.bank_lines import providers_with_new_lines
with system_scope():
    found = providers_with_new_lines()
for provider_id in found:
    match_new_lines(provider_id=provider_id, now=now())
"""


def current_balance(page: Page) -> Decimal:
    """Return the balance as the page of payment orders shows it."""
    words = page.locator("section[aria-labelledby=balance] .h2").first.inner_text()
    return Decimal(re.sub(r"[^0-9.\-−]", "", words).replace("−", "-"))


class TestTransfer:
    @pytest.mark.parametrize("scripts", [True, False])
    def test_from_order_to_balance(self, demo: Demo, visitor: Visitor, *, scripts: bool) -> None:
        visit = visitor.open("tina@tonwerk.example", "sonora", "/billing/bank/", scripts=scripts)
        page = visit.page
        before = current_balance(page)
        page.get_by_label("Amount to top-up").fill("123.45")
        page.get_by_role("button", name="Create topup payment order").click()
        dialog = page.locator("dialog[open]")
        expect(dialog).to_contain_text("123.45")
        if scripts:
            for size in (DESKTOP, PHONE):
                visit.show(size, "light")
                assert visit.sideways_px() == 0
            assert visit.violations() == []
        dialog.get_by_role("button", name="OK").click()
        page.wait_for_url("**/billing/invoices/doc_*/")
        expect(page.locator("body")).to_contain_text("PRO-")
        page.goto(demo.url("sonora", "/billing/bank/"))
        row = page.locator("tbody tr").first
        expect(row).to_contain_text("RF")
        found = re.search(r"RF\d\d[A-Z0-9]+", row.inner_text())
        assert found is not None

        # Without scripts it is paid in two parts, so that both ways are walked.
        for number, cents in enumerate((12_345,) if scripts else (2_345, 10_000)):
            if number:
                page.reload()
                row = page.locator("tbody tr").first
                expect(row).to_contain_text("Partially Paid")
                expect(row).to_contain_text("100.00")
                assert current_balance(page) - before == Decimal("23.45")
            paid = Moved(cents=cents, text=f"credit {found[0]}", end_to_end=f"E-{scripts}{number}")
            bank = Bank("08", number=f"{scripts}-{number}").came(paid)
            self.bring(demo, visitor, bank.camt())

        page.reload()
        expect(page.locator("tbody tr").first).to_contain_text("Paid")
        expect(page.locator("tbody tr").first).not_to_contain_text("Partially Paid")
        assert current_balance(page) - before == Decimal("123.45")
        page.close()

    @staticmethod
    def bring(demo: Demo, visitor: Visitor, data: bytes) -> None:
        """Import a statement, and see its line matched."""
        owner = visitor.open("sonora owner", "sonora", "/provider/bank/statements/new").page
        owner.get_by_label("File", exact=True).set_input_files(
            {"name": "bank.xml", "mimeType": "text/xml", "buffer": data}
        )
        owner.get_by_role("button", name="Import").click()
        owner.wait_for_url("**/provider/bank/statements/stm_*/")
        expect(owner.get_by_role("progressbar")).to_have_attribute("value", "0")
        demo.worker.work(WORK_OFF)
        expect(owner.get_by_role("link", name="Matched")).to_be_visible()
        owner.close()
