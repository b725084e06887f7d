"""What mails of documents are tried with: an invoice in German, the relay, and where each mail stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from billing_platform.kernel.relay import RelayCount, relay
from billing_platform.kernel.scope import provider_scope
from invoicing.models import Document
from invoicing.selectors.mails import mails_of
from invoicing.services.document_mails import send_again
from invoicing.services.issuing import issue_now
from tests.invoicing.drafts import NOW, invoice
from tests.kernel.races import HandClock
from tests.roles import as_role

ALICE, BOOKS = "alice@example.com", "books@example.com"


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


def again(bill: Document, number: int) -> int:
    with provider_scope(bill.provider_id):
        return resend(bill.provider_id, bill.pk, number)


def resend(provider_id: int, document_id: int, number: int) -> int:
    return send_again(
        provider_id=provider_id, document_id=document_id, number=number, user_id=1, now=NOW
    )
