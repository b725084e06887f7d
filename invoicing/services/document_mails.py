"""Mail documents with their PDF: written down with the issue, sent by a worker once the PDF is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import override

from billing_platform.kernel.clock import now as wall_clock
from billing_platform.kernel.mail import Attachment, hand_over
from billing_platform.kernel.markers import marker
from billing_platform.kernel.outbox import UndeliverableError, enqueue
from billing_platform.kernel.scope import provider_scope
from invoicing.enums import DocumentState
from invoicing.errors import MailRefused
from invoicing.models import DocumentMail
from invoicing.rendering.html import language_of
from invoicing.selectors.documents import issued_document
from invoicing.selectors.mails import TOPIC, mail_key
from invoicing.selectors.registrations import registration_of
from invoicing.services.drafting import locked_document
from invoicing.services.files import stored_pdf
from invoicing.services.mail_placeholders import fill_text, values_of
from invoicing.services.mail_texts import mail_text
from tenants.registry_documents import DOCUMENTS_MAILED
from tenants.selectors.members import list_members
from tenants.selectors.providers import provider_view
from tenants.selectors.readers import payers_readers
from tenants.selectors.settings import get_setting
from tenants.selectors.tenants import tenant_by_id
from tenants.services.mails import compose_mail

if TYPE_CHECKING:
    from datetime import datetime

    from billing_platform.kernel.mail import Mail
    from billing_platform.kernel.outbox import Message
    from invoicing.models import Document
    from invoicing.types import MailTextView, WholeDocument
    from tenants.types import ProviderView

MARKERS: Final = ("mail.drawn",)
# Who asks more often has another trouble than a lost mail.
SENDINGS_MAX: Final = 20
_BOUNCE_MAX: Final = 300


def announce_document(row: Document, *, now: datetime) -> None:
    """Write down to whom an issued document goes, in the transaction that issues it.

    Args:
        row: just issued; its provider's scope is open.
        now: the moment of issue.

    Idempotency: by document and address; the database refuses a second one.
    """
    if get_setting(row.provider_id, DOCUMENTS_MAILED):
        _write(row, 0, None, now)


@transaction.atomic
def send_again(
    *, provider_id: int, document_id: int, number: int, user_id: int, now: datetime
) -> int:
    """Mail an issued document once more, to whom its mails go today.

    Args:
        provider_id: whose; its scope is open.
        document_id: the row's number.
        number: of this sending, one more than the last one's, as the page showed it.
        user_id: who asks.
        now: the present moment.

    Returns:
        To how many addresses; 0 when this number was sent already.

    Raises:
        DocumentNotFound: the provider has no such document.
        MailRefused: it is a draft, waits for its registration, was sent too often, or nobody reads it.

    Idempotency: by `number`: a second click finds it done.
    """
    row = locked_document(provider_id, document_id)
    sent = DocumentMail.objects.filter(provider_id=provider_id, document_id=document_id)
    last = sent.aggregate(last=Max("number"))["last"]
    due = 0 if last is None else last + 1
    waits = bool(row.content.get("has_irn")) and registration_of(row) is None
    if row.state == DocumentState.DRAFT or due > SENDINGS_MAX or waits:
        raise MailRefused
    if number < due:
        return 0
    count = _write(row, due, user_id, now)
    if not count:
        raise MailRefused
    return count


def mail_document(message: Message) -> None:
    """Mail a document to one address; the handler of `TOPIC`.

    Args:
        message: names the mail.

    Raises:
        UndeliverableError: there is no such mail, or the server refuses the reader, which is kept as a bounce.
        DomainError, OSError: there is no PDF yet, or the server is away; the relay tries again.

    Idempotency: as `hand_over`; the PDF is drawn once, whoever comes first.
    """
    provider_id, now = message.provider_id, wall_clock()
    with provider_scope(provider_id):
        rows = DocumentMail.objects.filter(provider_id=provider_id, pk=message.payload["mail"])
        row = rows.first()
    if row is None:
        raise UndeliverableError("There is no such mail of a document.")
    file = stored_pdf(provider_id=provider_id, document_id=row.document_id, now=now)
    marker("mail.drawn")
    with provider_scope(provider_id):
        document = issued_document(provider_id, row.document_id, today=now.date())
        language = _language_of_reader(provider_id, document, row.address)
        head = document.head
        text = mail_text(provider_id, head.kind, language, is_paid=head.is_paid_at_issue)
        mail = document_mail(provider_view(provider_id), document, text, to=row.address)
    pdf = Attachment(name=file.name, content=file.content, media_type="application/pdf")
    try:
        hand_over(
            message, mail, [pdf], metadata={"provider": str(provider_id), "mail": str(row.pk)}
        )
    except UndeliverableError as refusal:
        note_bounce(
            provider_id=provider_id,
            mail_id=row.pk,
            address=row.address,
            words=str(refusal),
            now=now,
        )
        raise


def document_mail(
    provider: ProviderView, document: WholeDocument, text: MailTextView, *, to: str
) -> Mail:
    """Return a mail of a document, as it is sent.

    Args:
        provider: in whose name.
        document: issued.
        text: its words, in the reader's language.
        to: its reader.
    """
    with override(text.language):
        values = values_of(document, text.language)
        return compose_mail(
            provider,
            to=to,
            subject=fill_text(text.subject, values, is_subject=True),
            text=fill_text(text.body, values),
        )


def note_bounce(*, provider_id: int, mail_id: int, address: str, words: str, now: datetime) -> None:
    """Keep that a mail did not arrive.

    Args:
        provider_id: whose; no scope needs to be open.
        mail_id: the row's number.
        address: that it went to; another one's bounce is none of this mail.
        words: what the server said.
        now: the present moment.

    Idempotency: the first word stays.
    """
    with provider_scope(provider_id):
        rows = DocumentMail.objects.filter(
            provider_id=provider_id, pk=mail_id, address=address.lower()
        )
        rows.filter(bounced_at__isnull=True).update(
            bounced_at=now, bounce=words.replace("\x00", "")[:_BOUNCE_MAX]
        )


def _language_of_reader(provider_id: int, document: WholeDocument, address: str) -> str:
    """Return the language that a reader chose; for who chose none, or is an address only, the document's."""
    people = list_members(provider_id, document.head.tenant_id)
    chosen = next((one.language for one in people if one.email.lower() == address), "")
    return chosen if chosen in dict(settings.LANGUAGES) else language_of(document)


def _write(row: Document, number: int, user_id: int | None, now: datetime) -> int:
    tenant = tenant_by_id(row.provider_id, row.tenant_id)
    readers = payers_readers(row.provider_id, tenant)
    addresses = sorted({reader.email.lower() for reader in readers.values()})
    mails = DocumentMail.objects.bulk_create(
        DocumentMail(
            provider_id=row.provider_id,
            tenant_id=row.tenant_id,
            document_id=row.pk,
            address=address,
            number=number,
            created_at=now,
            asked_by=user_id,
        )
        for address in addresses
    )
    for mail in mails:
        enqueue(
            provider_id=row.provider_id,
            tenant_id=row.tenant_id,
            topic=TOPIC,
            payload={"mail": mail.pk},
            dedupe_key=mail_key(mail.pk),
            now=now,
        )
    return len(mails)
