"""Razorpay's simulator is as strict as Razorpay: one unknown parameter, one missing, one wrong state per endpoint."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from gateway_simulators.common.messages import Request
from gateway_simulators.common.world import Clock, World
from gateway_simulators.razorpay.simulator import RazorpaySimulator

KEY = "rzp_test_a:secret-of-a"
LINK = {"amount": 1000, "currency": "INR", "reference_id": "a-1"}


@pytest.fixture
def simulator() -> RazorpaySimulator:
    made = RazorpaySimulator(World(clock=Clock(fixed=1_795_000_000)))
    made.open_account("acc_A", "rzp_test_a", "secret-of-a")
    return made


def ask(
    simulator: RazorpaySimulator,
    method: str,
    path: str,
    body: dict[str, Any] | None = None,
    key: str = KEY,
) -> tuple[int, dict[str, Any]]:
    path, _, query = path.partition("?")
    headers = {
        "authorization": f"Basic {base64.b64encode(key.encode()).decode()}",
        "content-type": "application/json",
    }
    sent = b"" if body is None else json.dumps(body).encode()
    answer = simulator.answer(Request(method, f"/v1/{path}", query, headers, sent))
    return answer.status, json.loads(answer.body)


def paid(simulator: RazorpaySimulator) -> str:
    link = ask(simulator, "POST", "payment_links", LINK)[1]
    simulator.answer(Request("POST", f"/link/{link['id']}", body=b"choice=pay"))
    return str(ask(simulator, "GET", f"payment_links/{link['id']}")[1]["payments"][0]["payment_id"])


class TestStrictness:
    @pytest.mark.parametrize(
        ("path", "body", "words"),
        [
            (
                "orders",
                {"amount": 1000, "currency": "INR", "colour": 1},
                "colour is/are not required",
            ),
            ("orders", {"currency": "INR"}, "The amount field is required"),
            ("orders", {"amount": 99, "currency": "INR"}, "at least INR 1.00"),
            ("orders", {"amount": 10.5, "currency": "INR"}, "must be an integer"),
            ("orders", {"amount": 100, "currency": "INR", "receipt": "r" * 41}, "40 characters"),
            ("payment_links", {**LINK, "colour": 1}, "colour is/are not required"),
            ("payment_links", {}, "The amount field is required"),
            ("payment_links", {**LINK, "callback_url": "http://a"}, "callback_method must be get"),
            ("payment_links", {**LINK, "notes": {str(n): "" for n in range(16)}}, "notes"),
        ],
    )
    def test_a_wrong_body_is_refused(
        self, simulator: RazorpaySimulator, path: str, body: dict[str, Any], words: str
    ) -> None:
        status, found = ask(simulator, "POST", path, body)

        assert status == 400
        assert words in found["error"]["description"]

    def test_a_reference_is_used_once(self, simulator: RazorpaySimulator) -> None:
        assert ask(simulator, "POST", "payment_links", LINK)[0] == 200
        assert ask(simulator, "POST", "payment_links", LINK)[0] == 400

    def test_wrong_states_are_refused(self, simulator: RazorpaySimulator) -> None:
        payment = paid(simulator)
        whole = {"amount": 1000, "currency": "INR"}

        assert ask(simulator, "POST", f"payments/{payment}/capture", whole)[0] == 400
        assert ask(simulator, "POST", f"payments/{payment}/capture", {"amount": 1000})[0] == 400
        assert ask(simulator, "POST", f"payments/{payment}/refund", {"amount": 1001})[0] == 400
        assert (
            ask(simulator, "POST", f"payments/{payment}/refund", {"speed": "normal", "a": 1})[0]
            == 400
        )
        link = ask(simulator, "GET", "payment_links?reference_id=a-1")[1]["payment_links"][0]["id"]
        assert ask(simulator, "POST", f"payment_links/{link}/cancel", {})[0] == 400
        assert ask(simulator, "GET", "payments?count=101")[0] == 400
        assert ask(simulator, "GET", "nothing/here")[0] == 404

    def test_a_wrong_or_revoked_key_is_refused(self, simulator: RazorpaySimulator) -> None:
        assert ask(simulator, "GET", "orders", key="rzp_test_a:wrong")[0] == 401
        simulator.act("revoke_key", {"key": "rzp_test_a"})
        assert ask(simulator, "GET", "orders")[0] == 401

    def test_a_live_key_is_never_given(self, simulator: RazorpaySimulator) -> None:
        with pytest.raises(ValueError, match="test keys"):
            simulator.open_account("acc_A", "rzp_live_a", "secret")

    def test_survives_a_restart(self, simulator: RazorpaySimulator) -> None:
        payment = paid(simulator)
        again = RazorpaySimulator(World(clock=Clock(fixed=1_795_000_000)))

        again.load(json.loads(json.dumps(simulator.dump())))

        assert ask(again, "GET", f"payments/{payment}")[1]["status"] == "captured"
