"""Texts of mails and the mails of a document, on pages: who may, what is refused, and a preview that stores nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.scope import provider_scope
from invoicing.models import Document, MailText
from invoicing.selectors.mails import mails_of
from tests.factories.documents import make_receipt
from tests.roles import as_role

if TYPE_CHECKING:
    from tests.portal.views.conftest import AsPerson, World

LIST = "/provider/mails/"
TEXT = "/provider/mails/receipt/en/"
MINE = {"subject": "{kind} {number} <i>", "body": "Paid: {total}\r\n\r\n<script>{customer}"}
DOCUMENT = "/provider/invoices/doc_a/"


@pytest.fixture
def receipt(world: World) -> str:
    """Issue a receipt to Acme; return its number."""
    with as_role("worker"), provider_scope(world.cast.nimbus):
        return make_receipt(
            world.cast.nimbus, world.cast.acme, public_id="doc_a", minor=12345, name="Top-up"
        )


class TestTexts:
    def test_a_text_is_previewed_on_a_real_document_then_saved_and_told(
        self, as_person: AsPerson, receipt: str
    ) -> None:
        bill = as_person("bill")
        assert f"Receipt {receipt}" in bill.get(TEXT).content.decode()

        tried = bill.post(f"{TEXT}preview", MINE).content.decode()
        assert f"Receipt {receipt} &lt;i&gt;" in tried
        assert "Paid: 123.45 USD" in tried
        assert "&lt;script&gt;Acme" in tried
        assert "Not saved yet" in tried
        assert "Your own" not in bill.get(LIST).content.decode()

        saved = bill.post(TEXT, MINE, follow=True).content.decode()
        assert "The text is saved." in saved
        assert "Paid: 123.45 USD" in saved
        assert "Your own" in bill.get(LIST).content.decode()
        log = as_person("paula").get("/provider/audit/").content.decode()
        assert "Receipt, English" in log

        bill.post(f"{TEXT}reset")
        assert "Your own" not in bill.get(LIST).content.decode()

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"subject": "{secret}"}, "subject"),
            ({"body": "{total:>99}"}, "body"),
            ({"body": ""}, "body"),
        ],
    )
    @pytest.mark.parametrize("action", [TEXT, f"{TEXT}preview"])
    def test_a_bad_placeholder_is_said_in_its_field(
        self, world: World, as_person: AsPerson, action: str, wrong: dict[str, str], field: str
    ) -> None:
        answer = as_person("paula").post(action, {**MINE, **wrong})

        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == [field]
        with provider_scope(world.cast.nimbus):
            assert not MailText.objects.exists()

    @pytest.mark.parametrize(
        "address", ["/provider/mails/letter/en/", "/provider/mails/receipt/xx/"]
    )
    def test_there_is_no_other_text(self, world: World, as_person: AsPerson, address: str) -> None:
        assert as_person("paula").get(address).status_code == 404

    @pytest.mark.parametrize(
        ("person", "status"), [("sue", 403), ("rita", 403), ("alice", 403), ("mallory", 404)]
    )
    def test_others_may_not(
        self, world: World, as_person: AsPerson, person: str, status: int
    ) -> None:
        client = as_person(person)
        assert client.get(LIST).status_code == status
        assert client.post(TEXT, MINE).status_code == status

    def test_another_provider_s_text_is_its_own(self, world: World, as_person: AsPerson) -> None:
        as_person("oskar").post(TEXT, MINE)

        assert "Your own" not in as_person("paula").get(LIST).content.decode()


class TestMails:
    def test_staff_see_them_and_send_again_once_per_click(
        self, world: World, as_person: AsPerson, receipt: str
    ) -> None:
        sue = as_person("sue")
        body = sue.get(DOCUMENT).content.decode()
        assert "alice@example.com" in body
        assert "Queued" in body
        assert "Send again" in body

        for words in ("The document is on its way.", "The document was sent already."):
            answer = sue.post(f"{DOCUMENT}mail", {"number": "1"}, follow=True)
            assert words in answer.content.decode()
        with provider_scope(world.cast.nimbus):
            (row,) = Document.objects.filter(public_id="doc_a")
            assert [mail.number for mail in mails_of(world.cast.nimbus, row.pk)] == [1, 0]

    @pytest.mark.parametrize(("person", "status"), [("rita", 403), ("alice", 403), ("oskar", 404)])
    def test_others_may_not_send(
        self, as_person: AsPerson, receipt: str, person: str, status: int
    ) -> None:
        answer = as_person(person).post("/provider/invoices/doc_a/mail", {"number": "1"})

        assert answer.status_code == status
        assert "Send again" not in as_person("rita").get(DOCUMENT).content.decode()

    def test_customers_see_none(self, as_person: AsPerson, receipt: str) -> None:
        assert "E-mails" not in as_person("alice").get("/billing/invoices/doc_a/").content.decode()
