"""A customer is shown what a top-up costs before anything is opened, and agrees to exactly that."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.core.cache import cache
from django.utils.html import strip_tags

from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope
from payments.models import Attempt, Topup
from tenants.services.settings import set_setting
from tests.factories.promotions import campaign, in_dollars
from tests.factories.tax import register_in_germany
from tests.payments.views.test_pay import PAY, browser, form

if TYPE_CHECKING:
    from django.test import Client

    from tests.cast import Cast
    from tests.payments.till import Till

QUOTE = "/billing/pay/quote"


@pytest.fixture
def alice(till: Till, cast: Cast) -> Client:
    """Return the customer's browser, at a seller who taxes top-ups and takes 10 % off by a code."""
    cache.clear()
    with provider_scope(till.provider_id):
        register_in_germany(till.provider_id)
        campaign(till.provider_id, "AUTUMN", in_dollars("discount_percent", 10))
        campaign(till.provider_id, "GIFT", in_dollars("bonus_fixed", 500))
    put(till, tax__point="top_up", topup__most_minor=50_000)
    return browser(cast, "alice")


def put(till: Till, **values: Any) -> None:
    for name, value in values.items():
        with provider_scope(till.provider_id):
            dotted = name.replace("__", ".")
            set_setting(provider_id=till.provider_id, name=dotted, value=value, now=now())


def words(page: Any) -> str:
    return re.sub(r"\s+", " ", strip_tags(page.content.decode().replace("<", " <")))


def opened(till: Till) -> int:
    with provider_scope(till.provider_id):
        return int(Topup.objects.count() + Attempt.objects.count())


class TestTopup:
    def test_what_is_shown_is_what_is_paid(self, till: Till, alice: Client) -> None:
        data = {**form(alice, till, "100"), "code": "au-tumn"}

        shown = alice.post(PAY, data)

        for part in ("Discount − 10.00", "VAT 19 % 17.10", "Total to pay 107.10", "balance 100.00"):
            assert part in words(shown)
        assert opened(till) == 0
        assert alice.post(PAY, {**data, "agreed": "10710"}).status_code == 302
        payment = till.only()
        assert till.row(payment).amount_minor == 10710
        till.press(payment)
        alice.get(f"/billing/payments/{payment}/return")
        assert till.balance() == 10000

    def test_a_total_that_contains_the_tax_is_paid_as_typed_and_credited_without_it(
        self, till: Till, alice: Client
    ) -> None:
        put(till, tax__prices_inclusive=True)
        data = form(alice, till, "100")

        shown = words(alice.post(PAY, data))

        for part in ("VAT 19 % (included) 15.97", "Total to pay 100.00", "balance 84.03"):
            assert part in shown
        assert alice.post(PAY, {**data, "agreed": "10000"}).status_code == 302
        payment = till.only()
        till.press(payment)
        alice.get(f"/billing/payments/{payment}/return")
        assert (till.row(payment).amount_minor, till.balance()) == (10000, 8403)

    def test_another_total_is_shown_again(self, till: Till, alice: Client) -> None:
        data = form(alice, till, "100")
        put(till, tax__prices_inclusive=True)

        again = alice.post(PAY, {**data, "agreed": "11900"})

        assert "The total has changed" in words(again)
        assert 'name="agreed" value="10000"' in again.content.decode()
        assert opened(till) == 0

    @pytest.mark.parametrize(
        ("change", "told"),
        [
            ({"amount": "501"}, "more than the largest top-up"),
            ({"code": "NOPE"}, "This code is not valid"),
            ({"code": "AUTUMN", "amount": "5"}, "top-ups of 10.00 USD or more"),
            ({"currency": "GBP"}, "Select a valid choice"),
        ],
    )
    def test_what_is_refused_opens_nothing(
        self, till: Till, alice: Client, change: dict[str, str], told: str
    ) -> None:
        data = {**form(alice, till, "100"), **change, "agreed": "10000"}

        refused = alice.post(PAY, data)

        assert refused.status_code == 422
        assert told in words(refused)
        assert opened(till) == 0


class TestQuote:
    def test_it_is_told_while_typing(self, till: Till, alice: Client, cast: Cast) -> None:
        data = {"amount": "100", "currency": "USD", "code": "gift"}

        assert "Bonus credit 5.00" in words(alice.post(QUOTE, data))
        assert words(alice.post(QUOTE, {"amount": "1x", "currency": "USD"})).strip() == ""
        assert "not valid" in words(alice.post(QUOTE, {**data, "code": "gone"}))
        assert opened(till) == 0
        assert browser(cast, "bob").post(QUOTE, data).status_code == 403

    def test_who_guesses_codes_has_to_wait(self, till: Till, alice: Client) -> None:
        data = {"amount": "100", "currency": "USD"}

        # The clock stands still: tries are counted by the minute, which could end among them.
        with time_machine.travel(now(), tick=False):
            answers = [words(alice.post(QUOTE, {**data, "code": f"X{no}"})) for no in range(25)]
            form_page = alice.post(PAY, {**form(alice, till, "100"), "code": "AUTUMN"})

        assert "Too many codes" in answers[-1]
        assert "Too many codes" in words(form_page)
        assert "Total to pay" in words(alice.post(QUOTE, data))
