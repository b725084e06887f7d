"""Razorpay's webhooks: signed bodies are read, whatever else arrives is refused and never breaks anything."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.gateways.errors import WebhookRefused
from payments.gateways.kinds import WebhookSecrets
from payments.gateways.razorpay.webhooks import BODY_BYTES_MAX, read_event
from payments.gateways.values import GatewayEvent, Topic

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECRETS = WebhookSecrets("new-secret", "old-secret", NOW + timedelta(hours=48))
EVENT = {
    "entity": "event",
    "account_id": "acc_A",
    "event": "payment.captured",
    "contains": ["payment"],
    "payload": {"payment": {"entity": {"id": "pay_1", "amount": 1}}},
    "created_at": 1_795_000_000,
}


def body_of(**changes: object) -> bytes:
    return json.dumps({**EVENT, **changes}).encode()


def sign(body: bytes, with_: str = "new-secret") -> str:
    return hmac.new(with_.encode(), body, hashlib.sha256).hexdigest()


def read(body: bytes, signature: str, secrets: WebhookSecrets = SECRETS) -> GatewayEvent:
    return read_event(body, signature, secrets=secrets, account_id="acc_A", is_live=False, now=NOW)


class TestRead:
    def test_says_what_to_fetch(self) -> None:
        body = body_of()

        found = read(body, sign(body))

        assert (found.topic, found.object_id, found.account_id) == (
            Topic.PAYMENT,
            "pay_1",
            "acc_A",
        )

    def test_the_previous_secret_counts_until_its_end(self) -> None:
        body = body_of()
        over = WebhookSecrets("new-secret", "old-secret", NOW)

        assert read(body, sign(body, "old-secret")).object_id == "pay_1"
        with pytest.raises(WebhookRefused):
            read(body, sign(body, "old-secret"), over)

    def test_the_same_body_is_the_same_event_whatever_its_header_says(self) -> None:
        body = body_of()

        assert read(body, sign(body)).event_id == read(body, sign(body)).event_id

    def test_a_dispute_is_not_taken_for_its_payment(self) -> None:
        entities = {"payment": {"entity": {"id": "pay_1"}}, "dispute": {"entity": {"id": "disp_1"}}}
        body = body_of(event="payment.dispute.created", payload=entities)

        assert (read(body, sign(body)).topic, read(body, sign(body)).object_id) == (
            Topic.DISPUTE,
            "disp_1",
        )

    def test_unknown_kinds_point_at_nothing(self) -> None:
        body = body_of(event="settlement.processed", payload={})

        assert read(body, sign(body)).topic is Topic.OTHER


class TestRefused:
    @pytest.mark.parametrize(
        ("body", "signature"),
        [
            (body_of(), ""),
            (body_of(), sign(body_of()).upper()),
            (body_of(), sign(body_of(), "another")),
            (body_of(), sign(body_of(), "")),
            (body_of() + b" ", sign(body_of())),
            (body_of(), "é" * 64),
            (b"\xff", sign(b"\xff")),
            (b"[]", sign(b"[]")),
            (b"x" * (BODY_BYTES_MAX + 1), sign(b"")),
        ],
    )
    def test_what_is_forged_or_no_event(self, body: bytes, signature: str) -> None:
        with pytest.raises(WebhookRefused):
            read(body, signature)

    def test_what_another_account_signed_with_the_same_secret(self) -> None:
        body = body_of(account_id="acc_B")

        with pytest.raises(WebhookRefused):
            read(body, sign(body))

    @pytest.mark.parametrize("at", [10**17, -(10**17), 10**30, "today", None])
    def test_what_happened_at_no_moment(self, at: object) -> None:
        body = body_of(created_at=at)

        with pytest.raises(WebhookRefused):
            read(body, sign(body))

    def test_an_empty_secret_opens_nothing(self) -> None:
        body = body_of()

        with pytest.raises(WebhookRefused):
            read(body, sign(body, ""), WebhookSecrets(""))

    @given(body=st.binary(max_size=200), signature=st.text(max_size=80))
    def test_anything_else_raises_nothing_else(self, body: bytes, signature: str) -> None:
        with pytest.raises(WebhookRefused):
            read(body, signature)

    @given(body=st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
    def test_signed_nonsense_raises_nothing_else(self, body: object) -> None:
        text = json.dumps(body).encode()

        with pytest.raises(WebhookRefused):
            read(text, sign(text))
