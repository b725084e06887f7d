"""A provider writes the texts of its mails; what stands in them is never a program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail as django_mail
from django.core.mail import EmailMultiAlternatives

from billing_platform.kernel.scope import provider_scope
from invoicing.enums import DocumentKind
from invoicing.errors import MailTextRefused
from invoicing.services.mail_placeholders import fill_text
from invoicing.services.mail_texts import mail_text, reset_mail_text, save_mail_text
from tenants.services.profiles import save_profile
from tenants.services.users import choose_language
from tenants.types import TenantProfileView
from tests.invoicing.drafts import NOW

if TYPE_CHECKING:
    from invoicing.models import Document
    from tests.cast import Cast

from tests.invoicing.mails.post import ALICE, BOOKS, issue, send

INVOICE = DocumentKind.INVOICE


class TestText:
    def test_the_provider_s_own_is_used_in_the_document_s_language(self, bill: Document) -> None:
        write(bill, "de", "{provider} – {number}", "Für {customer}: {total}, fällig {due}.")
        write(bill, "en", "Not this one", "Nor this")

        send()

        assert django_mail.outbox[0].subject == f"Nimbus – {bill.number}"
        assert "Für Acme GmbH: 172,51 USD, fällig 4. Dez. 2026." in str(django_mail.outbox[0].body)

    def test_a_person_reads_its_own_language_an_address_the_document_s(
        self, cast: Cast, bill: Document
    ) -> None:
        write(bill, "de", "Rechnung {number}", "Fällig {due}.")
        write(bill, "en", "Invoice {number}", "Due {due}.")
        choose_language(user_id=cast.users["alice"], language="en")

        send()

        read = {mail.to[0]: (mail.subject, str(mail.body)) for mail in django_mail.outbox}
        assert read[ALICE][0] == f"Invoice {bill.number}"
        assert "Due 4 Dec 2026." in read[ALICE][1]
        assert read[BOOKS][0] == f"Rechnung {bill.number}"
        assert "Fällig 4. Dez. 2026." in read[BOOKS][1]

    def test_what_a_name_says_is_never_read_again(self, cast: Cast, shop: int) -> None:
        name = "{total} <b>\r\nBcc: eve@example.org " + "x" * 150
        profile = TenantProfileView(legal_name=name)
        with provider_scope(shop):
            save_profile(
                provider_id=shop, tenant_id=cast.acme, profile=profile, language="de", now=NOW
            )
        bill = issue(shop, cast.acme)
        write(bill, "de", "{customer} {number}", "{customer} {{number}}")

        send()

        (mail,) = django_mail.outbox
        assert isinstance(mail, EmailMultiAlternatives)
        assert mail.subject.startswith("{total} <b> Bcc: eve@example.org xxx")
        assert mail.subject.endswith(f"… {bill.number}")
        assert "\n" not in mail.subject
        assert "Bcc" not in mail.message()
        assert f"{{{bill.number}}}" in str(mail.body)
        html = str(mail.alternatives[0][0])
        assert "&lt;b&gt;" in html
        assert "<b>" not in html

    @pytest.mark.parametrize(
        ("subject", "body", "code"),
        [
            ("{nobody}", "x", "mail_subject"),
            ("{number.__class__}", "x", "mail_subject"),
            ("x", "{0}", "mail_body"),
            ("x", "{}", "mail_body"),
            ("x", "{number!r}", "mail_body"),
            ("x\nBcc: eve@example.org", "x", "mail_subject"),
            ("x\u2028Bcc", "x", "mail_subject"),
            ("", "x", "mail_subject"),
            ("x", " ", "mail_body"),
            ("x" * 201, "x", "mail_subject"),
            ("x", "x" * 5001, "mail_body"),
            ("x", "\x00", "mail_body"),
        ],
    )
    def test_what_is_no_text_is_refused(
        self, shop: int, subject: str, body: str, code: str
    ) -> None:
        with provider_scope(shop), pytest.raises(MailTextRefused) as refusal:
            save_mail_text(
                provider_id=shop, kind=INVOICE, language="en", subject=subject, body=body
            )

        assert refusal.value.code == code

    def test_programs_of_templates_stay_words(self) -> None:
        text = "{% debug %} {{ request }} %(number)s ${number}"

        assert fill_text(text, {"number": "7"}) == "{% debug %} {{ request }} %(number)s $7"

    def test_it_can_be_returned_to_ours(self, bill: Document) -> None:
        ours = write(bill, "en", "Mine", "Mine too")
        with provider_scope(bill.provider_id):
            reset_mail_text(provider_id=bill.provider_id, kind=INVOICE, language="en")
            text = mail_text(bill.provider_id, INVOICE, "en")

        assert (text.is_own, ours.is_own) == (False, False)
        assert text == ours


def write(bill: Document, language: str, subject: str, body: str) -> Any:
    """Store a text; return the one before."""
    with provider_scope(bill.provider_id):
        before = mail_text(bill.provider_id, INVOICE, language)
        save_mail_text(
            provider_id=bill.provider_id,
            kind=INVOICE,
            language=language,
            subject=subject,
            body=body,
        )
    return before
