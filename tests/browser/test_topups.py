"""Top-ups as a customer lives them: declined, asked by the bank, refused in its question, pending and settled."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.simulated import beside_simulators, stripe_account

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.browser.conftest import Demo
    from tests.browser.simulated import Counter

pytestmark = pytest.mark.browser
ALICE = ("nimbus acme admin", "nimbus")
WAY = "Card or bank account"
CREDITED = "The payment is credited to your balance."
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
WEEK_S = 7 * 86_400


@pytest.fixture(scope="module")
def counter(demo: Demo, chromium: Browser) -> Iterator[Counter]:
    """Return Nimbus with Stripe, as the gateway's simulator plays it."""
    with beside_simulators(demo, chromium, "nimbus", stripe_account("nimbus", WAY)) as found:
        yield found


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


def to_the_gateway(counter: Counter, amount: str) -> Page:
    """Ask for a top-up, agree to what it costs, and return the gateway's page."""
    page = counter.visitor.open(*ALICE, "/billing/pay/").page
    page.get_by_label(WAY, exact=True).check()
    page.get_by_label("Amount", exact=True).fill(amount)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name=re.compile("^Pay .* now$")).click()
    page.wait_for_url("**/stripe/pay/*")
    return page


class TestTopup:
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
