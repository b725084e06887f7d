"""Stripe's hosted pages as a browser meets them, and what is done in the dashboard."""

from typing import Any
from urllib.parse import urlencode

import pytest

from gateway_simulators.common.messages import Answer, Request
from gateway_simulators.common.world import Clock, World
from gateway_simulators.stripe.account import Account
from gateway_simulators.stripe.api import answer
from gateway_simulators.stripe.simulator import StripeSimulator
from tests.gateway_simulators.test_stripe import LINE, PAGE, PAY

BACK = "http://acme.test/back?page={CHECKOUT_SESSION_ID}&x=1"
Form = dict[str, str]


@pytest.fixture
def simulator() -> StripeSimulator:
    made = StripeSimulator(World(clock=Clock(fixed=1_795_000_000), url="http://127.0.0.1:1"))
    made.open_account("acct_A", "sk_test_a")
    return made


@pytest.fixture
def account(simulator: StripeSimulator) -> Account:
    return simulator.accounts["acct_A"]


def post(account: Account, path: str, form: Form) -> dict[str, Any]:
    return answer(account, "POST", path, form)[1]


def open_page(account: Account, **changed: str) -> str:
    form = {**PAGE, "success_url": BACK, "cancel_url": "http://acme.test/canceled", **changed}
    return str(post(account, "/v1/checkout/sessions", form)["id"])


def visit(simulator: StripeSimulator, path: str, **form: str) -> Answer:
    method = "POST" if form else "GET"
    return simulator.answer(Request(method, path, body=urlencode(form).encode()))


class TestCheckout:
    def test_shows_the_amount_and_leads_back_with_its_id(
        self, simulator: StripeSimulator, account: Account
    ) -> None:
        name = open_page(account)

        shown = visit(simulator, f"/pay/{name}").body.decode()
        paid = visit(simulator, f"/pay/{name}", choice="pay", number="4242424242424242")

        assert "10.00 USD" in shown
        assert "Pending bank debit" in shown
        assert (paid.status, paid.headers["Location"]) == (
            303,
            f"http://acme.test/back?page={name}&x=1",
        )
        assert "already" in visit(simulator, f"/pay/{name}").body.decode()

    def test_escapes_what_a_shop_writes(self, simulator: StripeSimulator, account: Account) -> None:
        name = open_page(account, **{f"{LINE}[product_data][name]": "<script>x</script>"})

        assert b"<script>" not in visit(simulator, f"/pay/{name}").body

    @pytest.mark.parametrize(
        ("form", "words"),
        [
            ({"choice": "decline"}, "Your card was declined."),
            ({"choice": "pay", "number": "1"}, "card number is incorrect"),
            ({"choice": "pay", "number": "4000000000000069"}, "Your card was declined."),
            ({"choice": "steal"}, "Press one of the buttons"),
            ({"choice": "pay", "number": "000123456789"}, "only supports the currency usd"),
        ],
    )
    def test_says_what_is_wrong_and_stays_open(
        self, simulator: StripeSimulator, account: Account, form: Form, words: str
    ) -> None:
        name = open_page(account, **{f"{LINE}[currency]": "eur"})

        refused = visit(simulator, f"/pay/{name}", **form)

        assert (refused.status, words in refused.body.decode()) == (200, True)
        assert account.find("checkout.session", name)["status"] == "open"

    def test_an_expired_or_unknown_one_takes_nothing(
        self, simulator: StripeSimulator, account: Account
    ) -> None:
        name = open_page(account)
        simulator.world.clock.advance(86_400)
        simulator.tick()

        assert visit(simulator, f"/pay/{name}", choice="pay").status == 410
        assert visit(simulator, "/pay/cs_test_none", choice="pay").status == 404
        assert visit(simulator, "/challenge/pi_none", choice="complete").status == 404
        assert account.all("charge") == []


class TestChallenge:
    def test_leads_back_to_the_address_of_a_form(
        self, simulator: StripeSimulator, account: Account
    ) -> None:
        customer = post(account, "/v1/customers", {})["id"]
        attach = "/v1/payment_methods/pm_card_authenticationRequired/attach"
        method = post(account, attach, {"customer": customer})["id"]
        form = {"customer": customer, "payment_method": method, "confirm": "true"}
        back = {"return_url": "http://acme.test/back"}
        payment = post(account, "/v1/payment_intents", {**PAY, **form, **back})

        assert payment["next_action"]["type"] == "redirect_to_url"
        assert b"Your bank asks" in visit(simulator, f"/challenge/{payment['id']}").body
        done = visit(simulator, f"/challenge/{payment['id']}", choice="complete")

        expected = f"http://acme.test/back?payment_intent={payment['id']}&"
        assert done.headers["Location"].startswith(expected)
        assert account.find("payment_intent", payment["id"])["status"] == "succeeded"


class TestActions:
    def test_a_bank_debit_is_settled_at_once(
        self, simulator: StripeSimulator, account: Account
    ) -> None:
        name = open_page(account)
        visit(simulator, f"/pay/{name}", choice="bank")
        payment = account.find("checkout.session", name)["payment_intent"]

        found = simulator.act("ach_settle", {"id": payment})

        assert found["status"] == "succeeded"
        assert account.find("checkout.session", name)["payment_status"] == "paid"
        assert next(one["type"] for one in account.all("event")) == (
            "checkout.session.async_payment_succeeded"
        )

    @pytest.mark.parametrize(
        ("action", "details"),
        [
            ("burn", {"id": "pi_none"}),
            ("ach_settle", {"id": "pi_none"}),
            ("dispute_close", {"id": "dp_none", "outcome": "won"}),
            ("roll_secret", {"id": "we_none"}),
        ],
    )
    def test_nonsense_is_refused(
        self, simulator: StripeSimulator, action: str, details: Form
    ) -> None:
        with pytest.raises(ValueError, match=r"no action|No such"):
            simulator.act(action, details)

    def test_never_gives_back_more_than_was_paid(
        self, simulator: StripeSimulator, account: Account
    ) -> None:
        name = open_page(account)
        visit(simulator, f"/pay/{name}", choice="pay", number="4242 4242 4242 4242")
        payment = account.find("checkout.session", name)["payment_intent"]

        simulator.act("dashboard_refund", {"id": payment, "amount": 900})

        with pytest.raises(ValueError, match="100 is left"):
            simulator.act("dashboard_refund", {"id": payment, "amount": 101})
