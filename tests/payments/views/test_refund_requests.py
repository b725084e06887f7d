"""A customer asks on the page of a payment, staff decide in their queue; who may not, sees and changes nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope
from payments.models import RefundRequest
from tenants.registry import APPROVAL_LIMIT_MINOR
from tenants.services.settings import set_setting
from tests.payments.views.test_pay import browser
from tests.payments.views.test_refunds import form as refund_form
from tests.payments.views.test_refunds import send as send_refund
from tests.payments.views.test_refunds import spend

if TYPE_CHECKING:
    from django.test import Client

    from tests.cast import Cast
    from tests.payments.till import Till


@pytest.fixture
def payment(till: Till) -> str:
    """Return a payment of 10.50 that is credited."""
    made = till.charge(till.save_card())
    till.hear()
    return made


def ask(client: Client, payment: str, amount: str = "4.00", reason: str = "Paid twice") -> Any:
    url = f"/billing/payments/{payment}/refund"
    found = re.search(r'name="key" value="([^"]+)"', client.get(url).content.decode())
    data = {"amount": amount, "reason": reason, "key": found[1] if found else "k"}
    return client.post(url, data)


def request_of(till: Till) -> str:
    with provider_scope(till.provider_id):
        return RefundRequest.objects.get().public_id


def text(client: Client, url: str) -> str:
    return client.get(url).content.decode()


def decide(client: Client, request: str, verb: str, **data: str) -> Any:
    return client.post(f"/provider/refund-requests/{request}/{verb}", data, follow=True)


class TestCustomer:
    def test_it_is_told_what_is_unused_asks_once_and_withdraws(
        self, till: Till, cast: Cast, payment: str
    ) -> None:
        spend(till, 800)
        alice = browser(cast, "alice")
        assert f'href="/billing/payments/{payment}/"' in text(alice, "/billing/transactions/")
        page = text(alice, f"/billing/payments/{payment}/refund")
        for words in ("8.00", "2.50", "Refunds usually go back by Card"):
            assert words in page

        assert ask(alice, payment).status_code == 302
        refused = ask(alice, payment)
        assert (refused.status_code, "asked for already" in refused.content.decode()) == (422, True)

        own = text(alice, f"/billing/payments/{payment}/")
        assert ("Paid twice" in own, "Ask for a refund" in own) == (True, False)
        data = {"request": request_of(till)}
        assert (
            browser(cast, "charlie")
            .post(f"/billing/payments/{payment}/refund/withdraw", data)
            .status_code
            == 404
        )
        alice.post(f"/billing/payments/{payment}/refund/withdraw", data)
        own = text(alice, f"/billing/payments/{payment}/")
        assert ("Withdrawn" in own, "Ask for a refund" in own) == (True, True)

    @pytest.mark.parametrize(
        ("amount", "reason"), [("10.51", "x"), ("0", "x"), ("abc", "x"), ("1.001", "x"), ("1", "")]
    )
    def test_what_cannot_be_asked_stays_on_the_form(
        self, till: Till, cast: Cast, payment: str, amount: str, reason: str
    ) -> None:
        refused = ask(browser(cast, "alice"), payment, amount, reason)

        assert refused.status_code == 422
        assert f'value="{amount}"' in refused.content.decode()

    @pytest.mark.parametrize(("person", "status"), [("bob", 403), ("charlie", 404)])
    def test_another_person_asks_for_nothing(
        self, till: Till, cast: Cast, payment: str, person: str, status: int
    ) -> None:
        assert ask(browser(cast, person), payment).status_code == status
        with provider_scope(till.provider_id):
            assert RefundRequest.objects.count() == 0


class TestStaff:
    def test_the_queue_counts_and_an_approval_is_told_first_and_done_once(
        self, till: Till, cast: Cast, payment: str
    ) -> None:
        ask(browser(cast, "alice"), payment)
        bill, wanted = browser(cast, "bill"), request_of(till)
        home = text(bill, "/provider/refund-requests/")
        assert ("Paid twice" in home, 'ms-auto">1</span>' in home) == (True, True)
        assert "1 refund request waits" in text(bill, "/provider/")
        terms = {"amount": "3.00", "destination": "original"}

        told = decide(bill, wanted, "approve", **terms).content.decode()
        assert ("leave the client" in told, till.balance()) == (True, 1050)
        for _ in range(2):
            page = decide(bill, wanted, "approve", **terms, confirmed="yes").content.decode()

        assert (till.balance(), "decided before" in page) == (750, True)
        assert "Nothing waits" in text(bill, "/provider/refund-requests/")
        assert "given back: " in text(bill, "/provider/refund-requests/?state=decided")
        csv = b"".join(bill.get("/provider/refund-requests.csv?state=decided")).decode()
        assert ",USD,4.00,approved,3.00,original,Paid twice," in csv

    def test_a_rejection_needs_a_reason_which_the_client_reads(
        self, till: Till, cast: Cast, payment: str
    ) -> None:
        alice, bill = browser(cast, "alice"), browser(cast, "bill")
        ask(alice, payment)

        assert decide(bill, request_of(till), "reject", answer="").status_code == 422
        decide(bill, request_of(till), "reject", answer="Used as agreed")

        assert "Used as agreed" in text(alice, f"/billing/payments/{payment}/")
        assert till.balance() == 1050

    def test_more_than_was_asked_for_is_refused(self, till: Till, cast: Cast, payment: str) -> None:
        ask(browser(cast, "alice"), payment)
        data = {"amount": "4.01", "destination": "balance", "confirmed": "yes"}

        refused = decide(browser(cast, "bill"), request_of(till), "approve", **data)

        assert (refused.status_code, "than was asked for" in refused.content.decode()) == (
            422,
            True,
        )

    def test_above_the_limit_it_takes_two(self, till: Till, cast: Cast, payment: str) -> None:
        with provider_scope(till.provider_id):
            name = APPROVAL_LIMIT_MINOR.name
            set_setting(provider_id=till.provider_id, name=name, value=500, now=now())
        paula, bill = browser(cast, "paula"), browser(cast, "bill")
        data = {**refund_form(paula, payment, "9.00"), "confirmed": "yes"}
        assert send_refund(paula, payment, data).status_code == 302
        wanted = request_of(till)

        assert "Somebody else has to agree" in text(paula, f"/provider/refund-requests/{wanted}/")
        decide(paula, wanted, "confirm")
        assert till.balance() == 1050
        assert "Refund requests" in text(bill, "/provider/approvals/")
        decide(bill, wanted, "confirm")

        assert till.balance() == 150
        assert "Request for" not in text(browser(cast, "alice"), f"/billing/payments/{payment}/")

    @pytest.mark.parametrize("role", ["sue", "rita"])
    def test_who_posts_no_money_decides_nothing(
        self, till: Till, cast: Cast, payment: str, role: str
    ) -> None:
        ask(browser(cast, "alice"), payment)
        other, wanted = browser(cast, role), request_of(till)

        assert other.get("/provider/refund-requests/").status_code == 403
        for verb in ("approve", "reject", "confirm", "decline"):
            data = {"amount": "1", "answer": "x", "confirmed": "yes"}
            assert decide(other, wanted, verb, **data).status_code == 403
        assert "refund-requests" not in text(other, "/provider/payments/")
        assert till.balance() == 1050
