"""The mails of a document, as the provider's people see them on its page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.urls import reverse

from invoicing.selectors.mails import mails_of
from tenants.enums import ProviderRole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from invoicing.types import DocumentView, MailView

MAY_SEND: Final = (ProviderRole.OWNER, ProviderRole.BILLING, ProviderRole.SUPPORT)


@dataclass(frozen=True, slots=True)
class MailLine:
    """One mail."""

    mail: MailView
    pill: str


@dataclass(frozen=True, slots=True)
class DocumentMails:
    """The mails of a document.

    Attributes:
        number: of the next sending.
        send_url: empty for who may not send it, and while it is a draft.
    """

    lines: Sequence[MailLine]
    number: int
    send_url: str
    zone: str


def document_mails(
    provider_id: int, document: DocumentView, *, role: str, zone: str
) -> DocumentMails:
    """Return the mails of a document, newest first, by two queries.

    Args:
        provider_id: whose; its scope is open.
        document: which.
        role: of the person who looks.
        zone: in which moments are shown.
    """
    mails = mails_of(provider_id, document.id)
    may_send = role in MAY_SEND and bool(document.number)
    address = {"document": document.public_id}
    return DocumentMails(
        lines=[MailLine(mail, f"mail_{mail.state}") for mail in mails],
        number=mails[0].number + 1 if mails else 0,
        send_url=reverse("provider-document-mail", kwargs=address) if may_send else "",
        zone=zone,
    )
