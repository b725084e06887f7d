"""A card saved by a form of ours: its number goes into the stand-in's frame, and nowhere else."""

import http.client
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from gateway_simulators.common.server import SimulatorServer
from gateway_simulators.stripe.simulator import StripeSimulator
from payments.gateways.forms import CardForm
from payments.gateways.requests import SetupRequest
from payments.gateways.stripe.gateway import StripeGateway
from payments.gateways.values import CheckoutState
from tests.browser.conftest import CHROMIUM, FLAGS

CARD = {"number": "4242 4242 4242 4242", "expiry": "12 / 39", "cvc": "123"}


@pytest.fixture
def form(gateway: StripeGateway, simulator: StripeSimulator, payer: str) -> CardForm:
    simulator.open_account("acct_A", "pk_test_a")
    simulator.open_account("acct_B", "pk_test_b")
    return gateway.start_form(SetupRequest("f-1", payer, "USD", "setup-1", "", ""))


def confirm(server: SimulatorServer, **fields: str) -> dict[str, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", int(server.url.rpartition(":")[2]))
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    try:
        connection.request("POST", "/stripe/elements/confirm", urlencode(fields), headers)
        found: dict[str, Any] = json.loads(connection.getresponse().read())
    finally:
        connection.close()
    return found


class TestForm:
    def test_saves_a_card_once_per_key(
        self, server: SimulatorServer, gateway: StripeGateway, form: CardForm, payer: str
    ) -> None:
        assert gateway.start_form(SetupRequest("f-1", payer, "USD", "setup-1", "", "")) == form
        assert form.checkout.state is CheckoutState.OPEN
        assert form.client_secret not in repr(form)

        confirm(server, key="pk_test_a", client_secret=form.client_secret, holder="Alice", **CARD)

        done = gateway.advance_checkout(form.checkout.checkout_id)
        assert (done.state, done.reference) == (CheckoutState.COMPLETE, "setup-1")
        assert gateway.list_methods(payer) == [done.method]

    @pytest.mark.parametrize(
        ("changed", "code"),
        [
            ({"number": "4000 0000 0000 0002"}, "card_declined"),
            ({"number": "4242 4242 4242 4241"}, "incorrect_number"),
            ({"expiry": "12 / 20"}, "invalid_expiry_year"),
            ({"cvc": "1"}, "invalid_cvc"),
            ({"client_secret": "seti_none_secret_A"}, "resource_missing"),
            ({"key": "pk_test_b"}, "resource_missing"),
        ],
    )
    def test_what_is_wrong_saves_nothing(
        self,
        server: SimulatorServer,
        gateway: StripeGateway,
        form: CardForm,
        changed: dict[str, str],
        code: str,
    ) -> None:
        sent = {"key": "pk_test_a", "client_secret": form.client_secret, **CARD, **changed}

        assert confirm(server, **sent)["error"]["code"] == code
        found = gateway.advance_checkout(form.checkout.checkout_id)
        assert (found.state, found.method) == (CheckoutState.OPEN, None)

    def test_a_secret_key_is_no_key_for_browsers(
        self, server: SimulatorServer, form: CardForm
    ) -> None:
        sent = {"key": "sk_test_a", "client_secret": form.client_secret, **CARD}

        assert "Invalid API Key" in confirm(server, **sent)["error"]["message"]

    def test_one_that_is_given_up_is_closed(
        self, server: SimulatorServer, gateway: StripeGateway, form: CardForm
    ) -> None:
        closed = gateway.expire_checkout(form.checkout.checkout_id)

        assert closed.state is CheckoutState.EXPIRED
        sent = {"key": "pk_test_a", "client_secret": form.client_secret, **CARD}
        assert confirm(server, **sent)["error"]["code"] == "setup_intent_unexpected_state"


OURS = """<!doctype html><title>Ours</title><form><div id="fields"></div><button>Save</button></form>
<output></output><script src="{base}/v3/"></script><script src="/ours.js"></script>"""
SCRIPT = """
const stripe = Stripe("pk_test_a"), elements = stripe.elements({clientSecret: "%s"});
elements.create("payment").on("ready", () => document.body.classList.add("ready")).mount("#fields");
document.querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const {error} = await elements.submit();
  const confirmParams = {return_url: location.origin + "/back?x=1"};
  const done = error ? {error} : await stripe.confirmSetup({elements, confirmParams, redirect: "if_required"});
  document.querySelector("output").textContent = done.error ? done.error.message : done.setupIntent.status;
});
"""


@pytest.fixture
def ours(server: SimulatorServer, form: CardForm) -> Iterator[str]:
    base = server.url_of("stripe")

    class Ours(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            """Quiet."""

        def do_GET(self) -> None:
            is_script = self.path == "/ours.js"
            text = SCRIPT % form.client_secret if is_script else OURS.format(base=base)
            self.send_response(200)
            self.send_header("Content-Type", "text/javascript" if is_script else "text/html")
            policy = f"default-src 'none'; script-src 'self' {server.url}; frame-src {server.url}"
            self.send_header("Content-Security-Policy", policy)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

    http_server = ThreadingHTTPServer(("127.0.0.1", 0), Ours)
    Thread(target=http_server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{http_server.server_address[1]}/"
    http_server.shutdown()
    http_server.server_close()


@pytest.fixture
def tab() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser.new_page()
        browser.close()


def save(page: Page, number: str) -> None:
    frame = page.frame_locator("iframe")
    frame.get_by_label("Card number").fill(number)
    frame.get_by_label("Expiration date").fill("12 / 39")
    frame.get_by_label("Security code").fill("123")
    page.get_by_role("button", name="Save").click()


@pytest.mark.browser
class TestStandIn:
    def test_saves_declines_and_challenges_under_a_strict_policy(
        self, gateway: StripeGateway, form: CardForm, tab: Page, ours: str
    ) -> None:
        tab.goto(ours)
        expect(tab.locator("body.ready")).to_be_visible()
        tab.get_by_role("button", name="Save").click()
        expect(tab.locator("output")).to_contain_text("incomplete")
        save(tab, "4000 0000 0000 0002")
        expect(tab.locator("output")).to_have_text("Your card was declined.")

        save(tab, "4000 0025 0000 3155")
        tab.get_by_role("button", name="Complete").click()

        tab.wait_for_url("**/back?x=1&setup_intent=*&redirect_status=succeeded")
        found = gateway.advance_checkout(form.checkout.checkout_id)
        assert found.state is CheckoutState.COMPLETE
        assert found.method is not None
        assert found.method.last4 == "3155"
