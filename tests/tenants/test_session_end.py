"""A login ends by itself and is moved on by work; keys are only for who said a short time ago who they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.test import Client

from billing_platform.kernel.scope import provider_scope
from tenants.selectors.api_keys import list_api_keys
from tests.cast import PASSWORD

if TYPE_CHECKING:
    from tests.cast import Cast

KEYS = "/provider/api-keys/"
STAY = "/session/stay"
CONFIRM = "/accounts/reauthenticate/?next=%2Fprovider%2Fapi-keys%2F"
FILLED = {"name": "metering", "scopes": ["usage:write"], "days": "30"}
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def paula(cast: Cast) -> Client:
    """Log the owner of Nimbus in."""
    client = Client(headers={"host": "nimbus.localhost"})
    client.force_login(cast.user("paula"), backend=BACKEND)
    return client


def move(client: Client, name: str, seconds: int) -> int:
    """Move a moment of a session, and return where it is then."""
    session = client.session
    session[name] += seconds
    session.save()
    return int(session[name])


def key_names(provider_id: int) -> list[str]:
    with provider_scope(provider_id):
        return [key.name for key in list_api_keys(provider_id)]


class TestEnd:
    def test_work_moves_it_on_only_in_the_second_half(self, paula: Client) -> None:
        in_time = move(paula, "ends_at", -60)
        body = paula.get("/provider/").content.decode()
        kept = paula.session["ends_at"]

        late = move(paula, "ends_at", -settings.SESSION_COOKIE_AGE * 2 // 3)
        paula.get("/provider/")

        assert kept == in_time
        assert 'id="session-end"' in body
        assert paula.session["ends_at"] > late + settings.SESSION_COOKIE_AGE // 2

    def test_a_page_says_whose_it_is_without_naming_anybody(self, cast: Cast) -> None:
        marks = []
        for name in ("paula", "paula", "bill"):
            client = Client(headers={"host": "nimbus.localhost"})
            client.force_login(cast.user(name), backend=BACKEND)
            marks += re.findall(r'data-person="(\w+)"', client.get("/provider/").content.decode())

        first, again, other = marks
        assert first == again
        assert first != other
        assert first != str(cast.users["paula"])

    def test_whoever_stays_has_the_whole_stretch_again(self, paula: Client) -> None:
        before = move(paula, "ends_at", -60)

        answer = paula.post(STAY)

        assert answer.json() == {"seconds": settings.SESSION_COOKIE_AGE}
        assert paula.session["ends_at"] >= before + 60

    def test_nor_is_a_membership_needed_to_stay(self, cast: Cast) -> None:
        stranger = Client(headers={"host": "nimbus.localhost"})
        stranger.force_login(cast.user("mallory"), backend=BACKEND)

        assert stranger.get("/provider/").status_code == 404
        assert stranger.post(STAY).status_code == 200

    def test_a_form_of_before_is_sent_with_the_token_of_the_next_login(self, cast: Cast) -> None:
        person = Client(headers={"host": "nimbus.localhost"}, enforce_csrf_checks=True)

        def log_in() -> str:
            person.get("/accounts/login/")
            filled = {"login": cast.user("paula").email, "password": PASSWORD}
            token = person.cookies["csrf"].value
            person.post("/accounts/login/", {**filled, "csrfmiddlewaretoken": token})
            # What a script puts into the form must be able to read it.
            assert not person.cookies["csrf"]["httponly"]
            return str(person.cookies["csrf"].value)

        first = log_in()
        del person.cookies["session"]
        second = log_in()

        statuses = [
            person.post(path, {**FILLED, "csrfmiddlewaretoken": token}).status_code
            for path in (KEYS, STAY)
            for token in (first, second)
        ]
        assert statuses == [403, 200, 403, 200]
        assert key_names(cast.nimbus) == ["metering"]

    def test_nobody_cannot_stay(self, cast: Cast) -> None:
        assert Client(headers={"host": "nimbus.localhost"}).post(STAY).status_code == 302


class TestFreshLogin:
    def test_an_old_login_makes_no_key_until_it_is_confirmed(
        self, cast: Cast, paula: Client
    ) -> None:
        move(paula, "logged_in_at", -3600)
        page = paula.get(KEYS).content.decode()

        refused = paula.post(KEYS, FILLED)
        body = refused.content.decode()

        assert "Confirm who you are" in page
        assert 'name="scopes"' not in page
        assert refused.status_code == 422
        assert "Nothing was changed" in body
        assert 'value="metering"' in body
        assert f'href="{CONFIRM}" target="_blank"' in body
        assert key_names(cast.nimbus) == []

        confirmed = paula.post(CONFIRM, {"password": PASSWORD})
        paula.post(KEYS, FILLED)

        assert confirmed["Location"] == KEYS
        assert key_names(cast.nimbus) == ["metering"]

    @pytest.mark.parametrize("path", ["new/stripe", "gwc_none/credentials", "gwc_none/secret"])
    def test_nor_does_it_change_a_gateway_s_keys(
        self, cast: Cast, paula: Client, path: str
    ) -> None:
        move(paula, "logged_in_at", -3600)

        answer = paula.post(f"/provider/gateways/{path}", {"secret_key": "sk_test_1"})

        assert answer["Location"] == "/accounts/reauthenticate/?next=%2F"
        assert "sk_test_1" not in str(dict(paula.session))
