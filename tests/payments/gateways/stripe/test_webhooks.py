"""Webhooks of Stripe: signed by the SDK's own function, refused in every other form."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stripe import WebhookSignature

from payments.gateways.errors import WebhookRefused
from payments.gateways.kinds import WebhookSecrets
from payments.gateways.stripe.webhooks import BODY_BYTES_MAX, read_event

NOW = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
SECRETS = WebhookSecrets("whsec_new", "whsec_old", NOW + timedelta(hours=1))
EVENT = {
    "id": "evt_1",
    "object": "event",
    "type": "payment_intent.succeeded",
    "created": 1_795_000_000,
    "livemode": False,
    "data": {"object": {"id": "pi_1"}},
}
BODY = json.dumps(EVENT)


def sign(text: str, secret: str = SECRETS.current, at: datetime = NOW) -> str:
    header: str = WebhookSignature.generate_signature_header(text, secret, int(at.timestamp()))
    return header


class TestReadEvent:
    @pytest.mark.parametrize("secret", ["whsec_new", "whsec_old"])
    def test_reads_what_either_secret_signed(self, secret: str) -> None:
        event = read_event(BODY.encode(), sign(BODY, secret), secrets=SECRETS, now=NOW)

        assert (event.event_id, event.kind, event.object_id, event.is_live) == (
            "evt_1",
            "payment_intent.succeeded",
            "pi_1",
            False,
        )

    def test_refuses_the_previous_secret_after_its_overlap(self) -> None:
        later = NOW + timedelta(hours=1)

        with pytest.raises(WebhookRefused):
            read_event(BODY.encode(), sign(BODY, "whsec_old", later), secrets=SECRETS, now=later)

    @pytest.mark.parametrize("away_s", [-301, 301])
    def test_refuses_old_and_future_times(self, away_s: int) -> None:
        header = sign(BODY, at=NOW + timedelta(seconds=away_s))

        with pytest.raises(WebhookRefused):
            read_event(BODY.encode(), header, secrets=SECRETS, now=NOW)

    @pytest.mark.parametrize("text", ["[]", "no json", "{}", "null", BODY.replace("false", "0")])
    def test_refuses_signed_bodies_that_are_no_event(self, text: str) -> None:
        with pytest.raises(WebhookRefused):
            read_event(text.encode(), sign(text), secrets=SECRETS, now=NOW)

    def test_refuses_what_was_tampered_with_or_signed_by_another(self) -> None:
        for body, header in [
            (BODY.replace("pi_1", "pi_2"), sign(BODY)),
            (BODY, sign(BODY, "whsec_foreign")),
            (BODY, ""),
            (BODY, sign(BODY).replace("v1=", "v0=")),
            (BODY, sign(BODY) + ",t=1"),
        ]:
            with pytest.raises(WebhookRefused):
                read_event(body.encode(), header, secrets=SECRETS, now=NOW)

    def test_refuses_without_any_secret(self) -> None:
        with pytest.raises(WebhookRefused):
            read_event(BODY.encode(), sign(BODY, ""), secrets=WebhookSecrets(""), now=NOW)

    def test_refuses_huge_bodies(self) -> None:
        text = BODY + " " * BODY_BYTES_MAX

        with pytest.raises(WebhookRefused):
            read_event(text.encode(), sign(text), secrets=SECRETS, now=NOW)

    @given(st.binary(max_size=60), st.text(max_size=60))
    def test_refuses_noise_without_another_error(self, body: bytes, header: str) -> None:
        with pytest.raises(WebhookRefused):
            read_event(body, header, secrets=SECRETS, now=NOW)

    def test_never_prints_its_secrets(self) -> None:
        assert "whsec" not in repr(SECRETS)
