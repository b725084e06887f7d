"""A document is mailed once to each address with its PDF, whatever dies in between; texts are never programs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from typing import TYPE_CHECKING, Any

import pytest
from anymail.signals import AnymailTrackingEvent, tracking
from django.core import mail as django_mail
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, transaction

from billing_platform.kernel import outbox
from billing_platform.kernel.relay import RelayCount, relay
from billing_platform.kernel.scope import provider_scope, tenant_scope
from invoicing.enums import DocumentKind, MailState
from invoicing.errors import DocumentNotFound, MailRefused, MailTextRefused
from invoicing.models import Document, DocumentMail, MailText
from invoicing.selectors.mails import mails_of
from invoicing.services import document_mails, files
from invoicing.services.document_mails import SENDINGS_MAX, note_bounce, send_again
from invoicing.services.drafting import draft_document
from invoicing.services.issuing import issue_now
from invoicing.services.mail_placeholders import fill_text
from invoicing.services.mail_texts import mail_text, reset_mail_text, save_mail_text
from invoicing.services.sellers import save_seller
from tenants.services.profiles import save_profile
from tenants.services.providers import set_brand
from tenants.services.settings import set_setting
from tenants.services.users import choose_language
from tenants.types import LegalIdentity, TenantProfileView
from tests.invoicing.drafts import NOW, invoice
from tests.kernel.races import HandClock
from tests.roles import as_role

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cast import Cast

ALICE, BOOKS = "alice@example.com", "books@example.com"
INVOICE = DocumentKind.INVOICE


class KilledError(BaseException):
    """The process is told to end."""


@pytest.fixture(autouse=True)
def drawn(monkeypatch: pytest.MonkeyPatch, uploads_folder: Path) -> list[str]:
    """Draw quickly, and ring no bell; return the numbers of what was drawn."""
    numbers: list[str] = []

    def draw(document: Any, _assets: object, *, has_xml: bool) -> bytes:
        assert not has_xml
        numbers.append(document.head.number)
        return f"%PDF-{document.digest}".encode()

    monkeypatch.setattr(files, "pdf_of", draw)
    monkeypatch.setattr(outbox, "ring", lambda: None)
    return numbers


@pytest.fixture
def shop(cast: Cast) -> int:
    """Return Nimbus, who may issue invoices to Acme, which has a billing address besides Alice."""
    profile = TenantProfileView(legal_name="Acme GmbH", billing_emails=(BOOKS, ALICE))
    with as_role("worker"), provider_scope(cast.nimbus):
        save_profile(
            provider_id=cast.nimbus, tenant_id=cast.acme, profile=profile, language="de", now=NOW
        )
        identity = LegalIdentity(name="Nimbus Inc.", address="1 Way", country="US")
        save_seller(provider_id=cast.nimbus, identity=identity)
        set_brand(
            provider_id=cast.nimbus,
            sender_name="Nimbus Billing",
            sender_email="bill@nimbus.example",
        )
    return cast.nimbus


@pytest.fixture
def bill(cast: Cast, shop: int) -> Document:
    """Issue an invoice in German to Acme."""
    return issue(shop, cast.acme)


def issue(provider_id: int, tenant_id: int, source_id: str = "one") -> Document:
    draft = replace(invoice(tenant_id, source_id), language="de")
    with as_role("worker"), provider_scope(provider_id):
        number = issue_now(provider_id=provider_id, draft=draft, now=NOW)
        return Document.objects.get(pk=number)


def send(minutes: int = 0) -> RelayCount:
    with as_role("worker"):
        return relay(clock=HandClock(NOW + timedelta(minutes=minutes)), limit=50)


def states(bill: Document) -> list[tuple[str, int, str]]:
    with provider_scope(bill.provider_id):
        mails = mails_of(bill.provider_id, bill.pk)
    return [(mail.address, mail.number, mail.state) for mail in mails]


class TestAtIssue:
    def test_admins_and_billing_addresses_get_it_once_with_the_pdf(
        self, bill: Document, drawn: list[str]
    ) -> None:
        assert {state for _, _, state in states(bill)} == {MailState.QUEUED}
        assert drawn == []

        assert [send(), send()] == [RelayCount(sent=2), RelayCount()]

        assert sorted(mail.to[0] for mail in django_mail.outbox) == [ALICE, BOOKS]
        assert drawn == [bill.number]
        mail = django_mail.outbox[0]
        assert mail.from_email == "Nimbus Billing <bill@nimbus.example>"
        assert mail.attachments == [
            (f"{bill.number}.pdf", b"%PDF-" + bill.digest.encode(), "application/pdf")
        ]
        assert "171,51" not in str(mail.body)
        assert "172,51 USD" in str(mail.body)
        assert {state for _, _, state in states(bill)} == {MailState.SENT}

    def test_issuing_twice_and_racing_writers_write_it_once(
        self, cast: Cast, bill: Document
    ) -> None:
        assert issue(bill.provider_id, cast.acme).pk == bill.pk
        assert len(states(bill)) == 2
        with provider_scope(bill.provider_id):
            row = DocumentMail.objects.filter(document_id=bill.pk)[0]
            row.pk = None
            with pytest.raises(IntegrityError, match="invoicing_mail_once"), transaction.atomic():
                row.save(force_insert=True)

    def test_where_the_provider_mails_none_staff_may_send_it(self, cast: Cast, shop: int) -> None:
        with as_role("worker"), provider_scope(shop):
            set_setting(provider_id=shop, name="documents.mailed", value=False, now=NOW)
        bill = issue(shop, cast.acme)

        assert states(bill) == []
        again(bill, 0)
        assert [number for _, number, _ in states(bill)] == [0, 0]

    def test_nothing_leaves_when_the_issue_is_rolled_back(self, cast: Cast, shop: int) -> None:
        with as_role("worker"), provider_scope(shop):
            issue_now(provider_id=shop, draft=invoice(cast.acme), now=NOW)
            transaction.set_rollback(True)

        assert send() == RelayCount()


class TestKilled:
    def test_before_the_mail_left_it_is_sent_by_the_next_relay(
        self, bill: Document, drawn: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as context:
            context.setattr(document_mails, "marker", die)
            with pytest.raises(KilledError):
                send()
        assert django_mail.outbox == []

        # The other address goes at once, the first one's lease has to end.
        assert send() == RelayCount(sent=1)
        assert send(minutes=6) == RelayCount(sent=1)
        assert drawn == [bill.number]

    def test_after_it_left_the_double_has_the_same_message_id(
        self, bill: Document, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = EmailMultiAlternatives.send

        def send_and_die(self: EmailMultiAlternatives, **more: Any) -> int:
            real(self, **more)
            raise KilledError

        with monkeypatch.context() as context:
            context.setattr(EmailMultiAlternatives, "send", send_and_die)
            with pytest.raises(KilledError):
                send()
        send(minutes=6)

        ids = [mail.extra_headers["Message-ID"] for mail in django_mail.outbox]
        assert (len(ids), len(set(ids))) == (3, 2)

    def test_without_a_pdf_it_waits(self, bill: Document, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_: object, **__: object) -> bytes:
            raise OSError

        with monkeypatch.context() as context:
            context.setattr(files, "pdf_of", fail)
            assert send() == RelayCount(failed=2)
        assert {state for _, _, state in states(bill)} == {MailState.QUEUED}
        assert send(minutes=1) == RelayCount(sent=2)


class TestBounce:
    def test_a_refused_address_is_shown_and_the_others_get_theirs(
        self, bill: Document, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = EmailMultiAlternatives.send

        def refuse(self: EmailMultiAlternatives, **more: Any) -> int:
            if self.to == [BOOKS]:
                raise SMTPRecipientsRefused({BOOKS: (550, b"no such user")})
            return real(self, **more)

        monkeypatch.setattr(EmailMultiAlternatives, "send", refuse)

        assert send() == RelayCount(sent=1, dead=1)
        assert states(bill) == [(ALICE, 0, MailState.SENT), (BOOKS, 0, MailState.BOUNCED)]
        with provider_scope(bill.provider_id):
            (bounced,) = (m for m in mails_of(bill.provider_id, bill.pk) if m.address == BOOKS)
        assert "550" in bounced.words
        assert "no such user" in bounced.words

    @pytest.mark.parametrize(
        ("told", "state"),
        [
            ({}, MailState.BOUNCED),
            ({"event_type": "delivered"}, MailState.SENT),
            ({"recipient": BOOKS}, MailState.SENT),
            ({"metadata": {"provider": "x", "mail": "1"}}, MailState.SENT),
            ({"metadata": {}}, MailState.SENT),
            ({"metadata": None}, MailState.SENT),
        ],
    )
    def test_a_mail_service_tells_of_it_later(
        self, bill: Document, told: dict[str, Any], state: str
    ) -> None:
        send()
        with provider_scope(bill.provider_id):
            mail = DocumentMail.objects.get(address=ALICE)
        names = {"provider": str(bill.provider_id), "mail": str(mail.pk)}
        known = {"event_type": "bounced", "recipient": "Alice@example.com", "metadata": names}
        event = AnymailTrackingEvent(**{"description": "Mailbox full", **known, **told})

        with as_role("app"):
            tracking.send(sender=object(), event=event, esp_name="Test")

        assert states(bill) == [(ALICE, 0, state), (BOOKS, 0, MailState.SENT)]

    def test_another_provider_s_mail_is_not_touched(self, cast: Cast, bill: Document) -> None:
        with provider_scope(bill.provider_id):
            mail = DocumentMail.objects.get(address=ALICE)

        note_bounce(provider_id=cast.sonora, mail_id=mail.pk, address=ALICE, words="no", now=NOW)

        assert (ALICE, 0, MailState.QUEUED) in states(bill)


class TestSendAgain:
    def test_it_goes_out_once_per_number(self, bill: Document) -> None:
        assert [again(bill, 1), again(bill, 1)] == [2, 0]
        assert send() == RelayCount(sent=4)
        assert [number for _, number, _ in states(bill)] == [1, 1, 0, 0]

    def test_a_draft_a_foreign_document_and_too_often_are_refused(
        self, cast: Cast, shop: int, bill: Document
    ) -> None:
        with provider_scope(shop):
            draft_id = draft_document(provider_id=shop, draft=invoice(cast.acme, "two"), now=NOW)
            DocumentMail.objects.filter(address=ALICE).update(number=SENDINGS_MAX)
            for document_id in (draft_id, bill.pk):
                with pytest.raises(MailRefused):
                    resend(shop, document_id, SENDINGS_MAX + 1)
        with provider_scope(cast.sonora), pytest.raises(DocumentNotFound):
            resend(cast.sonora, bill.pk, 1)

    def test_another_tenant_sees_no_mail_of_it(self, cast: Cast, bill: Document) -> None:
        with as_role("app"):
            with tenant_scope(bill.provider_id, cast.globex):
                assert not DocumentMail.objects.exists()
            with tenant_scope(bill.provider_id, cast.acme):
                assert DocumentMail.objects.count() == 2
                assert not MailText.objects.exists()
            with provider_scope(cast.sonora):
                assert not DocumentMail.objects.exists()


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


def again(bill: Document, number: int) -> int:
    with provider_scope(bill.provider_id):
        return resend(bill.provider_id, bill.pk, number)


def resend(provider_id: int, document_id: int, number: int) -> int:
    return send_again(
        provider_id=provider_id, document_id=document_id, number=number, user_id=1, now=NOW
    )


def die(_name: str) -> None:
    raise KilledError
