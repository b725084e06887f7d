"""The files of a brand: cacheable for ever, and gone under any other address."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billing_platform.portal.brand import make_brand
from tenants.errors import InvalidProfileError
from tenants.models import User
from tenants.services.users import choose_theme
from tests.roles import as_role

if TYPE_CHECKING:
    from django.test import Client


class TestBrandCss:
    def test_holds_the_three_colors(self, client: Client) -> None:
        brand = make_brand(name="Sonora", color="#ffcc00", support_url="")

        answer = client.get(brand.css_url)

        assert answer.status_code == 200
        assert answer["Content-Type"].startswith("text/css")
        assert "immutable" in answer["Cache-Control"]
        assert b"--b-fill:#ffcc00;--b-fg:#14171a" in answer.content

    def test_changes_its_address_with_its_color(self) -> None:
        one = make_brand(name="Sonora", color="#ffcc00", support_url="")
        other = make_brand(name="Sonora", color="#ffcc01", support_url="")

        assert one.css_url != other.css_url

    @pytest.mark.parametrize(
        "path",
        [
            "/brand/ffcc00-000000000000.css",
            "/brand/red-000000000000.css",
            "/brand/red-N.svg",
            "/brand/ffcc00-NN.svg",
        ],
    )
    def test_answers_no_other_address(self, client: Client, path: str) -> None:
        assert client.get(path).status_code == 404

    def test_refuses_to_be_written(self, client: Client) -> None:
        brand = make_brand(name="Sonora", color="#ffcc00", support_url="")

        assert client.post(brand.css_url).status_code == 405


class TestBrandIcon:
    def test_shows_the_first_letter(self, client: Client) -> None:
        brand = make_brand(name="«Ülo & Co»", color="#1f5eff", support_url="")

        answer = client.get(brand.icon_url)

        assert brand.initial == "Ü"
        assert answer["Content-Type"] == "image/svg+xml"
        assert ">Ü</text>" in answer.content.decode()

    def test_a_name_without_letters_has_one_too(self) -> None:
        assert make_brand(name="***", color="#1f5eff", support_url="").initial == "B"


@pytest.mark.django_db
class TestTheme:
    def test_is_kept_in_a_cookie(self, client: Client) -> None:
        answer = client.post("/theme", {"theme": "dark", "next": "/accounts/login/"})

        assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/")
        assert answer.cookies["theme"].value == "dark"

    def test_is_kept_with_the_login_on_every_device(self, client: Client) -> None:
        with as_role("owner"):
            user = User.objects.create_user("thea@example.com", "kaffee-und-kuchen")
        client.force_login(user)
        client.post("/theme", {"theme": "dark"})

        client.cookies.pop("theme")
        client.cookies["theme"] = "light"
        assert 'data-bs-theme="dark"' in client.get("/nowhere").content.decode()
        client.logout()
        client.cookies["theme"] = "light"
        assert 'data-bs-theme="dark"' not in client.get("/nowhere").content.decode()

    def test_of_the_device_stands_while_the_login_has_none(self, client: Client) -> None:
        with as_role("owner"):
            user = User.objects.create_user("thea@example.com", "kaffee-und-kuchen")
        client.post("/theme", {"theme": "dark"})
        client.force_login(user)

        assert 'data-bs-theme="dark"' in client.get("/nowhere").content.decode()
        client.post("/theme", {"theme": "auto"})
        assert 'data-bs-theme="dark"' not in client.get("/nowhere").content.decode()

    def test_an_unknown_one_is_not_kept(self, client: Client) -> None:
        with as_role("owner"):
            user = User.objects.create_user("thea@example.com", "kaffee-und-kuchen")
        with pytest.raises(InvalidProfileError):
            choose_theme(user_id=user.pk, theme="pink")

    def test_leads_to_no_other_host(self, client: Client) -> None:
        answer = client.post("/theme", {"theme": "dark", "next": "https://evil.example/"})

        assert answer["Location"] == "/"

    def test_takes_no_unknown_theme(self, client: Client) -> None:
        assert "theme" not in client.post("/theme", {"theme": "pink"}).cookies

    def test_refuses_to_be_read(self, client: Client) -> None:
        answer = client.get("/theme", headers={"accept": "text/html"})

        assert answer.status_code == 405
        assert "cannot be done this way" in answer.content.decode()


@pytest.mark.django_db
class TestErrors:
    def test_a_page_that_is_not_there_says_so(self, client: Client) -> None:
        answer = client.get("/nothing-here/")

        assert answer.status_code == 404
        assert "This page does not exist" in answer.content.decode()
