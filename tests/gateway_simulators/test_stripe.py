"""Stripe's simulator refuses as Stripe does, and imports no app."""

import ast
from typing import Any

import pytest

from gateway_simulators.common.messages import Request
from gateway_simulators.common.world import Clock, World
from gateway_simulators.stripe.account import Account
from gateway_simulators.stripe.api import ROUTES, answer
from gateway_simulators.stripe.dues import run_due
from gateway_simulators.stripe.problems import Problem
from gateway_simulators.stripe.simulator import StripeSimulator
from tests.architecture.source import PARTS, python_files, syntax_tree

Form = dict[str, str]
PAY = {"amount": "1000", "currency": "usd"}
LINE = "line_items[0][price_data]"
PAGE = {
    "mode": "payment",
    "success_url": "http://acme.test/back",
    "line_items[0][quantity]": "1",
    f"{LINE}[currency]": "usd",
    f"{LINE}[unit_amount]": "1000",
    f"{LINE}[product_data][name]": "Top-up",
}


class Cast:
    """An account with one object of each kind, by the names that the tables below use."""

    def __init__(self) -> None:
        self.account = Account("acct_A", World(clock=Clock(fixed=1_795_000_000)))
        self.names: dict[str, str] = {}
        self.make("cus", "/v1/customers", {"name": "Acme"})
        self.make("pm", "/v1/payment_methods/pm_card_visa/attach", {"customer": "{cus}"})
        away = {"customer": "{cus}", "payment_method": "{pm}", "off_session": "true"}
        self.make("paid", "/v1/payment_intents", {**PAY, **away, "confirm": "true"})
        self.make("open", "/v1/payment_intents", PAY)
        held = {**away, "confirm": "true", "capture_method": "manual"}
        self.make("held", "/v1/payment_intents", {**PAY, **held})
        self.make("seti", "/v1/setup_intents", {"customer": "{cus}"})
        self.make("gone_seti", "/v1/setup_intents", {"customer": "{cus}"})
        self.post("/v1/setup_intents/{gone_seti}/cancel", {})
        self.make("page", "/v1/checkout/sessions", PAGE)
        self.make("gone_page", "/v1/checkout/sessions", PAGE)
        self.post("/v1/checkout/sessions/{gone_page}/expire", {})
        self.make("gone_pm", "/v1/payment_methods/pm_card_visa/attach", {"customer": "{cus}"})
        self.post("/v1/payment_methods/{gone_pm}/detach", {})
        hook = {"url": "http://acme.test/hooks", "enabled_events[0]": "*"}
        self.make("we", "/v1/webhook_endpoints", hook)

    def post(self, path: str, form: Form, method: str = "POST", key: str = "") -> dict[str, Any]:
        filled = {name: value.format(**self.names) for name, value in form.items()}
        return answer(self.account, method, path.format(**self.names), filled, key=key)[1]

    def make(self, name: str, path: str, form: Form) -> None:
        self.names[name] = self.post(path, form)["id"]


@pytest.fixture(scope="module")
def cast() -> Cast:
    return Cast()


