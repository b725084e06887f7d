"""Logins tell nobody who is known, and their mails carry the brand and the host of the provider."""

from __future__ import annotations

import json
import re
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.test import Client

from billing_platform.kernel.clock import now
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope, system_scope
from tenants.factors import FactorAdapter
from tenants.models import User
from tenants.services.providers import set_brand
from tests.cast import PASSWORD, Cast
from tests.roles import as_role

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def fresh_counters() -> None:
    cache.clear()


def browser(host: str = "nimbus.localhost") -> Client:
    return Client(HTTP_HOST=host)


def mails() -> list[dict[str, Any]]:
    """Return what lies in the outbox, newest last."""
    with as_role("worker"), system_scope():
        rows = fetch_all(
            "SELECT provider_id, payload FROM kernel_outbox WHERE topic = 'mail' ORDER BY id"
        )
    return [{"provider_id": provider_id, **json.loads(payload)} for provider_id, payload in rows]


def reset(address: str, host: str = "nimbus.localhost") -> Any:
    return browser(host).post("/accounts/password/reset/", {"email": address})


class TestSameAnswer:
    def test_a_wrong_password_and_an_unknown_address_look_alike(self, cast: Cast) -> None:
        bodies = []
        for address in ("alice@example.com", "who@example.com"):
            answer = browser().post("/accounts/login/", {"login": address, "password": "wrong"})
            body = answer.content.decode().replace(address, "ADDRESS")
            bodies.append(re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", body))
            assert answer.status_code == 200

        assert bodies[0] == bodies[1]

    def test_both_cost_the_same_work(self, cast: Cast) -> None:
        counts = []
        for address in ("alice@example.com", "who@example.com"):
            with patch.object(
                MD5PasswordHasher, "encode", autospec=True, return_value="md5$a$b"
            ) as encode:
                browser().post("/accounts/login/", {"login": address, "password": "wrong"})
            counts.append(encode.call_count)

        assert counts[0] == counts[1] > 0

    def test_a_reset_looks_alike(self, cast: Cast) -> None:
        known, unknown = reset("alice@example.com"), reset("who@example.com")

        assert (known.status_code, known.headers["Location"]) == (
            unknown.status_code,
            unknown.headers["Location"],
        )
        assert [mail["to"] for mail in mails()] == ["alice@example.com", "who@example.com"]

    def test_nobody_signs_up(self, cast: Cast) -> None:
        form = {"email": "new@example.com", "password1": PASSWORD}
        answer = browser().post("/accounts/signup/", form)

        assert answer.status_code == 200
        assert not User.objects.filter(email="new@example.com").exists()
        assert mails() == []


class TestMails:
    def test_a_reset_carries_the_providers_brand(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            set_brand(
                provider_id=cast.nimbus,
                sender_name="Nimbus Billing",
                sender_email="billing@nimbus.example",
            )
        reset("alice@example.com")

        (mail,) = mails()
        assert mail["provider_id"] == cast.nimbus
        assert mail["sender"]["name"] == "Nimbus Billing"
        assert mail["sender"]["address"] == "billing@nimbus.example"
        assert "http://nimbus.localhost/accounts/password/reset/key/" in mail["text"]
        assert "Nimbus" in mail["html"]

    def test_a_link_works_once(self, cast: Cast) -> None:
        reset("alice@example.com")
        link = re.search(r"http://nimbus\.localhost(/\S+)", mails()[0]["text"])
        assert link is not None
        client = browser()
        form_url = client.get(link.group(1)).headers["Location"]

        answer = client.post(
            form_url, {"password1": "another long phrase", "password2": "another long phrase"}
        )

        assert answer.status_code == 302
        form = {"login": "alice@example.com", "password": "another long phrase"}
        assert browser().post("/accounts/login/", form).status_code == 302
        assert "key" not in browser().get(link.group(1)).headers.get("Location", "")

    def test_a_foreign_host_name_never_gets_into_a_link(self, cast: Cast) -> None:
        reset("alice@example.com", host="evil.example")

        (mail,) = mails()
        assert "evil.example" not in mail["text"] + mail["html"]
        assert "http://127.0.0.1:8000/accounts/password/reset/key/" in mail["text"]
        assert mail["provider_id"] == 0


class TestLimits:
    def test_many_wrong_passwords_are_stopped(self, cast: Cast) -> None:
        client = browser()
        for _ in range(5):
            client.post("/accounts/login/", {"login": "alice@example.com", "password": "wrong"})

        answer = client.post(
            "/accounts/login/", {"login": "alice@example.com", "password": PASSWORD}
        )

        assert answer.status_code == 200
        assert "Too many failed login attempts" in answer.content.decode()

    def test_a_made_up_forwarded_address_does_not_help(self, cast: Cast) -> None:
        for number in range(40):
            answer = browser().post(
                "/accounts/login/",
                {"login": f"x{number}@example.com", "password": "wrong"},
                HTTP_X_FORWARDED_FOR=f"10.0.0.{number}",
            )

        assert answer.status_code == 429


class TestSecondFactor:
    def test_a_code_lets_in_once(self, cast: Cast) -> None:
        data = {"secret": FactorAdapter().encrypt(SECRET)}
        with as_role("owner"):
            Authenticator.objects.create(
                user=cast.user("alice"), type=Authenticator.Type.TOTP, data=data
            )

        # The clock stands still: a code holds for half a minute, and so it does for who saw it over a shoulder.
        with time_machine.travel(now(), tick=False):
            code = format_hotp_value(
                hotp_value(SECRET, next(iter(yield_hotp_counters_from_time())))
            )
            places = [self.log_in_with(code) for _ in range(2)]

        assert places[0] == "/after-login"
        assert places[1].startswith("/accounts/login/")

    @staticmethod
    def log_in_with(code: str) -> str:
        """Return where a page sends somebody on who came with the password and a code."""
        client = browser()
        client.post("/accounts/login/", {"login": "alice@example.com", "password": PASSWORD})
        client.post("/accounts/2fa/authenticate/", {"code": code})
        answer = client.get("/after-login")
        place = answer.headers["Location"]
        return place if place.startswith("/accounts/login/") else "/after-login"


class TestSession:
    def test_a_login_changes_its_id_and_a_logout_ends_it(self, cast: Cast) -> None:
        client = browser()
        client.get("/accounts/login/")
        client.session.save()
        before = client.session.session_key
        client.post("/accounts/login/", {"login": "alice@example.com", "password": PASSWORD})
        inside = client.session.session_key
        cookie = client.cookies["session"].value
        client.post("/accounts/logout/")
        client.cookies["session"] = cookie

        assert before != inside
        assert client.get("/after-login").headers["Location"].startswith("/accounts/login/")

    def test_a_state_change_needs_the_forms_token(self, cast: Cast) -> None:
        strict = Client(enforce_csrf_checks=True, HTTP_HOST="nimbus.localhost")
        form = {"login": "alice@example.com", "password": PASSWORD}

        assert strict.post("/accounts/login/", form).status_code == 403

    @pytest.mark.parametrize(
        "goal", ["//evil.example", "https://evil.example", r"\\evil", "javascript:1"]
    )
    def test_it_never_leads_away(self, cast: Cast, goal: str) -> None:
        form = {"login": "alice@example.com", "password": PASSWORD, "next": goal}
        answer = browser().post("/accounts/login/", form)

        assert answer.headers["Location"] == "/after-login"
