"""What a provider writes in mails of documents: all texts, and one of them with a preview on a real document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from billing_platform.portal.pages.documents import kind_word
from invoicing.selectors.documents import DocumentQuery, list_documents, whole_document
from invoicing.services.document_mails import document_mail
from invoicing.services.mail_placeholders import PLACEHOLDERS
from invoicing.services.mail_texts import mail_text, mail_texts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from invoicing.types import MailTextView
    from tenants.types import ProviderView

# Nobody reads it: example.com is kept free for this.
_NOBODY: Final = "preview@example.com"


@dataclass(frozen=True, slots=True)
class MailTextRow:
    """A text in the list."""

    text: MailTextView
    kind: str
    language: str
    url: str


@dataclass(frozen=True, slots=True)
class Word:
    """A placeholder as it is written, and what it stands for."""

    written: str
    meaning: str


@dataclass(frozen=True, slots=True)
class MailPreview:
    """A mail as the newest document of its kind would get it."""

    subject: str
    text: str
    number: str


@dataclass(frozen=True, slots=True)
class MailTextPage:
    """One text.

    Attributes:
        preview: None while there is no document of the kind.
    """

    text: MailTextView
    kind: str
    language: str
    words: Sequence[Word]
    preview: MailPreview | None
    save_url: str
    preview_url: str
    reset_url: str


def mail_text_rows(provider_id: int) -> list[MailTextRow]:
    """Return all texts, by one query.

    Args:
        provider_id: whose; its scope is open.
    """
    return [
        MailTextRow(
            text=text,
            kind=kind_word(text.kind),
            language=_language(text.language),
            url=reverse("provider-mail-text", kwargs=_address(text)),
        )
        for text in mail_texts(provider_id)
    ]


def mail_text_page(
    provider: ProviderView,
    kind: str,
    language: str,
    *,
    now: datetime,
    tried: MailTextView | None = None,
) -> MailTextPage:
    """Return one text with its preview, by a fixed number of queries.

    Args:
        provider: whose; its scope is open.
        kind: of DocumentKind.
        language: one of the installation's.
        now: the present moment.
        tried: a text to be previewed instead of the stored one.
    """
    text = mail_text(provider.id, kind, language)
    return MailTextPage(
        text=text,
        kind=kind_word(kind),
        language=_language(language),
        words=[Word(f"{{{each.name}}}", _(each.meaning)) for each in PLACEHOLDERS],
        preview=_preview(provider, tried or text, now),
        save_url=reverse("provider-mail-text", kwargs=_address(text)),
        preview_url=reverse("provider-mail-text-preview", kwargs=_address(text)),
        reset_url=reverse("provider-mail-text-reset", kwargs=_address(text)),
    )


def _preview(provider: ProviderView, text: MailTextView, now: datetime) -> MailPreview | None:
    today = now.astimezone(ZoneInfo(provider.time_zone)).date()
    query = DocumentQuery(kinds=[text.kind])
    newest = list_documents(provider.id, query, today=today, limit=1)
    if not newest:
        return None
    whole = whole_document(provider.id, newest[0].public_id, today=today)
    mail = document_mail(provider, whole, text, to=_NOBODY)
    return MailPreview(subject=mail.subject, text=mail.text, number=whole.head.number)


def _address(text: MailTextView) -> dict[str, str]:
    return {"kind": text.kind, "language": text.language}


def _language(code: str) -> str:
    return str(dict(settings.LANGUAGES).get(code, code))
