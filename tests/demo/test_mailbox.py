"""The demo's mails, from Django's file backend to the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.urls import include, path

from billing_platform.demo.mailbox import find_mail, list_mails
from billing_platform.demo.views import MAIL_POLICY

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

urlpatterns = [
    path("demo/", include("billing_platform.demo.urls")),
    path("", include("billing_platform.portal.urls")),
]


def send(folder: Path, *subjects: str, html: str = "") -> None:
    """Send mails over one connection, as the outbox does."""
    connection = get_connection(
        "django.core.mail.backends.filebased.EmailBackend", file_path=folder
    )
    mails = []
    for subject in subjects:
        mail = EmailMultiAlternatives(
            subject, f"Grüße & <b>{subject}</b>", "Nimbus <b@x.test>", ["a@x.test"]
        )
        if html:
            mail.attach_alternative(html, "text/html")
        mails.append(mail)
    connection.send_messages(mails)


@pytest.fixture
def folder(tmp_path: Path, settings: object) -> Path:
    settings.VAR_DIR = tmp_path  # type: ignore[attr-defined]
    return tmp_path / "mail"


class TestListMails:
    def test_no_folder_is_no_mail(self, tmp_path: Path) -> None:
        assert list_mails(tmp_path / "none") == []

    def test_each_mail_of_a_file_is_found_the_newest_first(self, tmp_path: Path) -> None:
        send(tmp_path, "first", "second")

        mails = list_mails(tmp_path)

        assert [mail.subject for mail in mails] == ["second", "first"]
        assert (mails[1].sender, mails[1].to) == ("Nimbus <b@x.test>", "a@x.test")
        assert mails[1].text.strip() == "Grüße & <b>first</b>"
        assert mails[1].sent_at is not None

    def test_html_is_kept_beside_the_text(self, tmp_path: Path) -> None:
        send(tmp_path, "both", html="<p style='color:red'>Hi</p>")

        assert list_mails(tmp_path)[0].html.strip() == "<p style='color:red'>Hi</p>"


class TestFindMail:
    def test_it_finds_by_name(self, tmp_path: Path) -> None:
        send(tmp_path, "one")
        (mail,) = list_mails(tmp_path)

        assert find_mail(tmp_path, mail.name) == mail

    def test_a_name_leads_nowhere_else(self, tmp_path: Path) -> None:
        assert find_mail(tmp_path, "../../etc/passwd") is None


@pytest.mark.django_db
@pytest.mark.urls("tests.demo.test_mailbox")
class TestPages:
    def test_an_empty_list_says_so(self, client: Client, folder: Path) -> None:
        assert b"Nothing was sent yet" in client.get("/demo/mail/").content

    def test_the_list_and_the_mail_print_text_literally(self, client: Client, folder: Path) -> None:
        send(folder, "<script>x</script>")
        name = list_mails(folder)[0].name

        page = client.get("/demo/mail/").content.decode()
        assert f"/demo/mail/{name}/" in page
        assert "<script>x" not in page
        assert "&lt;b&gt;" in client.get(f"/demo/mail/{name}/").content.decode()

    def test_html_is_shown_in_a_cage(self, client: Client, folder: Path) -> None:
        send(folder, "both", html="<p>Hi</p>")

        answer = client.get(f"/demo/mail/{list_mails(folder)[0].name}/html/")

        assert answer.content.strip() == b"<p>Hi</p>"
        assert answer["Content-Security-Policy"] == MAIL_POLICY

    def test_an_unknown_mail_is_not_found(self, client: Client, folder: Path) -> None:
        assert client.get("/demo/mail/none/").status_code == 404

    def test_nothing_can_be_posted(self, client: Client, folder: Path) -> None:
        assert client.post("/demo/mail/").status_code == 405
