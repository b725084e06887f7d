"""PayPal's simulator refuses as PayPal does: one unknown parameter, one missing, one wrong state per endpoint."""

from __future__ import annotations

import base64
import json
from typing import Any, Final

import pytest

from gateway_simulators.common.messages import Request
from gateway_simulators.common.world import Clock, World
from gateway_simulators.paypal import api
from gateway_simulators.paypal.signing import signer
from gateway_simulators.paypal.simulator import PayPalSimulator
from gateway_simulators.paypal.verifying import FIELDS, VERIFY, raw_value
from tests.gateway_simulators.endpoints import matched

Body = dict[str, Any]
AMOUNT: Final = {"currency_code": "USD", "value": "10.00"}
BACK: Final = {"return_url": "http://a.test/back", "cancel_url": "http://a.test/no"}
ORDER: Final[Body] = {
    "intent": "CAPTURE",
    "purchase_units": [{"amount": AMOUNT, "custom_id": "pay_1", "invoice_id": "pay_1"}],
    "payment_source": {"paypal": {"experience_context": BACK}},
}
SETUP: Final = {
    "payment_source": {"paypal": {"usage_type": "MERCHANT", "experience_context": BACK}}
}
KEEP: Final = {"payment_source": {"token": {"id": "{setup}", "type": "SETUP_TOKEN"}}}
HOOK: Final = {"url": "http://a.test/hooks", "event_types": [{"name": "PAYMENT.CAPTURE.DENIED"}]}
AGREE: Final = {
    "payer": {"payment_method": "PAYPAL"},
    "plan": {"type": "MERCHANT_INITIATED_BILLING", "merchant_preferences": BACK},
}
AGREEMENTS: Final = "/v1/billing-agreements/agreements"
SPAN: Final = "start_date=2026-11-01T00:00:00Z&end_date=2026-11-20T00:00:00Z"
NOT_FOUND: Final = "INVALID_RESOURCE_ID"
SENT_BACK: Final[Body] = {
    **dict.fromkeys(FIELDS, "none"),
    "webhook_event": {"id": "WH-1"},
}


class Stand:
    """An app with one object of each kind, by the names that the table uses."""

    def __init__(self) -> None:
        self.simulator = PayPalSimulator(World(clock=Clock(fixed=1_795_000_000)))
        self.simulator.open_account("a", "client", "secret")
        self.log_in()
        self.names: dict[str, str] = {}
        self.names["order"] = self.ask("POST", "/v2/checkout/orders", ORDER)[1]["id"]
        self.names["paid"] = self.ask("POST", "/v2/checkout/orders", unit("pay_2"))[1]["id"]
        self.agree("paid", "/checkoutnow?token=")
        done = self.ask("POST", "/v2/checkout/orders/{paid}/capture", {})[1]
        self.names["capture"] = done["purchase_units"][0]["payments"]["captures"][0]["id"]
        self.names["setup"] = self.ask("POST", "/v3/vault/setup-tokens", SETUP)[1]["id"]
        self.names["agreed"] = self.ask("POST", "/v3/vault/setup-tokens", SETUP)[1]["id"]
        self.agree("agreed", "/agreements/approve?approval_session_id=")
        self.simulator.accounts["a"].is_reference = True
        for name in ("ba", "signed"):
            made = self.ask("POST", "/v1/billing-agreements/agreement-tokens", AGREE)[1]
            self.names[name] = made["token_id"]
        self.agree("signed", "/agreements/approve?ba_token=")
        self.names["ended"] = self.ask("POST", AGREEMENTS, {"token_id": "{signed}"})[1]["id"]
        self.ask("POST", f"{AGREEMENTS}/{{ended}}/cancel", {})

    def log_in(self) -> None:
        basic = base64.b64encode(b"client:secret").decode()
        headers = {"authorization": f"Basic {basic}"}
        token = Request(
            "POST", "/v1/oauth2/token", headers=headers, body=b"grant_type=client_credentials"
        )
        self.bearer = json.loads(self.simulator.answer(token).body)["access_token"]

    def agree(self, name: str, page: str, email: str = "") -> None:
        path, _, query = f"{page}{self.names[name]}".partition("?")
        form = f"choice=agree&email={email}".encode()
        self.simulator.answer(Request("POST", path, query, body=form))

    def ask(
        self, method: str, path: str, body: Body | None = None, key: str = ""
    ) -> tuple[int, Body]:
        sent = "" if body is None else self.filled(json.dumps(body))
        return self.send(method, self.filled(path), sent, key)

    def send(self, method: str, path: str, body: str, key: str = "") -> tuple[int, Body]:
        path, _, query = path.partition("?")
        headers = {"authorization": f"Bearer {self.bearer}", "content-type": "application/json"}
        headers |= {"paypal-request-id": key} if key else {}
        answer = self.simulator.answer(Request(method, path, query, headers, body.encode()))
        return answer.status, json.loads(answer.body or b"{}")

    def filled(self, text: str) -> str:
        for name, value in self.names.items():
            text = text.replace(f"{{{name}}}", value)
        return text


