"""The language of pages: chosen by the person, remembered, and followed at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tenants.models import User
from tests.roles import as_role

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


class TestBeforeTheLogin:
    def test_the_browser_is_followed(self, client: Client) -> None:
        answer = client.get("/accounts/login/", headers={"accept-language": "de-AT,de;q=0.9"})
        assert '<html lang="de"' in answer.content.decode()
        assert answer["Content-Language"] == "de"

    def test_unknown_languages_read_english(self, client: Client) -> None:
        answer = client.get("/accounts/login/", headers={"accept-language": "tlh"})
        assert '<html lang="en"' in answer.content.decode()

    def test_a_choice_beats_the_browser(self, client: Client) -> None:
        chosen = client.post("/language", {"language": "de", "next": "/accounts/login/"})
        assert chosen["Location"] == "/accounts/login/"
        answer = client.get("/accounts/login/", headers={"accept-language": "en"})
        assert '<html lang="de"' in answer.content.decode()

    @pytest.mark.parametrize("language", ["", "xx", "de\r\nSet-Cookie: a=b"])
    def test_nothing_else_is_kept(self, client: Client, language: str) -> None:
        answer = client.post("/language", {"language": language, "next": "//evil.example/"})
        assert (answer["Location"], dict(answer.cookies)) == ("/", {})

    def test_machines_read_english(self, client: Client) -> None:
        answer = client.get("/api/v1/nothing", headers={"accept-language": "de"})
        assert "Content-Language" not in answer


class TestChosenLanguage:
    def test_it_is_kept_with_the_login(self, client: Client) -> None:
        with as_role("owner"):
            user = User.objects.create_user("lena@example.com", "kaffee-und-kuchen")
        client.force_login(user)
        client.post("/language", {"language": "de"})
        client.cookies.pop("language")
        with as_role("owner"):
            user.refresh_from_db()
        assert user.language == "de"
        answer = client.get("/nowhere", headers={"accept-language": "en"})
        assert '<html lang="de"' in answer.content.decode()
