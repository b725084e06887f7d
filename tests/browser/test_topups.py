"""Top-ups as a customer lives them: with a bonus and its refund, declined, asked by the bank, pending, by transfer."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.simulated import Counter

pytestmark = pytest.mark.browser
ALICE = ("nimbus acme admin", "nimbus")
WAY = "Card or bank account"
CREDITED = "The payment is credited to your balance."
# What the worker does within the minute: the payments' documents, and the PDF of the newest one.
PAPERS = """
from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope
from invoicing.models import Document
from invoicing.services.files import stored_pdf
from invoicing.services.payment_documents import issue_payment_documents
from tenants.selectors.providers import provider_id_by_slug
provider_id = provider_id_by_slug("nimbus")
assert issue_payment_documents(provider_id=provider_id, now=now()).failed == {}
with provider_scope(provider_id):
    newest = Document.objects.exclude(number="").latest("pk").pk
stored_pdf(provider_id=provider_id, document_id=newest, now=now())
"""
POLL = """
from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope
from payments.models import Attempt
from payments.services.sync import sync_payment
from tenants.selectors.providers import provider_id_by_slug
provider_id = provider_id_by_slug("nimbus")
with provider_scope(provider_id):
    pending = [row.pk for row in Attempt.objects.filter(state="pending")]
for number in pending:
    sync_payment(provider_id=provider_id, attempt_id=number, now=now())
"""
# What the provider's owner would say on two pages: the tax of top-ups falls due with the money, and prices contain it.
TAXED = """
from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope
from tenants.selectors.providers import provider_id_by_slug
from tenants.services.settings import set_setting
provider_id = provider_id_by_slug("nimbus")
with provider_scope(provider_id):
    for name, value in (("tax.point", "{point}"), ("tax.prices_inclusive", {inclusive})):
        set_setting(provider_id=provider_id, name=name, value=value, now=now())
"""
WEEK_S = 7 * 86_400


def balance(counter: Counter) -> Decimal:
    """Return Acme's balance as its billing page shows it."""
    page = counter.visitor.open(*ALICE, "/billing/").page
    words = page.locator("section[aria-labelledby=balance] .stat-value").first.inner_text()
    page.close()
    return Decimal(re.sub(r"[^0-9.\-−]", "", words).replace("−", "-"))


def newest_transactions(counter: Counter, count: int) -> str:
    """Return Acme's newest transactions as its page shows them."""
    page = counter.visitor.open(*ALICE, "/billing/transactions/").page
    words = " / ".join(page.locator("tbody tr").all_inner_texts()[:count])
    page.close()
    return words


def to_the_gateway(counter: Counter, amount: str, code: str = "", live: str = "") -> Page:
    """Ask for a top-up, agree to what it costs, and return the gateway's page; `live` is said while typing."""
    page = counter.visitor.open(*ALICE, "/billing/pay/").page
    page.get_by_label(WAY, exact=True).check()
    page.get_by_label("Amount", exact=True).fill(amount)
    if code:
        page.get_by_label(re.compile("code", re.IGNORECASE)).press_sequentially(code)
        expect(page.locator("#topup-quote")).to_contain_text(live)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name=re.compile("^Pay .* now$")).click()
    page.wait_for_url("**/stripe/pay/*")
    return page


def downloaded(page: Page, row: Locator) -> str:
    """Download the PDF of a row and return what it says."""
    with page.expect_download() as waiting:
        row.get_by_role("link", name=re.compile("^Download PDF")).click()
    return " ".join(each.extract_text() for each in PdfReader(waiting.value.path()).pages)


