"""The provider's people are told of a refused key, of webhooks that do not arrive and of disputes, once and by mail."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope
from payments.models import WebhookEvent
from payments.selectors.endpoints import silent_endpoints
from payments.selectors.payments import count_warned
from payments.services.staff_notices import (
    DISPUTE_TOPIC,
    KEY_TOPIC,
    SILENCE_TOPIC,
    WARNING_TOPIC,
    announce_silence,
    tell_connection,
    tell_dispute,
    tell_warning,
)
from tests.outbox import mails_of, messages_of
from tests.payments.disputed import dispute
from tests.payments.services.test_refunds import back, paid
from tests.payments.views.test_pay import browser
from tests.roles import as_role

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from billing_platform.kernel.outbox import Message
    from tests.cast import Cast
    from tests.payments.shop import Shop
    from tests.payments.till import Till


def announced(provider_id: int, topic: str) -> int:
    return len(messages_of(provider_id, topic))


def mailed(provider_id: int, topic: str, tell: Callable[[Message], None]) -> dict[str, str]:
    """Return what the topic's messages tell whom, however often they are handled."""
    with as_role("worker"):
        for message in messages_of(provider_id, topic) * 2:
            tell(message)
    mails = mails_of(provider_id)
    found = {mail["to"].split("@")[0]: f"{mail['subject']} {mail['text']}" for mail in mails}
    assert len(found) == len(mails), "each is told once"
    return found


def page(client: Client, payment: str) -> str:
    return client.get(f"/provider/payments/{payment}/").content.decode()


def dashboard(client: Client) -> str:
    return client.get("/provider/").content.decode()


class TestKey:
    def test_a_refused_key_is_told_once_and_shown_until_another_works(
        self, shop: Shop, cast: Cast
    ) -> None:
        shop.start()
        shop.desk.revoke(shop.slug)
        for _ in range(2):
            shop.poll(hours=1)
            shop.catch_up()

        assert announced(shop.provider_id, KEY_TOPIC) == 1
        assert announced(cast.sonora, KEY_TOPIC) == 0
        words, path = "does not take your key any more", f"/provider/gateways/{shop.public_id}/"
        owner, billing = (dashboard(browser(cast, role)) for role in ("paula", "bill"))
        assert words in owner
        assert path in owner
        assert words in billing
        assert path not in billing

        told = mailed(shop.provider_id, KEY_TOPIC, tell_connection)
        assert set(told) == {"paula", "bill"}
        assert "refuses the key" in told["bill"]

        shop.renew()

        assert words not in dashboard(browser(cast, "paula"))


class TestSilence:
    def test_events_that_only_the_list_told_are_noticed_once(self, shop: Shop) -> None:
        shop.paid()
        shop.catch_up()
        self.age(shop, timedelta(hours=3))

        with provider_scope(shop.provider_id):
            (silent,) = silent_endpoints(shop.provider_id, now=now())
        assert (silent.public_id, silent.heard_at) == (shop.public_id, None)
        for _ in range(2):
            announce_silence(provider_id=shop.provider_id, now=now())
        assert announced(shop.provider_id, SILENCE_TOPIC) == 1
        told = mailed(shop.provider_id, SILENCE_TOPIC, tell_connection)
        assert "no webhook of it arrived" in told["bill"]

    def test_a_gateway_that_speaks_again_is_silent_no_more(self, shop: Shop) -> None:
        shop.paid()
        shop.catch_up()
        self.age(shop, timedelta(hours=5))
        shop.told()
        shop.paid("form-2")
        shop.hear()
        self.age(shop, timedelta(hours=3))

        with provider_scope(shop.provider_id):
            assert silent_endpoints(shop.provider_id, now=now()) == []

    def test_a_late_delivery_is_none(self, shop: Shop) -> None:
        shop.paid()
        shop.catch_up()

        with provider_scope(shop.provider_id):
            assert WebhookEvent.objects.filter(body__isnull=True).exists()
            assert silent_endpoints(shop.provider_id, now=now()) == []

    @staticmethod
    def age(shop: Shop, span: timedelta) -> None:
        with provider_scope(shop.provider_id):
            for row in WebhookEvent.objects.all():
                row.created_at -= span
                row.save(update_fields=["created_at"])


