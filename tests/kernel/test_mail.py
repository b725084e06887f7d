"""A mail is sent once per key, in both forms, in the provider's name."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
from django.apps import apps
from django.core import mail as django_mail
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives

from billing_platform.kernel import outbox
from billing_platform.kernel.mail import MAIL_TOPIC, Mail, Sender, deliver_mail, send_mail
from billing_platform.kernel.outbox import Message, UndeliverableError, handlers
from billing_platform.kernel.relay import RelayCount, relay
from billing_platform.kernel.scope import provider_scope
from tests.kernel.races import HandClock
from tests.roles import as_role

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ACME = Sender(name="Acmé Telecom", address="billing@acme.example", reply_to="help@acme.example")
MAIL = Mail(
    sender=ACME,
    to="bob@example.org",
    subject="Your balance is low: 5 €",
    text="Hello Bob",
    html="<p>Hello Bob</p>",
    headers={"List-Unsubscribe": "<https://acme.example/u>"},
)


@pytest.fixture(autouse=True)
def no_bell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "ring", lambda: None)


def put(mail: Mail = MAIL, key: str = "low/7/1") -> bool:
    with provider_scope(1):
        return send_mail(provider_id=1, tenant_id=7, mail=mail, key=key, now=NOW)


class TestSendMail:
    @pytest.mark.django_db
    def test_a_key_is_mailed_once(self) -> None:
        assert put()
        assert not put(replace(MAIL, subject="Again"))
        assert put(key="low/7/2")

    @pytest.mark.parametrize(
        "mail",
        [
            replace(MAIL, subject="Hello\nBcc: eve@example.org"),
            replace(MAIL, subject="Hello\rBcc: eve@example.org"),
            replace(MAIL, to="bob@example.org\n"),
            replace(MAIL, sender=replace(ACME, name="Acme\nBcc: eve@example.org")),
            replace(MAIL, headers={"X-A": "1\nBcc: eve@example.org"}),
            replace(MAIL, headers={"X-A\n": "1"}),
        ],
    )
    def test_a_header_is_one_line(self, mail: Mail) -> None:
        with pytest.raises(ValueError, match="one line"):
            send_mail(provider_id=1, mail=mail, key="k", now=NOW)

    @pytest.mark.parametrize(
        "mail",
        [
            replace(MAIL, to=""),
            replace(MAIL, to="bob"),
            replace(MAIL, to="bob@example.org, eve@example.org"),
            replace(MAIL, sender=replace(ACME, address="acme")),
            replace(MAIL, sender=replace(ACME, reply_to="acme")),
        ],
    )
    def test_an_address_is_one(self, mail: Mail) -> None:
        with pytest.raises(ValidationError):
            send_mail(provider_id=1, mail=mail, key="k", now=NOW)

    def test_a_mail_needs_a_key(self) -> None:
        with pytest.raises(ValueError, match="needs a key"):
            send_mail(provider_id=1, mail=MAIL, key="", now=NOW)


@pytest.mark.django_db
class TestDelivery:
    def test_the_relay_sends_it_once(self) -> None:
        assert handlers()[MAIL_TOPIC] is deliver_mail
        put()

        with as_role("worker"):
            assert relay(clock=HandClock(NOW), limit=10) == RelayCount(sent=1)
            assert relay(clock=HandClock(NOW), limit=10) == RelayCount()

        (sent,) = django_mail.outbox
        assert isinstance(sent, EmailMultiAlternatives)
        assert sent.to == ["bob@example.org"]
        assert sent.subject == MAIL.subject
        assert sent.body == "Hello Bob"
        assert sent.reply_to == ["help@acme.example"]
        assert [tuple(part) for part in sent.alternatives] == [("<p>Hello Bob</p>", "text/html")]
        text = sent.message().as_string()
        assert "From: =?utf-8?q?Acm=C3=A9_Telecom?= <billing@acme.example>" in text
        assert "List-Unsubscribe: <https://acme.example/u>" in text

    def test_a_repeated_delivery_has_the_same_message_id(self) -> None:
        put(replace(MAIL, sender=replace(ACME, reply_to="")))
        with as_role("worker"):
            relay(clock=HandClock(NOW), limit=10)
        again = Message(
            id=int(django_mail.outbox[0].extra_headers["Message-ID"][8:].partition("@")[0]),
            provider_id=1,
            tenant_id=7,
            topic=MAIL_TOPIC,
            payload={
                "sender": {"name": "A", "address": "billing@acme.example", "reply_to": ""},
                "to": "bob@example.org",
                "subject": "s",
                "text": "t",
                "html": "h",
                "headers": {},
            },
            created_at=NOW,
            attempt=2,
        )

        deliver_mail(again)

        first, second = (sent.extra_headers["Message-ID"] for sent in django_mail.outbox)
        assert first == second
        assert first.endswith("@acme.example>")
        assert django_mail.outbox[0].reply_to == []

    def test_a_refused_reader_is_given_up(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(self: EmailMultiAlternatives, **_: Any) -> int:
            raise SMTPRecipientsRefused({"bob@example.org": (550, b"no such user")})

        monkeypatch.setattr(EmailMultiAlternatives, "send", refuse)
        put()

        with as_role("worker"):
            assert relay(clock=HandClock(NOW), limit=10) == RelayCount(dead=1)

    def test_a_server_that_is_away_is_tried_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def be_away(self: EmailMultiAlternatives, **_: Any) -> int:
            raise ConnectionRefusedError

        monkeypatch.setattr(EmailMultiAlternatives, "send", be_away)
        put()

        with as_role("worker"):
            assert relay(clock=HandClock(NOW), limit=10) == RelayCount(failed=1)


class TestWiring:
    def test_being_ready_twice_changes_nothing(self) -> None:
        apps.get_app_config("kernel").ready()

        assert handlers()[MAIL_TOPIC] is deliver_mail
        assert issubclass(UndeliverableError, Exception)
