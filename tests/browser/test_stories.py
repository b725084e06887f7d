"""Longer stories in a real browser: out of credit and back, auto-recharge that is declined, money that comes later."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.test_gateway_pages import CREDITED, OWN_PAGE, top_up
from tests.browser.test_topups import POLL

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.simulated import Counter

pytestmark = pytest.mark.browser
KIRA = ("sonora K-1003 admin", "sonora")
TINA = ("sonora K-1001 admin", "sonora")
CONFIRMING = "We are confirming your payment."
USED_UP = """
from billing_platform.kernel.clock import now
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from accounts.selectors.balances import wallets_of
from accounts.services.credits import adjust
from tenants.selectors.providers import provider_id_by_slug
from tenants.selectors.tenants import tenants_by_external_id
provider_id = provider_id_by_slug("sonora")
with provider_scope(provider_id):
    tenant = tenants_by_external_id(provider_id, ["K-1003"])["K-1003"].id
    (wallet,) = wallets_of(provider_id, [tenant])
    gone = Money(-max(wallet.available, 0) - 500, "EUR")
    adjust(provider_id=provider_id, tenant_id=tenant, amount=gone, reason="Used up", key="{key}", now=now())
"""
# What workers do within five minutes: recharge what is low, and mail.
RECHARGED = r"""
import re
from django.core import mail
from django.test import override_settings
from billing_platform.kernel.clock import now
from billing_platform.kernel.relay import relay
from payments.services.recharging import recharge_due
from tenants.selectors.providers import provider_id_by_slug
recharge_due(provider_id=provider_id_by_slug("sonora"), now=now())
with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
    mail.outbox = []
    relay(clock=now, limit=1000)
found = [link for one in mail.outbox for link in re.findall(r"http\S+/pay/recharge/\S+", str(one.body))]
print(found[-1] if found else [one.subject for one in mail.outbox])
"""
PENDING_ID = """
from billing_platform.kernel.scope import provider_scope
from payments.models import Attempt
from tenants.selectors.providers import provider_id_by_slug
provider_id = provider_id_by_slug("sonora")
with provider_scope(provider_id):
    print(Attempt.objects.filter(state="pending").latest("pk").external_id)
"""


def agree(page: Page, email: str = "") -> None:
    """Log in at PayPal, as somebody, and agree."""
    if email:
        page.get_by_label("Email").fill(email)
    page.get_by_role("button", name="Log In").click()
    page.get_by_role("button", name="Agree & Continue").click()


def come_through(counter: Counter, action: str) -> None:
    """Let the bank say yes to the payment that is pending, and a worker ask for it."""
    payment = counter.demo.worker.work(PENDING_ID).strip()
    counter.simulators.ask(action, {"id": payment})
    counter.work(POLL.replace("nimbus", "sonora"))


class TestOutOfCredit:
    def test_whoever_pays_is_back_at_once(self, counter: Counter) -> None:
        counter.work(USED_UP.format(key="out of credit"))
        page = counter.visitor.open(*KIRA, "/suspended").page
        expect(page.get_by_role("heading", level=1)).to_have_text("Kantine Süd is suspended")
        page.get_by_role("main").get_by_role("link", name="Top-up").click()

        page.get_by_role("radio", name="PayPal", exact=True).check()
        page.get_by_label("Amount", exact=True).fill("40.00")
        page.get_by_label(re.compile("code", re.IGNORECASE)).press_sequentially("HERBST-10")
        expect(page.locator("#topup-quote")).to_contain_text(re.compile(r"Discount\s*−4\.00"))
        page.get_by_role("button", name="Continue", exact=True).click()
        expect(page.locator("#topup-quote")).to_contain_text(re.compile(r"Discount\s*−4\.00"))
        page.get_by_role("button", name=re.compile(r"^Pay .* now$")).click()
        agree(page)

        page.wait_for_url(OWN_PAGE)
        expect(page.locator("#payment")).to_contain_text(CREDITED)
        page.goto(counter.demo.url("sonora", "/suspended"))
        expect(page.locator("body")).not_to_contain_text("is suspended")
        page.close()


class TestAutoRecharge:
    def test_what_is_declined_is_paid_by_the_mailed_link_without_a_login(
        self, counter: Counter
    ) -> None:
        counter.work(USED_UP.format(key="before its recharge"))
        page = counter.visitor.open(*KIRA, "/billing/methods/").page
        page.get_by_role("button", name="Setup PayPal").click()
        agree(page, "declined@payer.example")
        expect(page.locator("body")).to_contain_text("The payment method is saved.")
        page.goto(counter.demo.url("sonora", "/billing/auto-recharge/"))
        page.get_by_label("When the available balance falls below").fill("20.00")
        page.get_by_label("Amount", exact=True).fill("45.00")
        page.get_by_label(re.compile("^I agree")).check()
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.locator("#rules").locator("..").locator("..")).to_contain_text("45.00")

        link = counter.demo.worker.work(RECHARGED).strip()
        stranger = counter.visitor.open("", "sonora", urlsplit(link).path).page
        expect(stranger.locator("body")).to_contain_text("45.00")
        stranger.get_by_role("button", name="Pay Now").click()
        agree(stranger, "ok@payer.example")
        expect(stranger.locator("body")).to_contain_text(
            re.compile(r"top-up of 45\.00.* (is paid|is being confirmed)")
        )
        stranger.close()

        page.reload()
        expect(page.locator("body")).to_contain_text("Paid by the link")
        page.close()


class TestLater:
    @pytest.mark.parametrize(
        ("way", "amount", "presses", "action"),
        [
            ("PayPal", "36.00", ("Log In", "Pay by e-check"), "paypal/complete"),
            ("Razorpay", "37.00", ("Leave pending",), "razorpay/settle"),
        ],
        ids=["an e-check", "an open UPI payment"],
    )
    def test_what_a_bank_decides_later_is_credited_then(
        self, counter: Counter, way: str, amount: str, presses: tuple[str, ...], action: str
    ) -> None:
        page = top_up(counter.visitor, way, amount)
        for name in presses:
            page.get_by_role("button", name=name).click()
        page.wait_for_url(OWN_PAGE)
        expect(page.locator("body")).to_contain_text(CONFIRMING)

        come_through(counter, action)

        # The page looks again by itself.
        expect(page.locator("body")).to_contain_text(CREDITED, timeout=15_000)
        page.close()


class TestRefund:
    def test_what_a_customer_asks_for_is_approved_and_comes_back(self, counter: Counter) -> None:
        page = top_up(counter.visitor, "PayPal", "38.00")
        agree(page)
        page.wait_for_url(OWN_PAGE)
        expect(page.locator("#payment")).to_contain_text(CREDITED)
        page.get_by_role("link", name="Ask for a refund").click()
        page.get_by_label("Amount", exact=True).fill("8.00")
        page.get_by_label(re.compile("Reason")).fill("One line too many")
        page.get_by_role("button", name="Send the request").click()
        page.wait_for_url(OWN_PAGE)

        desk = counter.visitor.open("sonora owner", "sonora", "/provider/refund-requests/").page
        desk.locator("tbody tr").first.get_by_role("link").first.click()
        expect(desk.locator("body")).to_contain_text("One line too many")
        desk.get_by_role("button", name="Continue").click()
        desk.get_by_role("button", name=re.compile(r"^Refund .*8\.00")).click()
        expect(desk.locator("body")).to_contain_text("8.00")
        desk.close()

        page.reload()
        expect(page.get_by_role("region", name="Refunds")).to_contain_text("8.00")
        page.close()