class TestDispute:
    def test_it_is_told_once(self, till: Till, cast: Cast) -> None:
        payment = till.charge(till.save_card())
        till.hear()
        dispute(till, payment)
        for _ in range(2):
            till.hear()

        assert announced(till.provider_id, DISPUTE_TOPIC) == 1
        assert announced(cast.sonora, DISPUTE_TOPIC) == 0
        told = mailed(till.provider_id, DISPUTE_TOPIC, tell_dispute)
        assert set(told) == {"paula", "bill"}
        assert f"10.50 USD of the payment {payment}" in told["bill"]
        assert "1 disputed payment waits for you" in dashboard(browser(cast, "bill"))


class TestWarning:
    def test_a_payment_that_may_be_fraud_is_told_once_to_who_can_give_it_back(
        self, till: Till, cast: Cast
    ) -> None:
        payment = till.charge(till.save_card())
        till.deliveries()  # lost
        for _ in range(2):
            till.server.gateways["stripe"].act(
                "fraud_warning", {"id": till.row(payment).external_id}
            )
            told = till.deliveries()
            assert till.hear([*told, *told]) == ["processed"] * 2

        assert till.balance() == 1050, "it warns, and takes nothing"
        assert announced(till.provider_id, WARNING_TOPIC) == 1
        assert announced(cast.sonora, WARNING_TOPIC) == 0
        told_to = mailed(till.provider_id, WARNING_TOPIC, tell_warning)
        assert set(told_to) == {"paula", "bill"}
        assert f"10.50 USD of Acme Canary-Acme, {payment}" in told_to["bill"]

    def test_it_is_shown_until_the_money_has_gone_back(self, till: Till, cast: Cast) -> None:
        payment = paid(till)
        other = till.charge(till.save_card(), key="job-2")
        till.hear()
        till.server.gateways["stripe"].act("fraud_warning", {"id": till.row(payment).external_id})
        till.hear()

        bill = browser(cast, "bill")
        assert "1 payment may be fraud" in dashboard(bill)
        assert "the owner of the card may not know" in page(bill, payment)
        assert "the owner of the card may not know" not in page(bill, other)
        listed = bill.get("/provider/payments/?state=warned").content.decode()
        assert payment in listed
        assert other not in listed
        with provider_scope(cast.sonora):
            assert count_warned(cast.sonora, since=now() - timedelta(days=1)) == 0
        with provider_scope(till.provider_id):
            assert count_warned(till.provider_id, since=now() + timedelta(days=1)) == 0

        back(till, payment, 1050)
        till.hear()

        assert "may be fraud" not in dashboard(bill)
        assert "the owner of the card may not know" not in page(bill, payment)
        assert payment not in bill.get("/provider/payments/?state=warned").content.decode()

    def test_one_that_is_disputed_already_is_not_warned_of(self, till: Till) -> None:
        payment = till.charge(till.save_card())
        till.hear()
        dispute(till, payment)
        till.hear()

        till.server.gateways["stripe"].act("fraud_warning", {"id": till.row(payment).external_id})
        till.hear()

        assert announced(till.provider_id, WARNING_TOPIC) == 0

    @pytest.mark.parametrize(("minor", "told"), [(1050, 0), (1000, 1)])
    def test_only_what_has_not_gone_back_yet_is_warned_of(
        self, till: Till, minor: int, told: int
    ) -> None:
        payment = paid(till)
        back(till, payment, minor)
        till.hear()

        till.server.gateways["stripe"].act("fraud_warning", {"id": till.row(payment).external_id})
        till.hear()

        assert announced(till.provider_id, WARNING_TOPIC) == told
