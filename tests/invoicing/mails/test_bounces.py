"""What an address or a mail service refuses is told of the mail, and of no other."""

from __future__ import annotations

from smtplib import SMTPRecipientsRefused
from typing import TYPE_CHECKING, Any

import pytest
from anymail.signals import AnymailTrackingEvent, tracking
from django.core.mail import EmailMultiAlternatives

from billing_platform.kernel.relay import RelayCount
from billing_platform.kernel.scope import provider_scope
from invoicing.enums import MailState
from invoicing.models import Document, DocumentMail
from invoicing.selectors.mails import mails_of
from invoicing.services.document_mails import note_bounce
from tests.invoicing.drafts import NOW
from tests.roles import as_role

if TYPE_CHECKING:
    from tests.cast import Cast

from tests.invoicing.mails.post import ALICE, BOOKS, send, states


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
