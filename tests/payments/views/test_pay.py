"""A customer pays, comes back, and is told the truth; the provider's people see what happened."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from billing_platform.kernel.clock import now
from billing_platform.kernel.money import Money
from gateway_simulators.common.faults import Fault
from payments.gateways.stripe.gateway import StripeGateway
from payments.selectors import payments
from payments.services.sync import sync_payment

if TYPE_CHECKING:
    from tests.cast import Cast
    from tests.payments.till import Till

BACKEND = "django.contrib.auth.backends.ModelBackend"
PAY = "/billing/pay/"


@pytest.fixture
def alice(till: Till, cast: Cast) -> Client:
    """Return the browser of the customer who pays."""
    return browser(cast, "alice")


def browser(cast: Cast, name: str) -> Client:
    client = Client(headers={"host": "nimbus.localhost"})
    client.force_login(cast.user(name), backend=BACKEND)
    return client


def form(client: Client, till: Till, amount: str = "10.50") -> dict[str, str]:
    page = client.get(PAY).content.decode()
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key
    return {"amount": amount, "currency": "USD", "way": till.public_id, "key": key[1]}


def send(client: Client, data: dict[str, str]) -> Any:
    """Send the form, and agree to the total that is shown then."""
    shown = client.post(PAY, data)
    agreed = re.search(r'name="agreed" value="(\d+)"', shown.content.decode())
    return client.post(PAY, {**data, "agreed": agreed[1]}) if agreed else shown


class TestPay:
    def test_it_leads_to_the_gateway_and_back_to_the_truth(self, till: Till, alice: Client) -> None:
        there = send(alice, form(alice, till))
        payment = till.only()
        assert there.headers["Location"] == f"/billing/payments/{payment}/continue"
        page = alice.get(there.headers["Location"])
        assert page.headers["Refresh"] == f"0; url={till.row(payment).checkout_url}"

        till.press(payment)
        back = alice.get(f"/billing/payments/{payment}/return", follow=True)

        assert "credited to your balance" in back.content.decode()
        assert till.balance() == 1050
        assert till.row(payment).description == "Credit for Acme Canary-Acme"

    def test_a_double_click_and_a_second_tab_open_one_payment(
        self, till: Till, alice: Client
    ) -> None:
        data = form(alice, till)

        places = {send(alice, data).headers["Location"] for _ in range(3)}

        assert len(places) == 1
        assert till.only()
        assert send(alice, {**data, "amount": "99"}).status_code == 422

    def test_coming_back_without_having_paid_credits_nothing(
        self, till: Till, alice: Client
    ) -> None:
        send(alice, form(alice, till))
        payment = till.only()

        url = f"/billing/payments/{payment}/return?canceled=1&redirect_status=succeeded"
        page = alice.get(url, follow=True).content.decode()

        assert "Continue paying" in page
        assert till.balance() == 0

    def test_an_outage_at_the_return_is_being_confirmed_and_not_failed(
        self, till: Till, alice: Client
    ) -> None:
        send(alice, form(alice, till))
        payment = till.only()
        till.press(payment, "bank")
        alice.get(f"/billing/payments/{payment}/return")
        till.server.faults.append(Fault(".*", "429", left=9))

        page = alice.get(f"/billing/payments/{payment}/return", follow=True).content.decode()

        assert "We are confirming your payment" in page
        assert 'hx-trigger="every 3s"' in page
        assert "Look again" in page

    def test_a_gateway_that_is_down_keeps_what_was_typed(self, till: Till, alice: Client) -> None:
        data = form(alice, till)
        till.server.faults.append(Fault(".*", "429", left=9))

        refused = send(alice, data)

        assert refused.status_code == 422
        words = refused.content.decode()
        assert "does not answer" in words
        assert (f'value="{data["key"]}"' in words, 'value="10.50"' in words) == (True, True)
        till.server.faults.clear()
        assert send(alice, data).status_code == 302
        assert till.only()

    @pytest.mark.parametrize("amount", ["0", "-5", "abc", "", "1.001", "9999999999999"])
    def test_no_amount_is_refused_on_the_form(self, till: Till, alice: Client, amount: str) -> None:
        assert send(alice, form(alice, till, amount)).status_code == 422

    def test_another_customers_payment_is_not_there(
        self, till: Till, alice: Client, cast: Cast
    ) -> None:
        send(alice, form(alice, till))
        payment = till.only()
        charlie = browser(cast, "charlie")

        for end in ("", "continue", "return"):
            url = f"/billing/payments/{payment}/{end}"
            assert charlie.get(url).status_code == 404
            assert browser(cast, "bob").get(url).status_code == 403
        assert payment not in charlie.get("/billing/payments/").content.decode()
        assert payment in alice.get("/billing/payments/").content.decode()
        csv = b"".join(alice.get("/billing/payments.csv").streaming_content)  # type: ignore[attr-defined]  # a download
        assert payment.encode() in csv


class TestStaff:
    def test_the_list_tells_what_was_taken_and_filters(
        self, till: Till, alice: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        send(alice, form(alice, till))
        till.press(till.only())
        till.hear()
        rita = browser(cast, "rita")

        page = rita.get("/provider/payments/").content.decode()
        none = rita.get("/provider/payments/?client=globex").content.decode()

        monkeypatch.setattr(payments, "TOTALS_MAX", 0)
        long = rita.get("/provider/payments/").content.decode()
        assert (page.count("10.50"), long.count("10.50")) == (2, 1)
        assert "Choose days or a client" in long
        assert "Choose days or a client" not in page
        assert "Succeeded" in page
        assert "No payment fits" in none
        csv = b"".join(rita.get("/provider/payments.csv?state=succeeded").streaming_content)  # type: ignore[attr-defined]  # a download
        assert csv.count(b"\n") == 2

    def test_the_timeline_shows_events_and_the_posting(
        self, till: Till, alice: Client, cast: Cast
    ) -> None:
        send(alice, form(alice, till))
        payment = till.only()
        till.press(payment)
        till.hear()
        bill = browser(cast, "bill")
        url = f"/provider/payments/{payment}/"

        page = bill.get(url).content.decode()

        assert "payment_intent.succeeded" in page
        assert f"posting {till.row(payment).posting_id}" in page
        event = next(one for one in till.events() if one.state == "processed")
        assert bill.post(f"{url}replay", {"event": str(event.pk)}).status_code == 302
        assert bill.post(f"{url}replay", {"event": "99999999"}).status_code == 404
        assert bill.post(f"{url}ask").status_code == 302
        assert browser(cast, "sue").post(f"{url}ask").status_code == 403
        assert till.balance() == 1050

    def test_what_came_is_accepted_as_it_was_seen(
        self, till: Till, alice: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        send(alice, form(alice, till))
        payment = till.only()
        till.press(payment)
        less(monkeypatch)
        sync_payment(provider_id=till.provider_id, attempt_id=till.row(payment).pk, now=now())
        bill, url = browser(cast, "bill"), f"/provider/payments/{payment}/"
        assert "Accept the amount received" in bill.get(url).content.decode()
        assert "1 payment brought" in bill.get("/provider/payments/").content.decode()
        assert "confirming" in alice.get(f"/billing/payments/{payment}/").content.decode()

        bill.post(f"{url}accept", {"seen": "1050"})
        assert till.balance() == 0
        assert browser(cast, "sue").post(f"{url}accept", {"seen": "1000"}).status_code == 403
        for _ in range(2):
            bill.post(f"{url}accept", {"seen": "1000"})

        assert till.balance() == 1000
        assert "10.00" in alice.get(f"/billing/payments/{payment}/").content.decode()


def less(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the gateway have taken less than was asked for."""
    page, one = StripeGateway.advance_checkout, StripeGateway.fetch_payment
    part = Money(1000, "USD")

    def short_page(self: StripeGateway, checkout_id: str) -> object:
        found = page(self, checkout_id)
        assert found.payment is not None
        return replace(found, payment=replace(found.payment, received=part))

    monkeypatch.setattr(StripeGateway, "advance_checkout", short_page)
    monkeypatch.setattr(
        StripeGateway, "fetch_payment", lambda self, name: replace(one(self, name), received=part)
    )
