"""PayPal's webhooks: signed bodies are read, whatever else arrives is refused and never breaks anything."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway_simulators.common.server import SimulatorServer
from gateway_simulators.paypal.signing import sign, signer
from payments.gateways.errors import WebhookRefused
from payments.gateways.kinds import Endpoint
from payments.gateways.paypal.certificates import Certificates
from payments.gateways.paypal.gateway import PayPalGateway
from payments.gateways.values import Topic
from tests.payments.gateways.paypal.conftest import connected

NOW = datetime.now(UTC)
EVENT: dict[str, Any] = {
    "id": "WH-1",
    "event_type": "PAYMENT.CAPTURE.COMPLETED",
    "create_time": "2026-11-20T12:00:00Z",
    "resource": {"id": "CAP1", "amount": {"value": "1.00"}},
}


def headers_of(
    server: SimulatorServer, body: bytes, hook: str = "HOOK", **changes: str
) -> dict[str, str]:
    signed = sign(body.decode(), hook, int(NOW.timestamp()), "WH-1", url=server.world.url)
    return {**{name.title(): value for name, value in signed.items()}, **changes}


def body_of(**changes: Any) -> bytes:
    return json.dumps({**EVENT, **changes}).encode()


class TestRead:
    def test_says_what_to_fetch(self, server: SimulatorServer, gateway: PayPalGateway) -> None:
        body = body_of()

        found = gateway.parse_event(body, headers_of(server, body), now=NOW)

        assert (found.event_id, found.topic, found.object_id) == ("WH-1", Topic.PAYMENT, "CAP1")

    @pytest.mark.parametrize(
        ("kind", "resource", "topic"),
        [
            ("CHECKOUT.ORDER.APPROVED", {"id": "X"}, Topic.CHECKOUT),
            ("PAYMENT.CAPTURE.REFUNDED", {"id": "X"}, Topic.REFUND),
            ("CUSTOMER.DISPUTE.CREATED", {"dispute_id": "X"}, Topic.DISPUTE),
            ("VAULT.PAYMENT-TOKEN.DELETED", {"id": "X"}, Topic.METHOD),
        ],
    )
    def test_each_kind_points_at_its_object(
        self,
        server: SimulatorServer,
        gateway: PayPalGateway,
        kind: str,
        resource: dict[str, str],
        topic: Topic,
    ) -> None:
        body = body_of(event_type=kind, resource=resource)

        found = gateway.parse_event(body, headers_of(server, body), now=NOW)

        assert (found.topic, found.object_id) == (topic, "X")

    def test_unknown_kinds_point_at_nothing(
        self, server: SimulatorServer, gateway: PayPalGateway
    ) -> None:
        body = body_of(event_type="INVOICING.INVOICE.PAID", resource={})

        found = gateway.parse_event(body, headers_of(server, body), now=NOW)

        assert (found.topic, found.object_id) == (Topic.OTHER, "")


class TestRefused:
    def test_what_was_signed_for_another_webhook(self, server: SimulatorServer) -> None:
        body = body_of()

        with pytest.raises(WebhookRefused):
            connected(server, "a", hook="ANOTHER").parse_event(
                body, headers_of(server, body), now=NOW
            )

    @pytest.mark.parametrize(
        "changes",
        [
            {"Paypal-Transmission-Sig": ""},
            {"Paypal-Transmission-Sig": "bm8="},
            {"Paypal-Transmission-Sig": "é"},
            {"Paypal-Transmission-Id": "another"},
            {"Paypal-Transmission-Time": "2020-01-01T00:00:00Z"},
            {"Paypal-Cert-Url": ""},
            {"Paypal-Cert-Url": "https://api.paypal.com.evil.example/v1/notifications/certs/a"},
            {"Paypal-Cert-Url": "http://127.0.0.1:1/v1/notifications/certs/a"},
        ],
    )
    def test_a_wrong_header(
        self, server: SimulatorServer, gateway: PayPalGateway, changes: dict[str, str]
    ) -> None:
        body = body_of()

        with pytest.raises(WebhookRefused):
            gateway.parse_event(body, headers_of(server, body, **changes), now=NOW)

    def test_a_changed_body(self, server: SimulatorServer, gateway: PayPalGateway) -> None:
        headers = headers_of(server, body_of())

        for body in (body_of() + b" ", b"[]", b"\xff", b"x" * 300_000):
            with pytest.raises(WebhookRefused):
                gateway.parse_event(body, headers, now=NOW)

    def test_signed_nonsense(self, server: SimulatorServer, gateway: PayPalGateway) -> None:
        for body in (b"[]", b"1", b"{}", body_of(resource=[]), body_of(create_time=1)):
            with pytest.raises(WebhookRefused):
                gateway.parse_event(body, headers_of(server, body), now=NOW)

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        body=st.binary(max_size=100), words=st.lists(st.text(max_size=20), min_size=4, max_size=4)
    )
    def test_anything_else(self, gateway: PayPalGateway, body: bytes, words: list[str]) -> None:
        names = ("Transmission-Id", "Transmission-Time", "Transmission-Sig", "Cert-Url")
        headers = {f"Paypal-{name}": word for name, word in zip(names, words, strict=True)}

        with pytest.raises(WebhookRefused):
            gateway.parse_event(body, headers, now=NOW)


class TestCertificates:
    def test_only_paypal_is_asked(self) -> None:
        known = Certificates(Endpoint(), is_live=True)

        for url in (
            "http://api.paypal.com/v1/notifications/certs/a",
            "https://api.paypal.com@evil.example/v1/notifications/certs/a",
            "https://evil.example/v1/notifications/certs/a",
            "https://api.paypal.com/v1/notifications/certs/../a",
            "https://api.paypal.com/elsewhere",
        ):
            with pytest.raises(WebhookRefused, match="stranger"):
                known.key_of(url, now=NOW)

    def test_a_root_that_nobody_trusts_is_refused(self, server: SimulatorServer) -> None:
        url = headers_of(server, body_of())["Paypal-Cert-Url"]
        endpoint = server.url_of("paypal")
        other = Endpoint(endpoint, is_simulated=True, trust_root=foreign_root())

        ours = Certificates(Endpoint(endpoint, is_simulated=True), is_live=False)
        assert ours.key_of(url, now=NOW).key_size == 2048
        with pytest.raises(WebhookRefused, match="does not verify"):
            Certificates(other, is_live=False).key_of(url, now=NOW)

    def test_what_is_refused_is_not_fetched_again_for_a_minute(
        self, server: SimulatorServer
    ) -> None:
        known = Certificates(Endpoint(server.url_of("paypal"), is_simulated=True), is_live=False)
        start = f"{server.url_of('paypal')}/v1/notifications/certs/"
        good = headers_of(server, body_of())["Paypal-Cert-Url"]

        def fetched(url: str, at: datetime) -> bool:
            before = len(server.log)
            with suppress(WebhookRefused):
                known.key_of(url, now=at)
            return len(server.log) > before

        assert fetched(good, NOW)
        assert [fetched(f"{start}none", NOW) for _ in range(2)] == [True, False]
        assert [fetched(f"{start}none{n}", NOW) for n in range(10)] == [True] * 9 + [False]
        assert known.key_of(good, now=NOW).key_size == 2048
        assert fetched(f"{start}none", NOW + timedelta(minutes=1))

    def test_an_expired_one_is_refused(self, server: SimulatorServer) -> None:
        url = headers_of(server, body_of())["Paypal-Cert-Url"]
        known = Certificates(Endpoint(server.url_of("paypal"), is_simulated=True), is_live=False)

        with pytest.raises(WebhookRefused, match="does not verify"):
            known.key_of(url, now=NOW + timedelta(days=500))


def foreign_root() -> str:
    return signer.__wrapped__().root