class TestTopup:
    def test_with_a_bonus_that_its_refund_takes_back(self, counter: Counter) -> None:
        before = balance(counter)
        page = to_the_gateway(counter, "50.00", code="AUTUMN-20", live="Bonus credit")
        page.get_by_role("button", name="Pay", exact=True).click()
        expect(page.locator("body")).to_contain_text(CREDITED)
        payment = urlsplit(page.url).path.strip("/").split("/")[-1]
        page.close()

        assert balance(counter) == before + 60
        counter.work(PAPERS)
        page = counter.visitor.open(*ALICE, "/billing/invoices/").page
        row = page.locator("tbody tr").first
        expect(row).to_contain_text("50.00")
        receipt = downloaded(page, row)
        assert "50.00" in receipt
        assert "Acme Robotics" in receipt
        page.close()

        self.give_back(counter, payment)

        assert balance(counter) == before

    @staticmethod
    def give_back(counter: Counter, payment: str) -> None:
        """Refund all of a payment; before it is done, the page says what becomes of its bonus."""
        path = f"/provider/payments/{payment}/refund"
        page = counter.visitor.open("nimbus owner", "nimbus", path).page
        page.get_by_label("Amount", exact=True).fill("50.00")
        page.get_by_label("Reason").fill("Too much")
        page.get_by_role("button", name="Continue").click()
        said = page.locator(".alert[role=status]")
        expect(said).to_contain_text(re.compile(r"10\.00\sUSD of the bonus .* are taken back"))
        page.get_by_role("button", name=re.compile("^Refund ")).click()
        page.wait_for_url(f"**/provider/payments/{payment}/")
        page.close()

    def test_where_prices_contain_the_tax_what_is_left_is_credit(self, counter: Counter) -> None:
        before = balance(counter)
        counter.work(TAXED.format(point="top_up", inclusive=True))
        try:
            page = to_the_gateway(counter, "40.00")
        finally:
            counter.work(TAXED.format(point="consumption", inclusive=False))
        page.get_by_role("button", name="Pay", exact=True).click()
        expect(page.locator("body")).to_contain_text(CREDITED)
        page.close()
        credited = balance(counter) - before

        counter.work(PAPERS)
        page = counter.visitor.open(*ALICE, "/billing/invoices/").page
        row = page.locator("tbody tr").first
        expect(row).to_contain_text("Invoice")
        expect(row).to_contain_text("40.00")
        said = " ".join(downloaded(page, row).split())
        page.close()

        # What was agreed holds, although the provider has said otherwise since.
        assert credited == Decimal("36.95")
        assert all(one in said for one in ("Subtotal 36.95 USD", "Total 40.00 USD")), said

    def test_that_is_declined_says_so_and_credits_nothing(self, counter: Counter) -> None:
        before = balance(counter)
        page = to_the_gateway(counter, "21.00")

        page.get_by_role("button", name="Decline").click()
        expect(page.locator("body")).to_contain_text("Your card was declined.")
        page.get_by_role("link", name="Back").click()

        expect(page.locator("body")).to_contain_text("Nothing was taken so far.")
        page.close()
        assert balance(counter) == before
        assert "21.00" not in newest_transactions(counter, 3)

    def test_that_the_bank_asks_about(self, counter: Counter) -> None:
        before = balance(counter)
        page = to_the_gateway(counter, "22.00")

        page.get_by_role("button", name="3-D Secure").click()
        expect(page.locator("body")).to_contain_text("Your bank asks whether it is you.")
        page.get_by_role("button", name="Complete").click()

        expect(page.locator("body")).to_contain_text(CREDITED)
        page.close()
        assert balance(counter) == before + 22

    def test_that_the_bank_refuses_in_its_question(self, counter: Counter) -> None:
        before = balance(counter)
        page = to_the_gateway(counter, "24.00")

        page.get_by_role("button", name="3-D Secure").click()
        page.get_by_role("button", name="Fail").click()

        expect(page.get_by_role("button", name="Pay", exact=True)).to_be_visible()
        page.close()
        assert balance(counter) == before

    def test_by_a_bank_debit_is_confirmed_later(self, counter: Counter) -> None:
        before = balance(counter)
        page = to_the_gateway(counter, "23.00")

        page.get_by_role("button", name="Pending bank debit").click()
        expect(page.locator("body")).to_contain_text("We are confirming your payment.")
        assert balance(counter) == before
        counter.simulators.ask("clock", {"advance": WEEK_S})
        counter.work(POLL)

        # The page looks again by itself.
        expect(page.locator("body")).to_contain_text(CREDITED, timeout=15_000)
        page.close()
        assert balance(counter) == before + 23

    def test_by_transfer_lists_a_proforma_to_download(self, counter: Counter) -> None:
        page = counter.visitor.open(*ALICE, "/billing/bank/").page
        page.get_by_label("Amount to top-up").fill("88.00")
        page.get_by_role("button", name="Create topup payment order").click()
        dialog = page.locator("dialog[open]")
        expect(dialog).to_contain_text("88.00")
        dialog.get_by_role("button", name="OK").click()
        page.wait_for_url("**/billing/invoices/doc_*/")

        counter.work(PAPERS)
        page.goto(counter.demo.url("nimbus", "/billing/bank/"))
        row = page.locator("tbody tr").first
        expect(row).to_contain_text("88.00")
        found = re.search(r"RF\d\d[A-Z0-9]+", row.inner_text())
        assert found is not None
        proforma = downloaded(page, row)

        assert found[0] in proforma.replace(" ", "")
        assert "88.00" in proforma
        page.close()