# Path, a form that works, the parameter that must be there or "", and a form that meets a wrong state or None.
POSTS: list[tuple[str, Form, str, tuple[str, Form, str] | None]] = [
    ("/v1/customers", {}, "", None),
    ("/v1/customers/{cus}", {}, "", ("/v1/customers/cus_no", {}, "resource_missing")),
    (
        "/v1/payment_methods/pm_card_visa/attach",
        {"customer": "{cus}"},
        "customer",
        ("/v1/payment_methods/{gone_pm}/attach", {"customer": "{cus}"}, "previously used"),
    ),
    (
        "/v1/payment_methods/{pm}/detach",
        {},
        "",
        ("/v1/payment_methods/{gone_pm}/detach", {}, "not attached"),
    ),
    (
        "/v1/payment_intents",
        PAY,
        "currency",
        (
            "/v1/payment_intents",
            {**PAY, "confirm": "true"},
            "payment_intent_unexpected_state",
        ),
    ),
    (
        "/v1/payment_intents/{open}/confirm",
        {},
        "",
        ("/v1/payment_intents/{paid}/confirm", {}, "payment_intent_unexpected_state"),
    ),
    (
        "/v1/payment_intents/{open}/cancel",
        {},
        "",
        ("/v1/payment_intents/{paid}/cancel", {}, "payment_intent_unexpected_state"),
    ),
    (
        "/v1/payment_intents/{held}/capture",
        {},
        "",
        ("/v1/payment_intents/{paid}/capture", {}, "payment_intent_unexpected_state"),
    ),
    ("/v1/setup_intents", {}, "", ("/v1/setup_intents", {"customer": "cus_no"}, "missing")),
    (
        "/v1/setup_intents/{seti}/confirm",
        {"payment_method": "{pm}"},
        "payment_method",
        (
            "/v1/setup_intents/{gone_seti}/confirm",
            {"payment_method": "{pm}"},
            "setup_intent_unexpected_state",
        ),
    ),
    (
        "/v1/setup_intents/{seti}/cancel",
        {},
        "",
        ("/v1/setup_intents/{gone_seti}/cancel", {}, "setup_intent_unexpected_state"),
    ),
    (
        "/v1/checkout/sessions",
        PAGE,
        "success_url",
        ("/v1/checkout/sessions", {**PAGE, "customer": "cus_no"}, "resource_missing"),
    ),
    (
        "/v1/checkout/sessions/{page}/expire",
        {},
        "",
        ("/v1/checkout/sessions/{gone_page}/expire", {}, "can be expired"),
    ),
    (
        "/v1/refunds",
        {"payment_intent": "{paid}"},
        "payment_intent",
        ("/v1/refunds", {"payment_intent": "{open}"}, "payment_intent_unexpected_state"),
    ),
    (
        "/v1/webhook_endpoints",
        {"url": "http://a.test", "enabled_events[0]": "*"},
        "url",
        ("/v1/webhook_endpoints", {"url": "nowhere", "enabled_events[0]": "*"}, "url_invalid"),
    ),
]


class TestParameters:
    @pytest.mark.parametrize(("path", "form"), [(path, form) for path, form, _, _ in POSTS])
    def test_an_unknown_one_is_refused(self, cast: Cast, path: str, form: Form) -> None:
        with pytest.raises(Problem) as caught:
            cast.post(path, {**form, "amuont": "1"})

        assert caught.value.body["error"]["code"] == "parameter_unknown"

    @pytest.mark.parametrize(
        ("path", "form", "name"), [(path, form, name) for path, form, name, _ in POSTS if name]
    )
    def test_a_missing_one_is_refused(self, cast: Cast, path: str, form: Form, name: str) -> None:
        with pytest.raises(Problem) as caught:
            cast.post(path, {key: value for key, value in form.items() if key != name})

        error = caught.value.body["error"]
        assert (error["code"], error["param"]) == ("parameter_missing", name)

    @pytest.mark.parametrize("wrong", [wrong for _, _, _, wrong in POSTS if wrong])
    def test_a_wrong_state_is_refused(self, cast: Cast, wrong: tuple[str, Form, str]) -> None:
        path, form, words = wrong

        with pytest.raises(Problem) as caught:
            cast.post(path, form)

        assert words in str(caught.value.body["error"])

    @pytest.mark.parametrize("route", [route for route in ROUTES if route.method != "POST"])
    def test_reading_takes_no_unknown_one(self, cast: Cast, route: Any) -> None:
        path = route.pattern.replace(r"(\w+)", "none")

        with pytest.raises(Problem) as caught:
            cast.post(path, {"amuont": "1"}, route.method)

        assert caught.value.body["error"]["code"] in {"parameter_unknown", "resource_missing"}

    def test_every_writing_call_is_in_the_table(self) -> None:
        written = [route.pattern for route in ROUTES if route.method == "POST"]

        assert len(written) == len(POSTS)

    @pytest.mark.parametrize(
        ("amount", "code"),
        [
            ("49", "amount_too_small"),
            ("100000000", "amount_too_large"),
            ("1.5", "parameter_invalid_integer"),
            ("0", "parameter_invalid_integer"),
        ],
    )
    def test_amounts_are_stripes_own(self, cast: Cast, amount: str, code: str) -> None:
        with pytest.raises(Problem) as caught:
            cast.post("/v1/payment_intents", {**PAY, "amount": amount})

        assert caught.value.body["error"]["code"] == code


