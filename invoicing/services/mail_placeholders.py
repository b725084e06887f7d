"""Placeholders in texts of mails: known names only, filled by plain replacement, so that a text is never a program."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from billing_platform.kernel.formats import format_amount, format_day
from invoicing.enums import DocumentKind
from invoicing.errors import MailTextRefused

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from invoicing.types import WholeDocument

SUBJECT_MAX: Final = 200
BODY_MAX: Final = 5000
# What is inserted into a subject is cut: a name may have 200 signs, and a subject is to be read at a glance.
_VALUE_MAX: Final = 80
_BRACED: Final = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A name that a text may use, and what stands for it."""

    name: str
    meaning: str


PLACEHOLDERS: Final = (
    Placeholder("number", gettext_noop("the document's number")),
    Placeholder("kind", gettext_noop("what it is, for instance Invoice")),
    Placeholder("total", gettext_noop("its total with currency")),
    Placeholder("issued", gettext_noop("the day of its issue")),
    Placeholder("due", gettext_noop("the day on which it is due, or a dash")),
    Placeholder("customer", gettext_noop("who it is for")),
    Placeholder("provider", gettext_noop("your name")),
)
_NAMES: Final = frozenset(each.name for each in PLACEHOLDERS)


def check_text(subject: str, body: str) -> tuple[str, str]:
    """Return a text as it is stored.

    Args:
        subject: one line, at most 200 signs.
        body: plain, at most 5000 signs.

    Raises:
        MailTextRefused: empty, too long, a line break in the subject, a sign that cannot be stored, or an unknown
            placeholder; its code says which field: `mail_subject` or `mail_body`.
    """
    subject, body = subject.strip(), body.replace("\r\n", "\n").strip()
    for code, text, most in (("mail_subject", subject, SUBJECT_MAX), ("mail_body", body, BODY_MAX)):
        if not text or len(text) > most or "\x00" in text:
            words = _("A text has 1 to %(most)s characters.") % {"most": most}
            raise MailTextRefused(code, words)
        for name in _BRACED.findall(text):
            if name not in _NAMES:
                words = _("There is no placeholder {%(name)s}.") % {"name": name}
                raise MailTextRefused(code, words)
    if len(subject.splitlines()) > 1:
        raise MailTextRefused("mail_subject", _("A subject is one line."))
    return subject, body


def fill_text(text: str, values: Mapping[str, str], *, is_subject: bool = False) -> str:
    """Return a text with its placeholders filled, once: what a value says is never read as a placeholder.

    Args:
        text: checked.
        values: of the placeholders.
        is_subject: make it one line, and cut what is long.
    """

    def value(match: re.Match[str]) -> str:
        known = values.get(match[1])
        if known is None:
            return match[0]
        return _cut(" ".join(known.split())) if is_subject else " ".join(known.split())

    filled = _BRACED.sub(value, text)
    return " ".join(filled.split()) if is_subject else filled


def values_of(document: WholeDocument, language: str) -> dict[str, str]:
    """Return what stands for the placeholders in a mail of a document.

    Args:
        document: issued.
        language: in which amounts and days are written; it is active.
    """
    head, content = document.head, document.content
    return {
        "number": head.number,
        "kind": str(DocumentKind(head.kind).label),
        "total": f"{format_amount(head.total, language)} {head.total.currency}",
        "issued": _day(head.issued_on, language),
        "due": _day(None if head.is_paid_at_issue else head.due_on, language),
        "customer": str((content.get("buyer") or {}).get("name") or ""),
        "provider": str(content.get("brand") or ""),
    }


def _cut(value: str) -> str:
    return value if len(value) <= _VALUE_MAX else f"{value[: _VALUE_MAX - 1]}…"


def _day(day: date | None, language: str) -> str:
    return format_day(day, language) if day else "–"
