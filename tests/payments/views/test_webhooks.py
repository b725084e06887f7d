"""The landing zone: what is a gateway's is stored once and answered at once, anything else changes nothing."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope
from gateway_simulators.stripe.events import sign
from payments.models import Credential
from payments.services.staff_notices import MODE_TOPIC, tell_connection
from payments.services.webhook_secrets import save_secret, set_up_webhook
from payments.services.webhooks import process_event
from payments.views.webhooks import REFUSALS_MOST
from tests.payments.services.test_staff_notices import announced, dashboard, mailed
from tests.payments.till import Till
from tests.payments.views.test_pay import browser

if TYPE_CHECKING:
    from gateway_simulators.common.server import SimulatorServer
    from gateway_simulators.common.webhooks import Delivery
    from tests.cast import Cast


@pytest.fixture
def delivery(till: Till) -> Delivery:
    """Return what Stripe tells of a payment that succeeded."""
    payment = till.start()
    till.press(payment)
    found = [one for one in till.deliveries() if '"payment_intent.succeeded"' in one.body]
    return found[0]


def send(
    till: Till,
    body: str,
    secret: str,
    *,
    at: int | None = None,
    token: str = "",
    head: dict[str, str] | None = None,
) -> int:
    headers: Any = head or sign(body, secret, at or int(time.time()), "evt")
    path = f"/hooks/stripe/{token or till.token}/"
    answer = Client(enforce_csrf_checks=True).post(
        path, body.encode(), content_type="application/json", headers=headers
    )
    return answer.status_code


class TestTaken:
    def test_a_delivery_is_stored_once_and_worked_off(self, till: Till, delivery: Delivery) -> None:
        for _ in range(3):
            assert send(till, delivery.body, delivery.secret) == 200

        (event,) = till.events()
        assert (event.state, bytes(event.body or b"")) == ("received", delivery.body.encode())
        assert till.balance() == 0  # nothing happens before the answer
        process_event(provider_id=till.provider_id, event_id=event.pk, now=now())
        assert till.balance() == 1050

    def test_an_unknown_kind_is_stored_and_ignored(self, till: Till, delivery: Delivery) -> None:
        body = json.dumps({**json.loads(delivery.body), "id": "evt_x", "type": "product.created"})

        assert send(till, body, delivery.secret) == 200

        (event,) = till.events()
        state = process_event(provider_id=till.provider_id, event_id=event.pk, now=now())
        assert (state, till.balance()) == ("ignored", 0)

    def test_money_of_the_other_mode_is_kept_told_once_a_day_and_not_followed(
        self, till: Till, delivery: Delivery, cast: Cast
    ) -> None:
        body = json.dumps({**json.loads(delivery.body), "livemode": True})

        assert send(till, body, delivery.secret) == 200

        assert [event.state for event in till.events()] == ["ignored"]
        assert send(till, body + " ", delivery.secret) == 200
        told = mailed(till.provider_id, MODE_TOPIC, tell_connection)
        assert (announced(till.provider_id, MODE_TOPIC), set(told)) == (1, {"paula", "bill"})
        assert "Card: live money came to your test connection" in told["bill"]
        assert "Card told of money of the other mode" in dashboard(browser(cast, "paula"))

    def test_an_object_of_another_app_is_ignored(self, till: Till, delivery: Delivery) -> None:
        event = json.loads(delivery.body)
        event["data"]["object"]["id"] = "pi_foreign"

        assert send(till, json.dumps(event), delivery.secret) == 200

        (stored,) = till.events()
        state = process_event(provider_id=till.provider_id, event_id=stored.pk, now=now())
        assert (state, till.balance()) == ("ignored", 0)

    def test_a_rotated_secret_counts_for_its_overlap(self, till: Till, delivery: Delivery) -> None:
        save_secret(
            provider_id=till.provider_id,
            public_id=till.public_id,
            secret="whsec_another",
            now=now(),
        )

        assert send(till, delivery.body, delivery.secret) == 200
        assert send(till, delivery.body, "whsec_another") == 200

        with provider_scope(till.provider_id):
            Credential.objects.update(previous_until=now() - timedelta(seconds=1))
        assert send(till, delivery.body, delivery.secret) == 400

    def test_a_new_address_takes_the_one_before_back(self, till: Till, delivery: Delivery) -> None:
        set_up_webhook(
            provider_id=till.provider_id, public_id=till.public_id, url=till.hook_url(), now=now()
        )

        account = till.server.gateways["stripe"].accounts["acct_nimbus"]  # type: ignore[attr-defined]  # Stripe's
        assert len(account.all("webhook_endpoint")) == 1
        assert send(till, delivery.body, delivery.secret) == 200


class TestRefused:
    def test_what_is_no_delivery_of_ours_changes_nothing(
        self, till: Till, delivery: Delivery
    ) -> None:
        body, secret = delivery.body, delivery.secret
        tampered = body.replace("1050", "9050")
        signature = sign(body, secret, int(time.time()), "evt")

        assert send(till, body, "whsec_wrong") == 400
        assert send(till, tampered, secret, head=signature) == 400
        assert send(till, body, secret, at=int(time.time()) - 301) == 400
        assert send(till, body, secret, at=int(time.time()) + 330) == 400
        assert send(till, body, secret, head={"X-None": "1"}) == 400
        assert send(till, body + " " * 262_144, secret) == 400
        assert send(till, body, secret, token="a" * 43) == 404
        assert Client().get(f"/hooks/stripe/{till.token}/").status_code == 405
        assert Client().post(f"/hooks/paypal/{till.token}/").status_code == 404

        assert till.events() == []
        assert till.balance() == 0

    def test_a_refusal_is_logged_by_its_reason_until_there_are_too_many(
        self, till: Till, delivery: Delivery, caplog: pytest.LogCaptureFixture
    ) -> None:
        body, secret, number = delivery.body, delivery.secret, till.connection.pk
        old = int(time.time()) - 400
        cache.clear()

        # The clock stands still: refusals are counted by the minute, which could end among them.
        with time_machine.travel(now(), tick=False), caplog.at_level("INFO"):
            send(till, body, "whsec_wrong")
            send(till, body, secret, at=old)
            told = [one.getMessage() for one in caplog.records if one.name.startswith("payments.")]
            answers = [send(till, "x", "whsec_wrong") for _ in range(REFUSALS_MOST)]
            known = [send(till, body, secret)]
        with caplog.at_level("INFO"):
            known.append(send(till, body, secret))

        start = f"Refused a webhook of stripe at connection {number}: "
        assert told[0] == f"{start}signature does not fit"
        assert told[1].startswith(f"{start}too far from our time, which is 4")
        assert answers == [400] * (REFUSALS_MOST - 2) + [429] * 2
        assert known == [200, 200], "what is signed well is taken"
        lines = [record.getMessage() for record in caplog.records]
        assert len([line for line in lines if line.startswith(start)]) == REFUSALS_MOST
        assert [line for line in lines if "came again: event" in line]
        assert not [line for line in told if till.token in line or "whsec" in line]

    def test_another_providers_delivery_is_foreign(
        self, till: Till, simulated: SimulatorServer, cast: Cast, delivery: Delivery
    ) -> None:
        sonora = Till.open(cast.sonora, cast.aria, simulated, "sonora")

        assert send(sonora, delivery.body, delivery.secret) == 400

        assert sonora.events() == []

    @settings(
        max_examples=60,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(
        body=st.binary(max_size=200),
        signature=st.text(st.characters(codec="latin-1", exclude_characters="\r\n"), max_size=80),
    )
    def test_noise_is_never_a_server_error(self, till: Till, body: bytes, signature: str) -> None:
        answer = Client().post(
            f"/hooks/stripe/{till.token}/",
            body,
            content_type="application/json",
            headers={"Stripe-Signature": signature},
        )

        assert answer.status_code == 400
