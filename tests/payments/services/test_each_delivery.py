"""What comes in at each gateway's webhooks: forged, old, foreign, of a secret of before, or with another amount."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope
from payments.enums import AttemptState
from payments.models import Credential
from payments.services.webhooks import process_event
from tests.payments.shop import Sent, Shop
from tests.payments.wire import event_of

if TYPE_CHECKING:
    from gateway_simulators.common.server import SimulatorServer
    from tests.cast import Cast

# A kind that nobody asked for, and one about a payment, with what each is about.
UNKNOWN = {
    "paypal": ("INVOICING.INVOICE.PAID", "invoice"),
    "razorpay": ("settlement.processed", "settlement"),
    "stripe": ("product.created", "product"),
}
FOREIGN = {
    "paypal": ("PAYMENT.CAPTURE.COMPLETED", "capture"),
    "razorpay": ("payment.captured", "payment"),
    "stripe": ("payment_intent.succeeded", "payment_intent"),
}
# The deliveries of these carry no time that is checked: what is old is known already.
AGELESS = ("paypal", "razorpay")


class TestForged:
    def test_a_forged_delivery_changes_nothing(self, shop: Shop) -> None:
        payment = shop.start()
        shop.press(payment)
        told = shop.told()

        for one in told:
            assert shop.deliver(Sent(one.body + b" ", one.headers)) == 400
            assert shop.deliver(Sent(one.body, {"X-None": "1"})) == 400
            assert shop.deliver(Sent(b" " * 300_000, one.headers)) == 400

        assert told
        assert shop.events() == []
        assert shop.row(payment).state == AttemptState.REQUIRES_ACTION

    def test_an_old_one_is_refused_or_known_already(self, shop: Shop) -> None:
        payment = shop.start()
        shop.press(payment)
        told = shop.told(at=int(time.time()) - 3600)
        taken = 200 if shop.gateway in AGELESS else 400

        for _ in range(2):
            assert {shop.deliver(one) for one in told} == {taken}
        shop.work_off()

        assert len(shop.events()) == (len(told) if taken == 200 else 0)
        assert shop.sync(payment) == AttemptState.SUCCEEDED
        shop.agrees(1050)

    def test_another_providers_delivery_is_foreign_here(
        self, shop: Shop, cast: Cast, simulated: SimulatorServer
    ) -> None:
        # Both chose the same secret where a secret is chosen.
        other = Shop.open((cast.sonora, cast.aria), simulated, shop.gateway, "sonora")
        other.press(other.start())
        told = other.told()

        assert told
        assert {shop.deliver(one) for one in told} == {400}
        assert {other.deliver(one, f"/hooks/{shop.gateway}/{'a' * 43}/") for one in told} == {404}
        assert shop.events() == []

    @pytest.mark.parametrize("kinds", [UNKNOWN, FOREIGN], ids=["unknown", "foreign"])
    def test_what_is_none_of_ours_is_stored_and_ignored(
        self, shop: Shop, kinds: dict[str, tuple[str, str]]
    ) -> None:
        kind, noun = kinds[shop.gateway]

        assert shop.deliver(shop.sign(event_of(shop, kind, "foreign_1", noun))) == 200

        assert shop.work_off() == ["ignored"]
        shop.agrees(0)

    def test_an_address_that_is_set_up_again_stays_one(self, shop: Shop) -> None:
        shop.hook_up()
        shop.press(shop.start())

        told = shop.told()

        assert len({one.body for one in told}) == len(told)
        assert {shop.deliver(one) for one in told} == {200}

    def test_a_secret_of_before_counts_for_its_overlap(self, shop: Shop) -> None:
        shop.press(shop.start())
        told = shop.told()
        # PayPal's secret is the address's id, which another address has.
        shop.hook_up("another-secret-of-the-provider", "elsewhere")

        assert {shop.deliver(one) for one in told} == {200}
        with provider_scope(shop.provider_id):
            row = Credential.objects.get(connection_id=shop.connection.pk)
            assert row.previous_until is not None
            overlap = timedelta(hours=48 if shop.gateway == "razorpay" else 24)
            assert abs(row.previous_until - now() - overlap).total_seconds() < 60
            Credential.objects.update(previous_until=now())
        assert {shop.deliver(one) for one in told} == {400}


class TestBodies:
    def test_amounts_of_a_body_are_never_believed(self, shop: Shop) -> None:
        payment = shop.start()
        shop.press(payment)
        bodies = [one.body for one in shop.told()]
        inflated = [one.replace(b"1050", b"9050").replace(b"10.50", b"90.50") for one in bodies]

        assert inflated != bodies
        assert {shop.deliver(shop.sign(one)) for one in inflated} == {200}
        shop.work_off()
        shop.poll()
        shop.agrees(1050)

    def test_an_event_may_be_worked_off_any_number_of_times(self, shop: Shop) -> None:
        shop.press(shop.start())
        shop.hear()

        for event in shop.events():
            for _ in range(2):
                process_event(
                    provider_id=shop.provider_id, event_id=event.pk, now=now(), again=True
                )

        shop.agrees(1050)