class TestCaptures:
    def test_what_is_reserved_is_taken_once_in_whole_or_in_part(self) -> None:
        cast = Cast()
        held = cast.post("/v1/payment_intents/{held}", {}, "GET")
        path = "/v1/payment_intents/{held}/capture"
        with pytest.raises(Problem) as more:
            cast.post(path, {"amount_to_capture": "1001"})

        taken = cast.post(path, {"amount_to_capture": "600"})

        assert (held["status"], held["amount_capturable"]) == ("requires_capture", 1000)
        assert held["amount_received"] == 0
        assert more.value.body["error"]["code"] == "amount_too_large"
        assert (taken["status"], taken["amount_received"]) == ("succeeded", 600)
        with pytest.raises(Problem):
            cast.post(path, {})
        assert [line["amount"] for line in cast.account.all("balance_transaction")] == [600, 1000]

    def test_what_is_given_up_is_never_taken(self) -> None:
        cast = Cast()

        cast.post("/v1/payment_intents/{held}/cancel", {})

        with pytest.raises(Problem):
            cast.post("/v1/payment_intents/{held}/capture", {})
        with pytest.raises(Problem):
            cast.post("/v1/payment_intents", {**PAY, "capture_method": "sometimes"})


class TestIdempotency:
    def test_a_key_is_kept_for_a_day(self) -> None:
        cast = Cast()

        first = cast.post("/v1/payment_intents", PAY, key="k")

        assert cast.post("/v1/payment_intents", PAY, key="k") == first
        with pytest.raises(Problem) as caught:
            cast.post("/v1/payment_intents", {**PAY, "amount": "1001"}, key="k")
        assert caught.value.body["error"]["type"] == "idempotency_error"
        cast.account.world.clock.advance(86_400)
        run_due(cast.account)
        assert cast.account.kept == {}
        assert cast.post("/v1/payment_intents", PAY, key="k")["id"] != first["id"]

    def test_a_refusal_before_the_work_is_not_kept(self) -> None:
        cast = Cast()
        with pytest.raises(Problem):
            cast.post("/v1/payment_intents", {"amount": "1"}, key="k")

        assert cast.post("/v1/payment_intents", PAY, key="k")["object"] == "payment_intent"


class TestKeys:
    def ask(
        self, simulator: StripeSimulator, key: str, path: str = "/v1/customers"
    ) -> tuple[int, bytes]:
        found = simulator.answer(Request("GET", path, "", {"authorization": f"Bearer {key}"}))
        return found.status, found.body

    def test_a_restricted_key_may_what_it_is_given(self) -> None:
        simulator = StripeSimulator(World())
        simulator.open_account("acct_A", "rk_test_a", ["rak_customer_write"])

        assert self.ask(simulator, "rk_test_a")[0] == 200
        status, body = self.ask(simulator, "rk_test_a", "/v1/events")
        assert (status, b"rak_event_read" in body) == (403, True)

    def test_a_revoked_unknown_or_publishable_key_is_refused(self) -> None:
        simulator = StripeSimulator(World())
        simulator.open_account("acct_A", "sk_test_a")
        simulator.open_account("acct_A", "pk_test_a")
        simulator.act("revoke_key", {"key": "sk_test_a"})

        for key in ("sk_test_a", "sk_test_none", "pk_test_a", ""):
            assert self.ask(simulator, key)[0] == 401

    def test_live_keys_are_refused(self) -> None:
        with pytest.raises(ValueError, match="test keys"):
            StripeSimulator(World()).open_account("acct_A", "sk_live_a")

    def test_state_survives_a_restart(self) -> None:
        first = StripeSimulator(World())
        first.open_account("acct_A", "sk_test_a").add("cus", "customer", name="Acme")

        again = StripeSimulator(World())
        again.load(first.dump())

        assert again.dump() == first.dump()
        assert self.ask(again, "sk_test_a")[0] == 200


class TestBorder:
    def test_simulators_import_no_app(self) -> None:
        found = {
            node.module.partition(".")[0]
            for path in python_files("gateway_simulators")
            for node in ast.walk(syntax_tree(path))
            if isinstance(node, ast.ImportFrom) and node.module
        }

        assert "gateway_simulators" in found
        assert found & set(PARTS) == {"gateway_simulators"}