def unit(number: str, **changes: Any) -> Body:
    (one,) = ORDER["purchase_units"]
    return {**ORDER, "purchase_units": [{**one, "invoice_id": number, **changes}]}


@pytest.fixture(scope="module")
def stand() -> Stand:
    return Stand()


# Endpoint: a body that works, what may not be missing in it, and what meets a wrong state: path, body, issue.
Wrong = tuple[str, Body | None, str]
POSTS: Final[dict[str, tuple[str, Body, tuple[str, ...], Wrong]]] = {
    "POST v2/checkout/orders": (
        "/v2/checkout/orders",
        unit("pay_3"),
        ("intent", "purchase_units", "payment_source"),
        ("/v2/checkout/orders", unit("pay_2"), "DUPLICATE_INVOICE_ID"),
    ),
    "POST v2/checkout/orders/*/capture": (
        "/v2/checkout/orders/{order}/capture",
        {},
        (),
        ("/v2/checkout/orders/{order}/capture", {}, "ORDER_NOT_APPROVED"),
    ),
    "POST v2/payments/captures/*/refund": (
        "/v2/payments/captures/{capture}/refund",
        {"amount": AMOUNT},
        (),
        (
            "/v2/payments/captures/{capture}/refund",
            {"amount": {**AMOUNT, "value": "10.01"}},
            "REFUND_AMOUNT_EXCEEDED",
        ),
    ),
    "POST v3/vault/setup-tokens": (
        "/v3/vault/setup-tokens",
        SETUP,
        ("payment_source",),
        ("/v3/vault/setup-tokens", {"payment_source": {"card": {}}}, "MISSING_REQUIRED_PARAMETER"),
    ),
    "POST v3/vault/payment-tokens": (
        "/v3/vault/payment-tokens",
        KEEP,
        ("payment_source",),
        ("/v3/vault/payment-tokens", KEEP, "SETUP_TOKEN_NOT_APPROVED"),
    ),
    "POST v1/billing-agreements/agreement-tokens": (
        "/v1/billing-agreements/agreement-tokens",
        AGREE,
        ("payer", "plan"),
        (
            "/v1/billing-agreements/agreement-tokens",
            {**AGREE, "payer": {"payment_method": "CARD"}},
            "INVALID_PARAMETER_SYNTAX",
        ),
    ),
    "POST v1/billing-agreements/agreements": (
        AGREEMENTS,
        {"token_id": "{ba}"},
        ("token_id",),
        (AGREEMENTS, {"token_id": "{ba}"}, "PAYER_ACTION_REQUIRED"),
    ),
    "POST v1/billing-agreements/agreements/*/cancel": (
        f"{AGREEMENTS}/{{ended}}/cancel",
        {},
        (),
        (f"{AGREEMENTS}/{{ended}}/cancel", {}, "AGREEMENT_ALREADY_CANCELLED"),
    ),
    "POST v1/notifications/webhooks": (
        "/v1/notifications/webhooks",
        HOOK,
        ("url", "event_types"),
        ("/v1/notifications/webhooks", {**HOOK, "url": "nowhere"}, "INVALID_PARAMETER_SYNTAX"),
    ),
    "POST v1/notifications/verify-webhook-signature": (
        VERIFY,
        SENT_BACK,
        tuple(SENT_BACK),
        (VERIFY, {**SENT_BACK, "webhook_event": "none"}, "INVALID_PARAMETER_SYNTAX"),
    ),
}
# Endpoint: an address that works, the parameter that may not be missing or "", and a wrong state of it.
READS: Final[dict[str, tuple[str, str, tuple[str, str]]]] = {
    **{
        f"GET {'/'.join(path)}/*": (
            f"/{'/'.join(path)}/none",
            "",
            (f"/{'/'.join(path)}/none", NOT_FOUND),
        )
        for path in api.SHOWN
    },
    "GET v3/vault/payment-tokens": (
        "/v3/vault/payment-tokens?customer_id=C",
        "customer_id",
        ("/v3/vault/payment-tokens?customer_id=", "MISSING_REQUIRED_PARAMETER"),
    ),
    "GET v1/notifications/webhooks": (
        "/v1/notifications/webhooks?",
        "",
        ("/v1/notifications/webhooks/none", NOT_FOUND),
    ),
    "GET v1/notifications/webhooks-events": (
        "/v1/notifications/webhooks-events?page_size=1",
        "",
        ("/v1/notifications/webhooks-events?start_time=never", "INVALID_PARAMETER_SYNTAX"),
    ),
    "GET v1/reporting/transactions": (
        f"/v1/reporting/transactions?{SPAN}",
        "start_date",
        (
            "/v1/reporting/transactions?start_date=2026-01-01T00:00:00Z&end_date=2026-11-20T00:00:00Z",
            "INVALID_RANGE",
        ),
    ),
    "DELETE v3/vault/payment-tokens/*": (
        "/v3/vault/payment-tokens/none",
        "",
        ("/v3/vault/payment-tokens/none", NOT_FOUND),
    ),
    "DELETE v1/notifications/webhooks/*": (
        "/v1/notifications/webhooks/none",
        "",
        ("/v1/notifications/webhooks/none", NOT_FOUND),
    ),
}


