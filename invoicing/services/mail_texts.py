"""What a provider writes in mails of documents: its own text, else ours. Called by pages and by who mails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from invoicing.enums import DocumentKind
from invoicing.errors import MailTextRefused
from invoicing.models import MailText
from invoicing.services.mail_placeholders import check_text
from invoicing.types import MailTextView

if TYPE_CHECKING:
    from collections.abc import Mapping

_SUBJECT: Final = gettext_noop("{provider}: {kind} {number}")
_PAID: Final = gettext_noop(
    "attached you find the invoice {number} of {issued} over {total}. It is paid already."
)
_BODIES: Final[Mapping[str, str]] = {
    DocumentKind.PROFORMA: gettext_noop(
        "attached you find the proforma {number} over {total}. Please transfer the amount with the reference"
        " that it names by {due}."
    ),
    DocumentKind.INVOICE: gettext_noop(
        "attached you find the invoice {number} of {issued} over {total}, due on {due}."
    ),
    DocumentKind.CREDIT_NOTE: gettext_noop(
        "attached you find the credit note {number} of {issued} over {total}."
    ),
    DocumentKind.RECEIPT: gettext_noop(
        "attached you find the receipt {number} of {issued} over {total}. Thank you for your payment."
    ),
}


def mail_text(provider_id: int, kind: str, language: str, *, is_paid: bool = False) -> MailTextView:
    """Return the text of mails of a kind of document, by one query.

    Args:
        provider_id: whose; its scope is open.
        kind: of DocumentKind.
        language: in which it is written.
        is_paid: at issue already; a provider's own text is one for both.
    """
    row = MailText.objects.filter(provider_id=provider_id, kind=kind, language=language).first()
    if row is None:
        return _ours(kind, language, is_paid=is_paid)
    return MailTextView(kind, language, row.subject, row.body, is_own=True)


def mail_texts(provider_id: int) -> list[MailTextView]:
    """Return the texts of every kind in every language, by one query.

    Args:
        provider_id: whose; its scope is open.
    """
    own = {
        (row.kind, row.language): MailTextView(
            row.kind, row.language, row.subject, row.body, is_own=True
        )
        for row in MailText.objects.filter(provider_id=provider_id)
    }
    return [
        own.get((kind, language)) or _ours(kind, language)
        for kind in DocumentKind.values
        for language, _name in settings.LANGUAGES
    ]


@transaction.atomic
def save_mail_text(
    *, provider_id: int, kind: str, language: str, subject: str, body: str
) -> MailTextView:
    """Store a provider's own text.

    Args:
        provider_id: whose; its scope is open.
        kind: of DocumentKind.
        language: one of the installation's.
        subject: one line, with placeholders in braces.
        body: plain, with placeholders in braces.

    Returns:
        As it is stored.

    Raises:
        MailTextRefused: as `check_text`, or no such kind or language.

    Idempotency: by state.
    """
    if kind not in DocumentKind.values or language not in dict(settings.LANGUAGES):
        raise MailTextRefused
    subject, body = check_text(subject, body)
    MailText.objects.update_or_create(
        provider_id=provider_id,
        kind=kind,
        language=language,
        defaults={"subject": subject, "body": body},
    )
    return MailTextView(kind, language, subject, body, is_own=True)


@transaction.atomic
def reset_mail_text(*, provider_id: int, kind: str, language: str) -> None:
    """Return to our text.

    Args:
        provider_id: whose; its scope is open.
        kind: of DocumentKind.
        language: which.

    Idempotency: without an own text nothing changes.
    """
    MailText.objects.filter(provider_id=provider_id, kind=kind, language=language).delete()


def _ours(kind: str, language: str, *, is_paid: bool = False) -> MailTextView:
    text = _PAID if is_paid and kind == DocumentKind.INVOICE else _BODIES[kind]
    with override(language):
        body = "\n\n".join((_("Hello,"), _(text), "{provider}"))
        return MailTextView(kind, language, _(_SUBJECT), body)
