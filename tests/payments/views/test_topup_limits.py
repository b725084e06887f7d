"""A customer's people set limits of their own for a top-up; page, quote, command and auto-recharge agree on them."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command

from accounts.services.wallets import open_wallet
from billing_platform.kernel.clock import now
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from payments.errors_topups import TopupBlocked
from payments.models import TopupLimit
from payments.services.topups import open_bank_topup
from tenants.services.settings import set_setting
from tests.payments.recharged import Customer
from tests.payments.views.test_pay import browser, form, send

if TYPE_CHECKING:
    from django.test import Client

    from tests.cast import Cast
    from tests.payments.till import Till

PAGE = "/billing/pay/limits"
OWN = {"currency": "USD", "least": "20", "most": "50"}
TOO_MUCH = "This is more than the largest top-up that your organization allows itself."


@pytest.fixture
def alice(till: Till, cast: Cast) -> Client:
    """Return the browser of the tenant's admin, where the provider allows 10.00 to 100.00."""
    with provider_scope(till.provider_id):
        for name, value in (("topup.least_minor", 1000), ("topup.most_minor", 10_000)):
            set_setting(provider_id=till.provider_id, name=name, value=value, now=now())
    return browser(cast, "alice")


def blocked(amount: str) -> str | None:
    """Return why the command says that Acme may not top up."""
    out = io.StringIO()
    what = ("--provider", "nimbus", "--tenant", "acme", "--amount", amount, "--currency", "USD")
    call_command("quote_topup", *what, "--json", stdout=out, stderr=io.StringIO())
    found: str | None = json.loads(out.getvalue())["blocked_by"]
    return found


class TestOwnLimits:
    def test_the_narrower_one_holds_wherever_a_top_up_is_opened(
        self, till: Till, alice: Client
    ) -> None:
        assert "100.00" in alice.get(PAGE).content.decode()
        assert alice.post(PAGE, OWN).headers["Location"] == "/billing/pay/"
        assert 'value="50.00"' in alice.get(PAGE).content.decode()

        amounts = ("9.99", "19.99", "20", "50", "50.01", "100.01")
        assert [blocked(each) for each in amounts] == [
            "amount_too_small",
            "below_own_minimum",
            None,
            None,
            "above_own_maximum",
            "amount_too_large",
        ]
        refused = send(alice, form(alice, till, "50.01"))
        assert (refused.status_code, TOO_MUCH in refused.content.decode()) == (422, True)
        live = alice.post("/billing/pay/quote", form(alice, till, "50.01")).content.decode()
        assert TOO_MUCH in live
        with provider_scope(till.provider_id), pytest.raises(TopupBlocked):
            open_bank_topup(
                provider_id=till.provider_id,
                tenant_id=till.tenant_id,
                amount=Money(5001, "USD"),
                code="",
                request_key="order-1",
                opened_by=None,
                now=now(),
            )

    def test_auto_recharge_keeps_to_them(self, till: Till, alice: Client) -> None:
        customer = Customer(till)
        customer.has_card()
        customer.wants(amount_minor=3000)
        alice.post(PAGE, OWN)
        customer.has(-5000)

        customer.scan()

        assert till.balance() == 0  # three times 30.00 would have been missing; 50.00 are allowed

    def test_who_may_set_them_and_who_reads_that_they_did(
        self, till: Till, alice: Client, cast: Cast
    ) -> None:
        assert browser(cast, "bob").post(PAGE, OWN).status_code == 403
        assert browser(cast, "paula").post(PAGE, OWN).status_code == 403
        assert browser(cast, "charlie").post(PAGE, OWN).status_code == 302  # its own, not Acme's
        with provider_scope(till.provider_id):
            (theirs,) = TopupLimit.objects.all()
            assert theirs.tenant_id == cast.globex
        alice.post(PAGE, OWN)
        alice.post(PAGE, {**OWN, "most": "60"})

        log = browser(cast, "paula").get("/provider/audit/").content.decode()
        assert log.count("Limits for top-ups") >= 2
        assert "60.00" in log

    def test_a_refused_form_keeps_its_currency(self, till: Till, alice: Client, cast: Cast) -> None:
        with provider_scope(till.provider_id):
            open_wallet(
                provider_id=till.provider_id, tenant_id=till.tenant_id, currency="EUR", now=now()
            )
        sent = {"currency": "EUR", "least": "20", "most": "19"}

        refused = alice.post(PAGE, sent)

        assert (refused.status_code, refused.context["currency"]) == (422, "EUR")
        assert alice.post(PAGE, {**sent, "currency": "GBP"}).context["currency"] == "USD"

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"most": "19"}, "No amount would lie between"),
            ({"least": "100.01", "most": ""}, "No amount would lie between"),
            ({"most": "0"}, "more than nothing"),
            ({"least": "20.001"}, "decimal"),
        ],
    )
    def test_what_leaves_no_amount_is_refused(
        self, till: Till, alice: Client, changes: dict[str, str], words: str
    ) -> None:
        answer = alice.post(PAGE, {**OWN, **changes})

        assert (answer.status_code, words in answer.content.decode()) == (422, True)
        with provider_scope(till.provider_id):
            assert not TopupLimit.objects.exists()
