"""A provider's logos: only pictures are taken, kept as PNG and shown on every page instead of the letter."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image, ImageFile

from billing_platform.kernel.scope import provider_scope
from tenants.models import Logo
from tenants.selectors.providers import provider_view
from tenants.services.logos import MAX_UPLOAD_BYTES

if TYPE_CHECKING:
    from tests.cast import Cast
    from tests.portal.views.conftest import AsPerson

URL = "/provider/brand/logos"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'


def picture(kind: str = "PNG", size: tuple[int, int] = (960, 288), color: str = "navy") -> bytes:
    file = BytesIO()
    Image.new("RGB", size, color).save(file, kind)
    return file.getvalue()


def upload(content: bytes, name: str = "logo.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/png")


def shown(cast: Cast) -> tuple[str, str]:
    with provider_scope(cast.nimbus):
        row = provider_view(cast.nimbus)
    return row.logo_light, row.logo_dark


class TestLogos:
    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
    def test_an_owner_uploads_one_that_everybody_sees(
        self, cast: Cast, as_person: AsPerson, kind: str
    ) -> None:
        # What follows the picture in the file is not kept.
        content = picture(kind) + b"<script>alert(1)</script>"
        answer = as_person("paula").post(URL, {"light": upload(content)}, follow=True)

        light, dark = shown(cast)
        address = f"/brand/logo/nimbus/{light}"
        assert "The logo is saved." in answer.content.decode()
        assert (light[-4:], dark) == (".png", "")
        for client, path in (
            (as_person("rita"), "/provider/"),
            (as_person("alice"), "/billing/"),
            (Client(headers={"host": "nimbus.localhost"}), "/accounts/login/"),
        ):
            body = client.get(path).content.decode()
            # One logo serves light and dark.
            assert body.count(f'src="{address}"') == 2, path
        file = Client(headers={"host": "nimbus.localhost"}).get(address)
        assert (file["Content-Type"], file["X-Content-Type-Options"]) == ("image/png", "nosniff")
        assert "immutable" in file["Cache-Control"]
        assert b"script" not in file.content
        assert Image.open(BytesIO(file.content)).size == (480, 144)

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (SVG, "An SVG file may carry programs."),
            (b"GIF89a" + bytes(40), "This is no PNG, JPEG or WebP picture"),
            (picture("GIF"), "This is no PNG, JPEG or WebP picture"),
            (picture()[:200], "or it is broken"),
            (picture("JPEG")[:400], "or it is broken"),
            (picture(size=(4001, 4000)), "at most 16 million pixels"),
            (bytes(MAX_UPLOAD_BYTES + 1), "at most 1 MB"),
            (b"", "empty"),
        ],
        ids=["svg", "no-gif", "gif", "cut", "cut-jpeg", "pixels", "bytes", "empty"],
    )
    def test_what_is_no_small_picture_is_refused_in_words(
        self,
        cast: Cast,
        as_person: AsPerson,
        monkeypatch: pytest.MonkeyPatch,
        content: bytes,
        words: str,
    ) -> None:
        # As in a process that has drawn a PDF.
        monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)

        answer = as_person("paula").post(URL, {"light": upload(content)})

        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert shown(cast) == ("", "")

    def test_a_form_without_a_file_says_so(self, cast: Cast, as_person: AsPerson) -> None:
        answer = as_person("paula").post(URL)

        assert answer.status_code == 422
        assert "Choose a picture first." in answer.content.decode()

    def test_a_removed_one_is_gone_and_the_other_one_stays(
        self, cast: Cast, as_person: AsPerson
    ) -> None:
        client = as_person("paula")
        files = {"light": upload(picture()), "dark": upload(picture(color="white"))}
        client.post(URL, files)
        light, dark = shown(cast)

        client.post(URL, {"remove": "light"})

        assert shown(cast) == ("", dark)
        assert client.get(f"/brand/logo/nimbus/{light}").status_code == 404
        assert client.get(f"/brand/logo/nimbus/{dark}").status_code == 200
        with provider_scope(cast.nimbus):
            assert Logo.objects.count() == 1

    def test_it_is_found_at_its_provider_only(self, cast: Cast, as_person: AsPerson) -> None:
        client = as_person("paula")
        client.post(URL, {"light": upload(picture())})

        name = shown(cast)[0]
        assert client.get(f"/brand/logo/sonora/{name}").status_code == 404
        assert client.get(f"/brand/logo/nobody/{name}").status_code == 404
        assert client.post(f"/brand/logo/nimbus/{name}").status_code == 405

    @pytest.mark.parametrize(
        ("person", "status"), [("bill", 403), ("rita", 403), ("alice", 403), ("mallory", 404)]
    )
    def test_others_may_not(
        self, cast: Cast, as_person: AsPerson, person: str, status: int
    ) -> None:
        client = as_person(person)

        assert client.post(URL, {"light": upload(picture())}).status_code == status
        assert client.post(URL, {"remove": "light"}).status_code == status
        assert shown(cast) == ("", "")