def issue(found: tuple[int, Body]) -> tuple[int, str]:
    status, body = found
    return status, body["details"][0]["issue"]


class TestPosts:
    @pytest.mark.parametrize("name", POSTS)
    def test_an_unknown_parameter_is_refused(self, stand: Stand, name: str) -> None:
        path, body, _, _ = POSTS[name]

        assert issue(stand.ask("POST", path, {**body, "colour": 1})) == (400, "INVALID_PARAMETER")

    @pytest.mark.parametrize(
        ("name", "without"), [(name, one) for name in POSTS for one in POSTS[name][2]]
    )
    def test_a_missing_one_is_refused(self, stand: Stand, name: str, without: str) -> None:
        path, body, _, _ = POSTS[name]
        part = {key: value for key, value in body.items() if key != without}

        assert issue(stand.ask("POST", path, part)) == (400, "MISSING_REQUIRED_PARAMETER")

    @pytest.mark.parametrize("name", POSTS)
    def test_a_wrong_state_is_refused(self, stand: Stand, name: str) -> None:
        path, body, word = POSTS[name][3]
        status, found = issue(stand.ask("POST", path, body))

        assert status in {400, 422}
        assert found == word


class TestReads:
    @pytest.mark.parametrize("name", READS)
    def test_an_unknown_parameter_is_refused(self, stand: Stand, name: str) -> None:
        method, path = name.partition(" ")[0], READS[name][0]
        joint = "&" if "?" in path else "?"

        assert issue(stand.ask(method, f"{path}{joint}colour=1")) == (400, "INVALID_PARAMETER")

    @pytest.mark.parametrize("name", [name for name in READS if READS[name][1]])
    def test_a_missing_one_is_refused(self, stand: Stand, name: str) -> None:
        path, without, _ = READS[name]
        part = path.replace(f"{without}=", "colour=", 1).replace("colour=C", "").partition("?")
        kept = "&".join(one for one in part[2].split("&") if one and "colour" not in one)

        found = issue(stand.ask("GET", f"{part[0]}?{kept}"))
        assert found == (400, "MISSING_REQUIRED_PARAMETER")

    @pytest.mark.parametrize("name", READS)
    def test_a_wrong_state_is_refused(self, stand: Stand, name: str) -> None:
        path, word = READS[name][2]

        status, found = issue(stand.ask(name.partition(" ")[0], path))
        assert status in {400, 404, 422}
        assert found == word


class TestWhole:
    def test_every_endpoint_is_in_a_table(self) -> None:
        shown = {f"GET {'/'.join(path)}/*" for path in api.SHOWN}

        assert matched(api.__file__) | shown | {f"POST {VERIFY[1:]}"} == {*POSTS, *READS}

    def test_what_is_not_there_is_not_found(self, stand: Stand) -> None:
        assert stand.ask("POST", "/v9/nothing", {})[0] == 404
        assert stand.ask("PUT", "/v2/checkout/orders/{order}", {})[0] == 404

    def test_a_wrong_login_media_type_or_body_is_refused(self, stand: Stand) -> None:
        headers = {"authorization": f"Bearer {stand.bearer}"}

        def status(method: str, body: bytes, **more: str) -> int:
            asked = Request(method, "/v2/checkout/orders", "", {**headers, **more}, body)
            return stand.simulator.answer(asked).status

        json_kind = {"content-type": "application/json"}
        assert status("POST", b"{}", **{**json_kind, "authorization": "Bearer none"}) == 401
        assert status("POST", b"a=1", **{"content-type": "text/plain"}) == 415
        assert status("POST", b"{", **json_kind) == 400
        assert status("GET", b"null", **json_kind) == 400
        wrong = {"authorization": f"Basic {base64.b64encode(b'client:no').decode()}"}
        log_in = Request("POST", "/v1/oauth2/token", headers=wrong)
        assert stand.simulator.answer(log_in).status == 401


