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
    return answer.status, json.loads(answer.body or b"{}")


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
# Of the feature that Razorpay switches on: customers, agreements, tokens and their charges.
CHARGE = {
    "email": "a@a.test",
    "contact": "+919000090000",
    "amount": 1000,
    "currency": "INR",
    "order_id": "{due}",
    "customer_id": "{customer}",
    "token": "{token}",
    "recurring": "1",
}
AGREE = {
    "customer": {"name": "Acme", "email": "a@a.test"},
    "type": "link",
    "amount": 100,
    "currency": "INR",
    "description": "Agree",
    "receipt": "agreed-1",
}
POSTS |= {
    "POST customers": (
        "customers",
        {"name": "Acme", "email": "new@a.test"},
        ("name",),
        ("customers", {"name": "Acme", "email": "a@a.test"}, "already exists"),
    ),
    "POST subscription_registration/auth_links": (
        "subscription_registration/auth_links",
        AGREE,
        ("customer", "type", "amount", "currency", "description"),
        ("subscription_registration/auth_links", AGREE, "already been taken"),
    ),
    "POST invoices/*/cancel": (
        "invoices/{asked}/cancel",
        {},
        (),
        ("invoices/{agreed}/cancel", {}, "not allowed for Invoice in paid status"),
    ),
    "POST payments/create/recurring": (
        "payments/create/recurring",
        CHARGE,
        tuple(CHARGE),
        ("payments/create/recurring", {**CHARGE, "order_id": "{order}"}, "already done"),
    ),
    "PUT customers/*/tokens/*/cancel": (
        "customers/{customer}/tokens/{token}/cancel",
        {},
        (),
        ("customers/{customer}/tokens/{ended}/cancel", {}, "already cancelled"),
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
    "GET invoices/*": ("invoices/{agreed}", "invoices/none"),
    "GET customers/*": ("customers/{customer}", "customers/none"),
    "GET customers/*/tokens": ("customers/{customer}/tokens", "customers/none/tokens"),
    "GET customers/*/tokens/*": (
        "customers/{customer}/tokens/{token}",
        "customers/{customer}/tokens/none",
    ),
    "GET settlements/recon/combined": (
        "settlements/recon/combined?year=2026&month=11",
        "settlements/recon/combined?year=2026",
    ),
    "DELETE customers/*/tokens/*": (
        "customers/{customer}/tokens/{token}",
        "customers/{customer}/tokens/none",
    ),
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
        self._agree()

    def _agree(self) -> None:
        """Let a customer agree twice, and end one of the tokens."""
        self.simulator.accounts["acc_A"].is_recurring = True
        path = "subscription_registration/auth_links"
        for name, receipt in (("agreed", "agreed-1"), ("asked", "asked-1"), ("twice", "twice-1")):
            made = self.ask("POST", path, {**AGREE, "receipt": receipt})[1]
            self.names |= {name: made["id"], "customer": made["customer_id"]}
            if name != "asked":
                page = Request("POST", f"/link/{made['id']}", body=b"choice=agree")
                assert self.simulator.answer(page).status == 303
        tokens = self.ask("GET", "customers/{customer}/tokens")[1]["items"]
        self.names |= {"ended": tokens[0]["id"], "token": tokens[1]["id"]}
        self.ask("PUT", "customers/{customer}/tokens/{ended}/cancel", {})
        self.names["due"] = self.ask("POST", "orders", WHOLE)[1]["id"]

    def ask(
        self, method: str, path: str, body: dict[str, Any] | None = None
    ) -> tuple[int, dict[str, Any]]:
        named = {
            name: value.format(**self.names) if isinstance(value, str) else value
            for name, value in (body or {}).items()
        }
        told = None if body is None else named
        return ask(self.simulator, method, path.format(**self.names), told)

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
        verb = name.split(maxsplit=1)[0]

        assert "colour is/are not required" in stand.refused(verb, path, {**body, "colour": 1})

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

        assert words in stand.refused(name.split(maxsplit=1)[0], path, body)

    @pytest.mark.parametrize("name", READS)
    def test_reading_is_as_strict(self, stand: Stand, name: str) -> None:
        path, wrong = READS[name]
        joint, verb = "&" if "?" in path else "?", name.split(maxsplit=1)[0]

        assert "colour is/are not required" in stand.refused(verb, f"{path}{joint}colour=1")
        assert stand.refused(verb, wrong)

    def test_without_the_feature_nobody_agrees_and_nothing_is_charged(self, stand: Stand) -> None:
        stand.simulator.accounts["acc_A"].is_recurring = False
        try:
            for path, body in (
                ("payments/create/recurring", CHARGE),
                ("subscription_registration/auth_links", {**AGREE, "receipt": "new"}),
            ):
                assert "not enabled" in stand.refused("POST", path, body)
        finally:
            stand.simulator.accounts["acc_A"].is_recurring = True

    def test_every_endpoint_is_in_a_table(self) -> None:
        named = {f"GET {word}{one}" for word in NAMES for one in ("", "/*")}

        made = {f"POST {'/'.join(path)}" for path in module.MADE}
        assert matched(module.__file__) | named | made == {*POSTS, *READS}


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
