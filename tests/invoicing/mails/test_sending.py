"""A document is mailed once to each address with its PDF, whatever dies in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail as django_mail
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, transaction

from billing_platform.kernel.relay import RelayCount
from billing_platform.kernel.scope import provider_scope, tenant_scope
from invoicing.enums import MailState
from invoicing.errors import DocumentNotFound, MailRefused
from invoicing.models import Document, DocumentMail, MailText
from invoicing.services import document_mails, files
from invoicing.services.document_mails import SENDINGS_MAX
from invoicing.services.drafting import draft_document
from invoicing.services.issuing import issue_now
from tenants.services.settings import set_setting
from tests.invoicing.drafts import NOW, invoice
from tests.roles import as_role

if TYPE_CHECKING:
    from tests.cast import Cast

from tests.invoicing.mails.post import ALICE, BOOKS, again, issue, resend, send, states


class KilledError(BaseException):
    """The process is told to end."""


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


def die(_name: str) -> None:
    raise KilledError