class TestKeys:
    @pytest.mark.parametrize(
        ("path", "body", "hours"),
        [("/v3/vault/setup-tokens", SETUP, 3), ("/v2/checkout/orders", unit("pay_9"), 6)],
    )
    def test_one_is_kept_for_hours(self, path: str, body: Body, hours: int) -> None:
        stand = Stand()

        def made() -> str:
            return str(stand.ask("POST", path, body, key="k-1")[1]["id"])

        first = made()
        stand.simulator.world.clock.advance(hours * 3600 - 1)
        assert made() == first
        stand.simulator.world.clock.advance(1)
        stand.log_in()
        assert made() != first


class TestRevoked:
    def test_a_payer_takes_it_back_a_minute_later(self) -> None:
        stand = Stand()
        stand.agree("setup", "/agreements/approve?approval_session_id=", "revoked@payer.example")
        kept = stand.ask("POST", "/v3/vault/payment-tokens", KEEP)[1]
        token = f"/v3/vault/payment-tokens/{kept['id']}"
        stand.simulator.tick()
        status, shown = stand.ask("GET", token)
        again = PayPalSimulator(World(clock=Clock(fixed=1_795_000_060)))
        again.load(json.loads(json.dumps(stand.simulator.dump())))

        for simulator in (again, stand.simulator):
            simulator.world.clock.advance(60)
            simulator.tick()

        assert (status, shown["id"]) == (200, kept["id"])
        assert issue(stand.ask("GET", token)) == (404, NOT_FOUND)
        assert kept["id"] not in again.accounts["a"].objects
        told = [one["event_type"] for one in stand.simulator.accounts["a"].all("event")]
        assert told[-1] == "VAULT.PAYMENT-TOKEN.DELETED"


class TestSentBack:
    def test_only_what_paypal_signed_for_this_webhook_is_good(self) -> None:
        stand = Stand()
        hook = stand.ask("POST", "/v1/notifications/webhooks", HOOK)[1]["id"]
        other = stand.ask("POST", "/v1/notifications/webhooks", {**HOOK, "url": "http://b.test"})
        event = '{"id" : "WH-1",  "note": "\\u00e9, \\"webhook_event\\": {}"}'
        simulator = stand.simulator
        signed = simulator.world.sender.signers["paypal"](event, hook, 1_795_000_000, "WH-1")
        told = {name.removeprefix("PAYPAL-"): value for name, value in signed.items()}
        good = {name: told[name.replace("_", "-").upper()] for name in FIELDS[:5]}

        def status(about: str = event, **changes: str) -> str:
            named = json.dumps({**good, "webhook_id": hook, **changes})
            body = f'{named[:-1]}, "webhook_event" : {about} }}'
            return str(stand.send("POST", VERIFY, body)[1]["verification_status"])

        assert status() == "SUCCESS"
        for wrong in (
            {"about": event.replace("  ", " ")},
            {"webhook_id": other[1]["id"]},
            {"webhook_id": "none"},
            {"transmission_time": "2026-11-20T12:00:00Z"},
            {"transmission_sig": "no base64"},
            {"cert_url": "http://a.test/cert"},
            {"auth_algo": "MD5"},
        ):
            assert status(**wrong) == "FAILURE", wrong

    def test_a_member_is_taken_as_it_was_written(self) -> None:
        assert raw_value(' { "a" : {"b": 1} , "b":[1,  2]}', "b") == "[1,  2]"
        assert raw_value('{"a":1,"a":2}', "a") == "2"


class TestRestart:
    def test_accounts_and_certificate_are_those_of_before(self) -> None:
        first = Stand()
        kept = json.loads(json.dumps(first.simulator.dump()))
        kept["signer"] = signer.__wrapped__().dump()

        again, third = (PayPalSimulator(World()) for _ in range(2))
        again.load(kept)
        third.load(json.loads(json.dumps(again.dump())))

        assert again.signer.root == third.signer.root == kept["signer"]["root"]
        assert again.signer.root != first.simulator.signer.root
        served = third.answer(Request("GET", "/v1/notifications/certs/ROOT"))
        assert served.body.decode() == kept["signer"]["root"]
        assert third.dump() == kept
