"""The sentences of tax in the reader's language: why, what to look at, what a document says. Called by selectors."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from billing_platform.kernel.formats import format_country
from tax.enums import Note, Notice, Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def country_name(code: str) -> str:
    """Return a country's name in the reader's language, or its code.

    Args:
        code: ISO 3166, two letters.
    """
    return format_country(code, get_language() or "en")


def because(reason: str, words: Mapping[str, str]) -> str:
    """Say why a line is taxed as it is.

    Args:
        reason: of Reason.
        words: what the sentence names; `place` and `home` are codes of countries.
    """
    return str(Reason(reason).label) % _named(words)


def notes_of(notes: Iterable[str], words: Mapping[str, str]) -> dict[str, str]:
    """Return sentences about what somebody should look at, by their stable words.

    Args:
        notes: of Note.
        words: what the sentences name.
    """
    return {str(note): str(Note(note).label) % _named(words) for note in notes}


def notice_text(notice: str, words: Mapping[str, str]) -> str:
    """Return what a document has to say by law, or "".

    Args:
        notice: of Notice, or "".
        words: of the decision; an exemption names its provision of the law, or else its certificate.

    Source: Directive 2006/112/EC, Art. 226 (11) and (11a).
    """
    text = str(Notice(notice).label) if notice else ""
    if notice != Notice.EXEMPT:
        return text
    certificate = words.get("certificate", "")
    ground = words.get("provision") or (_("certificate %s") % certificate if certificate else "")
    return f"{text}: {ground}" if ground else text


def _named(words: Mapping[str, str]) -> Mapping[str, str]:
    places = {name: country_name(words[name]) for name in ("place", "home") if name in words}
    return defaultdict(str, {**words, **places})
