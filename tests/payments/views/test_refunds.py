"""Staff give money back on the payment's page: told before, done once, by who may; the customer sees it as a row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.test import Client

from accounts.services.credits import adjust
from billing_platform.kernel.clock import now
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from gateway_simulators.common.faults import Fault
from payments.models import Refund
from tests.payments.till import later
from tests.payments.views.test_pay import browser

if TYPE_CHECKING:
    from tests.cast import Cast
    from tests.payments.till import Till


@pytest.fixture
def payment(till: Till) -> str:
    """Return a payment of 10.50 that is credited."""
    made = till.charge(till.save_card())
    till.hear()
    return made


def form(client: Client, payment: str, amount: str) -> dict[str, str]:
    page = client.get(f"/provider/payments/{payment}/refund").content.decode()
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key
    return {"amount": amount, "reason": "Ordered twice", "key": key[1]}


def send(client: Client, payment: str, data: dict[str, str]) -> Any:
    return client.post(f"/provider/payments/{payment}/refund", data)


def count(till: Till) -> int:
    with provider_scope(till.provider_id):
        return Refund.objects.count()


class TestRefund:
    @pytest.mark.parametrize("role", ["paula", "bill"])
    def test_it_is_told_first_and_done_once(
        self, till: Till, cast: Cast, payment: str, role: str
    ) -> None:
        staff = browser(cast, role)
        data = form(staff, payment, "4.00")

        told = send(staff, payment, data).content.decode()
        assert "leave the client" in told
        assert (count(till), till.balance()) == (0, 1050)
        for _ in range(2):
            assert send(staff, payment, {**data, "confirmed": "yes"}).status_code == 302

        assert (count(till), till.balance()) == (1, 650)
        page = staff.get(f"/provider/payments/{payment}/").content.decode()
        assert "Ordered twice" in page
        assert "Refunded" in page

    def test_the_customer_sees_payment_refund_and_transaction(
        self, till: Till, cast: Cast, payment: str
    ) -> None:
        staff = browser(cast, "paula")
        send(staff, payment, {**form(staff, payment, "4.00"), "confirmed": "yes"})
        alice = browser(cast, "alice")

        page = alice.get("/billing/payments/").content.decode()
        csv = b"".join(alice.get("/billing/payments.csv")).decode()

        assert (page.count("Refund: Top-up"), "Refunded" in page) == (1, True)
        assert [line.split(",")[5:7] for line in csv.splitlines()[1:]] == [
            ["10.50", "partly_refunded"],
            ["-4.00", "refund_succeeded"],
        ]
        assert "4.00" in alice.get("/billing/transactions/?kind=refund").content.decode()

    @pytest.mark.parametrize(
        ("amount", "words"),
        [("10.51", "more than what is left"), ("8", "does not cover"), ("1.001", ""), ("0", "")],
    )
    def test_too_much_is_said_before_confirming(
        self, till: Till, cast: Cast, payment: str, amount: str, words: str
    ) -> None:
        staff = browser(cast, "paula")
        with provider_scope(till.provider_id):
            adjust(
                provider_id=till.provider_id,
                tenant_id=till.tenant_id,
                amount=Money(-300, "USD"),
                reason="x",
                key="k",
                now=now(),
            )
        data = form(staff, payment, amount)

        for more in ({}, {"confirmed": "yes"}):
            answer = send(staff, payment, {**data, **more})
            assert answer.status_code == 422
            assert words in answer.content.decode()
            assert "leave the client" not in answer.content.decode()

        assert (count(till), till.balance()) == (0, 750)


class TestUnanswered:
    def test_it_can_be_given_up_only_once_nothing_comes_any_more(
        self, till: Till, cast: Cast, payment: str
    ) -> None:
        till.server.faults.append(Fault("/v1/refunds", "429", left=99))
        staff = browser(cast, "bill")
        send(staff, payment, {**form(staff, payment, "4.00"), "confirmed": "yes"})
        with provider_scope(till.provider_id):
            refund = Refund.objects.get().public_id
        page = f"/provider/payments/{payment}/"
        assert refund in staff.get(page).content.decode()

        early = staff.post(f"{page}give-up", {"refund": refund}, follow=True)
        with time_machine.travel(later(hours=6)):
            told = browser(cast, "bill").post(f"{page}give-up", {"refund": refund}, follow=True)

        assert "may still come" in early.content.decode()
        words = told.content.decode()
        assert "The balance has its money again." in words
        assert f"{cast.user('bill').email} took it for not made" in words
        assert till.balance() == 1050
        assert staff.post(f"{page}give-up", {"refund": "ref_none"}).status_code == 404


class TestBalance:
    def test_what_happens_to_used_and_unused_credit_is_told_and_done(
        self, till: Till, cast: Cast, payment: str
    ) -> None:
        staff = browser(cast, "bill")
        spend(till, 800)
        data = {**form(staff, payment, "10.50"), "destination": "balance"}

        told = send(staff, payment, data).content.decode()
        assert ("No gateway is asked" in told, "8.00" in told, "2.50" in told) == (True,) * 3
        assert (count(till), till.balance()) == (0, 250)
        send(staff, payment, {**data, "confirmed": "yes"})

        assert (count(till), till.balance()) == (1, 1050)
        alice = browser(cast, "alice")
        own = alice.get("/billing/payments/").content.decode()
        assert ("Refund: Top-up" in own, ">Balance<" in own) == (True, True)
        ledger = alice.get("/billing/transactions/").content.decode()
        assert ledger.count("refund ref_") == 2
        csv = b"".join(staff.get("/provider/payments.csv")).decode()
        assert "balance,Top-up,USD,-10.50,refund_succeeded" in csv
        assert "to the balance" in staff.get(f"/provider/payments/{payment}/").content.decode()

    def test_used_credit_goes_to_the_card_only_when_it_is_ticked(
        self, till: Till, cast: Cast, payment: str
    ) -> None:
        staff = browser(cast, "bill")
        spend(till, 800)
        data = form(staff, payment, "10.50")

        assert send(staff, payment, data).status_code == 422
        told = send(staff, payment, {**data, "overdraws": "on"}).content.decode()
        assert "the client will owe" in told
        send(staff, payment, {**data, "overdraws": "on", "confirmed": "yes"})

        assert (count(till), till.balance()) == (1, -800)


def spend(till: Till, minor: int) -> None:
    with provider_scope(till.provider_id):
        adjust(
            provider_id=till.provider_id,
            tenant_id=till.tenant_id,
            amount=Money(-minor, "USD"),
            reason="x",
            key="spent",
            now=now(),
        )


class TestRefused:
    @pytest.mark.parametrize("role", ["sue", "rita"])
    def test_who_posts_no_money_gives_none_back(
        self, till: Till, cast: Cast, payment: str, role: str
    ) -> None:
        other = browser(cast, role)
        data = {"amount": "1", "reason": "x", "key": "k", "confirmed": "yes"}

        assert send(other, payment, data).status_code == 403
        assert "/refund" not in other.get(f"/provider/payments/{payment}/").content.decode()
        assert count(till) == 0

    def test_another_providers_payment_is_not_there(
        self, till: Till, cast: Cast, payment: str
    ) -> None:
        sonora = Client(headers={"host": "sonora.localhost"})
        sonora.force_login(cast.user("oskar"), backend="django.contrib.auth.backends.ModelBackend")
        data = {"amount": "1", "reason": "x", "key": "k", "confirmed": "yes"}

        assert send(sonora, payment, data).status_code == 404
        assert count(till) == 0
