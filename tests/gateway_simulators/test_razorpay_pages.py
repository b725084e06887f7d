"""What customers do at Razorpay's simulator besides the API: an order's hosted form, and a payment that comes late."""

from __future__ import annotations

import json
import re
from urllib.parse import urlencode

import pytest
import razorpay

from gateway_simulators.common.messages import Request
from tests.gateway_simulators.test_razorpay import KEY, Stand

CHECKOUT = {"key_id": "rzp_test_a", "order_id": "{due}", "callback_url": "http://a.test/back"}


@pytest.fixture(scope="module")
def stand() -> Stand:
    return Stand()


class TestCheckout:
    """The hosted form of an order, to which checkout.js leads."""

    def open(self, stand: Stand, form: dict[str, str]) -> tuple[int, str]:
        named = {name: value.format(**stand.names) for name, value in form.items()}
        sent = Request("POST", "/v1/checkout/embedded", body=urlencode(named).encode())
        answer = stand.simulator.answer(sent)
        return answer.status, answer.body.decode()

    def press(self, stand: Stand, **form: str) -> tuple[int, str]:
        path = f"/checkout/{stand.names['due']}"
        answer = stand.simulator.answer(Request("POST", path, body=urlencode(form).encode()))
        return answer.status, answer.body.decode()

    def test_it_is_paid_once_and_the_way_back_is_signed(self) -> None:
        stand = Stand()
        notes = {"prefill[email]": "a@a.test", "notes[colour]": "1", "amount": "1000"}
        assert self.press(stand, choice="pay")[0] == 400, "nobody opened it"
        assert self.open(stand, {**CHECKOUT, **notes})[0] == 200

        _, failed = self.press(stand, choice="decline")
        _, done = self.press(stand, choice="pay")

        assert 'name="error[reason]" value="payment_failed"' in failed
        assert "razorpay_signature" not in failed
        assert 'action="http://a.test/back"' in done
        told = dict(re.findall(r'name="(razorpay_\w+)" value="(\w+)"', done))
        client = razorpay.Client(auth=tuple(KEY.split(":")))
        assert client.utility.verify_payment_signature(told)
        assert stand.ask("GET", "orders/{due}")[1]["status"] == "paid"
        payment = stand.ask("GET", f"payments/{told['razorpay_payment_id']}")[1]
        assert (payment["status"], payment["order_id"]) == ("captured", stand.names["due"])
        for status, words in (self.open(stand, CHECKOUT), self.press(stand, choice="pay")):
            assert (status, "already processed" in words) == (400, True)

    @pytest.mark.parametrize("without", CHECKOUT)
    def test_a_missing_field_is_refused(self, stand: Stand, without: str) -> None:
        part = {name: value for name, value in CHECKOUT.items() if name != without}

        status, words = self.open(stand, part)

        expected = "key provided is invalid" if without == "key_id" else f"The {without} field"
        assert (status, expected in words) == (401 if without == "key_id" else 400, True)

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"colour": "1"}, "colour is/are not required"),
            ({"prefill": "1"}, "prefill is/are not required"),
            ({"amount": "999"}, "different from your order amount"),
            ({"order_id": "order_none"}, "does not exist"),
            ({"key_id": "rzp_test_none"}, "key provided is invalid"),
        ],
    )
    def test_a_wrong_one_is_refused(self, stand: Stand, change: dict[str, str], words: str) -> None:
        status, told = self.open(stand, {**CHECKOUT, **change})

        assert status in {400, 401}
        assert words in told

    def test_the_script_leads_there(self, stand: Stand) -> None:
        answer = stand.simulator.answer(Request("GET", "/checkout.js"))

        assert (answer.status, b"v1/checkout/embedded" in answer.body) == (200, True)
        assert answer.kind.startswith("text/javascript")


class TestLate:
    def test_what_failed_is_authorised_and_captured_an_hour_later(self) -> None:
        stand = Stand()
        page = f"/link/{stand.names['open']}"
        stand.simulator.answer(Request("POST", page, body=b"choice=pay&upi=late@razorpay"))
        (line,) = stand.ask("GET", "payment_links/{open}")[1]["payments"]

        def state() -> tuple[str, str]:
            stand.simulator.tick()
            payment = stand.ask("GET", f"payments/{line['payment_id']}")[1]
            return payment["status"], stand.ask("GET", "payment_links/{open}")[1]["status"]

        assert state() == ("failed", "created")
        stand.simulator.load(json.loads(json.dumps(stand.simulator.dump())))
        stand.simulator.world.clock.advance(3599)
        assert state() == ("failed", "created")
        stand.simulator.world.clock.advance(1)
        assert state() == state() == ("captured", "paid")

    def test_one_that_was_paid_otherwise_meanwhile_goes_back(self) -> None:
        stand = Stand()
        page = f"/link/{stand.names['open']}"
        for form in (b"upi=late@razorpay", b"choice=pay"):
            stand.simulator.answer(Request("POST", page, body=form))
        stand.simulator.world.clock.advance(3600)
        stand.simulator.tick()

        (late,) = stand.simulator.accounts["acc_A"].all("payment", vpa="late@razorpay")
        assert (late["status"], late["captured"]) == ("refunded", False)
