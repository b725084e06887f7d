"""Razorpay's simulator is as strict as Razorpay: one unknown parameter, one missing, one wrong state per endpoint."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from gateway_simulators.common.messages import Request
from gateway_simulators.common.world import Clock, World
from gateway_simulators.razorpay import simulator as module
from gateway_simulators.razorpay.simulator import NAMES, RazorpaySimulator
from tests.gateway_simulators.endpoints import matched

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


# Endpoint: a body that works, what may not be missing in it, and what meets a wrong state: path, body, words.
WHOLE = {"amount": 1000, "currency": "INR"}
POSTS: dict[str, tuple[str, dict[str, Any], tuple[str, ...], tuple[str, dict[str, Any], str]]] = {
    "POST orders": (
        "orders",
        WHOLE,
        ("amount", "currency"),
        ("orders", {**WHOLE, "amount": 99}, "at least INR 1.00"),
    ),
    "POST payment_links": (
        "payment_links",
        LINK,
        ("amount",),
        ("payment_links", LINK, "already exists"),
    ),
    "POST payment_links/*/cancel": (
        "payment_links/{open}/cancel",
        {},
        (),
        ("payment_links/{link}/cancel", {}, "cannot be cancelled as it is paid"),
    ),
    "POST payments/*/capture": (
        "payments/{payment}/capture",
        WHOLE,
        ("amount", "currency"),
        ("payments/{payment}/capture", WHOLE, "already been captured"),
    ),
    "POST payments/*/refund": (
        "payments/{payment}/refund",
        {"amount": 100},
        (),
        ("payments/{payment}/refund", {"amount": 1001}, "greater than amount captured"),
    ),
}
# Endpoint: an address that works, and a wrong state of it.
READS = {
    **{f"GET {word}": (word, f"{word}?count=101") for word in NAMES},
    **{f"GET {word}/*": (f"{word}/none", f"{word}/none") for word in NAMES},
    "GET payments/*": ("payments/{payment}", "payments/none"),
    "GET payment_links": ("payment_links?reference_id=a-1", "payment_links/none"),
    "GET payment_links/*": ("payment_links/{link}", "payment_links/none"),
    "GET orders/*/payments": ("orders/{order}/payments", "orders/{order}/payments?count=x"),
    "GET payments/*/refunds": ("payments/{payment}/refunds", "payments/{payment}/refunds?skip=x"),
}


class Stand:
    """An account with a paid and an open link."""

    def __init__(self) -> None:
        self.simulator = RazorpaySimulator(World(clock=Clock(fixed=1_795_000_000)))
        self.simulator.open_account("acc_A", "rzp_test_a", "secret-of-a")
        self.names: dict[str, str] = {}
        payment = paid(self.simulator)
        link = self.ask("GET", "payment_links?reference_id=a-1")[1]["payment_links"][0]
        opened = self.ask("POST", "payment_links", WHOLE)[1]
        self.names = {"payment": payment, "link": link["id"], "open": opened["id"]}
        self.names["order"] = link["order_id"]

    def ask(
        self, method: str, path: str, body: dict[str, Any] | None = None
    ) -> tuple[int, dict[str, Any]]:
        return ask(self.simulator, method, path.format(**self.names), body)

    def refused(self, method: str, path: str, body: dict[str, Any] | None = None) -> str:
        status, found = self.ask(method, path, body)
        assert status == 400, found
        return str(found["error"]["description"])


@pytest.fixture(scope="module")
def stand() -> Stand:
    return Stand()


class TestParameters:
    @pytest.mark.parametrize("name", POSTS)
    def test_an_unknown_one_is_refused(self, stand: Stand, name: str) -> None:
        path, body, _, _ = POSTS[name]

        assert "colour is/are not required" in stand.refused("POST", path, {**body, "colour": 1})

    @pytest.mark.parametrize(
        ("name", "without"), [(name, one) for name in POSTS for one in POSTS[name][2]]
    )
    def test_a_missing_one_is_refused(self, stand: Stand, name: str, without: str) -> None:
        path, body, _, _ = POSTS[name]
        part = {key: value for key, value in body.items() if key != without}

        assert f"The {without} field is required." in stand.refused("POST", path, part)

    @pytest.mark.parametrize("name", POSTS)
    def test_a_wrong_state_is_refused(self, stand: Stand, name: str) -> None:
        path, body, words = POSTS[name][3]

        assert words in stand.refused("POST", path, body)

    @pytest.mark.parametrize("name", READS)
    def test_reading_is_as_strict(self, stand: Stand, name: str) -> None:
        path, wrong = READS[name]
        joint = "&" if "?" in path else "?"

        assert "colour is/are not required" in stand.refused("GET", f"{path}{joint}colour=1")
        assert stand.refused("GET", wrong)

    def test_every_endpoint_is_in_a_table(self) -> None:
        named = {f"GET {word}{one}" for word in NAMES for one in ("", "/*")}

        made = {f"POST {'/'.join(path)}" for path in module.MADE}
        # Recurring payments have their refusals in the gateway's own tests, not all three of each.
        recurring = {"GET customers/*/tokens", *(name for name in made if name not in POSTS)}
        assert matched(module.__file__) | named | made == {*POSTS, *READS} | recurring


class TestStrictness:
    @pytest.mark.parametrize(
        ("path", "body", "words"),
        [
            ("orders", {"amount": 10.5, "currency": "INR"}, "must be an integer"),
            ("orders", {"amount": 100, "currency": "INR", "receipt": "r" * 41}, "40 characters"),
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
        other = {"amount": 999, "currency": "INR"}

        assert ask(simulator, "POST", f"payments/{payment}/capture", other)[0] == 400
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
