"""Mails come in the language of their reader, in the provider's brand and with its legal pages."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import gettext, override

from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope, system_scope
from tenants.models import Tenant, User
from tenants.services.providers import set_brand
from tests.cast import PASSWORD, Cast, client_of
from tests.roles import as_role

pytestmark = pytest.mark.django_db
IMPRINT = "https://nimbus.example/impressum"


@pytest.fixture(autouse=True)
def brand(cast: Cast) -> None:
    """Nimbus has an imprint and no terms; Alice reads German."""
    with provider_scope(cast.nimbus):
        set_brand(
            provider_id=cast.nimbus,
            brand_color="#ffcc00",
            sender_name="Nimbus Billing",
            imprint_url=IMPRINT,
        )
    User.objects.filter(pk=cast.users["alice"]).update(language="de")


def mailed() -> dict[str, Any]:
    """Return the only mail in the outbox."""
    with as_role("worker"), system_scope():
        ((payload,),) = fetch_all("SELECT payload FROM kernel_outbox WHERE topic = 'mail'")
    return dict(json.loads(payload))


def german(words: str) -> str:
    with override("de"):
        found = gettext(words)
    assert found != words
    return found


def assert_is_nimbus(mail: dict[str, Any], language: str) -> None:
    """The brand on top, its sender, its imprint under its German or English word, and no link that is not set."""
    imprint = "Imprint"
    with override(language):
        imprint = gettext(imprint)
    assert mail["sender"]["name"] == "Nimbus Billing"
    assert f'<html lang="{language}">' in mail["html"]
    assert "<strong>Nimbus</strong>" in mail["html"]
    assert 'bgcolor="#ffcc00"' in mail["html"]
    assert f'<a href="{IMPRINT}">{imprint}</a>' in mail["html"]
    assert mail["text"].endswith(f"Nimbus\n{imprint}: {IMPRINT}")
    assert "None" not in mail["text"]


class TestInvitation:
    def test_a_person_who_reads_german_is_invited_in_german(self, cast: Cast) -> None:
        form = {"email": "alice@example.com", "role": "support"}
        client_of(cast, "paula").post("/provider/members/invite", form)

        mail = mailed()
        assert mail["subject"] == german("You are invited to %s") % "Nimbus"
        assert mail["text"].startswith(german("Hello,"))
        assert_is_nimbus(mail, "de")

    def test_a_stranger_in_the_language_of_the_client(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            Tenant.objects.filter(provider_id=cast.nimbus, pk=cast.acme).update(language="de")
        form = {"email": "new@example.com", "role": "user"}
        client_of(cast, "alice").post("/members/invite", form)

        assert mailed()["text"].startswith(german("Hello,"))

    def test_english_stays_english(self, cast: Cast) -> None:
        form = {"email": "new@example.com", "role": "support"}
        client_of(cast, "paula").post("/provider/members/invite", form)

        mail = mailed()
        assert mail["subject"] == "You are invited to Nimbus"
        assert_is_nimbus(mail, "en")


class TestLoginMails:
    def test_a_reset_follows_its_reader_and_not_the_browser(self, cast: Cast) -> None:
        browser = Client(HTTP_HOST="nimbus.localhost", headers={"accept-language": "en"})
        browser.post("/accounts/password/reset/", {"email": "alice@example.com"})

        mail = mailed()
        assert "Passwort" in mail["subject"]
        assert "http://nimbus.localhost/accounts/password/reset/key/" in mail["text"]
        assert_is_nimbus(mail, "de")

    def test_a_verification_too(self, cast: Cast) -> None:
        client = client_of(cast, "alice")
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        client.post("/accounts/email/", {"email": "alice@new.example", "action_add": ""})

        mail = mailed()
        assert mail["to"] == "alice@new.example"
        assert "http://nimbus.localhost/accounts/confirm-email/" in mail["text"]
        assert_is_nimbus(mail, "de")

    def test_another_provider_s_mail_has_nothing_of_it(self, cast: Cast) -> None:
        browser = Client(HTTP_HOST="sonora.localhost")
        browser.post("/accounts/password/reset/", {"email": "dora@example.com"})

        mail = mailed()
        assert "Sonora" in mail["html"]
        assert IMPRINT not in mail["html"] + mail["text"]
        assert "Imprint" not in mail["text"]
