"""The sentences of tax in the reader's language: why, what to look at, what a document says. Called by selectors."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from django.utils.translation import get_language

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


def notice_text(notice: str) -> str:
    """Return what a document has to say by law, or "".

    Args:
        notice: of Notice, or "".
    """
    return str(Notice(notice).label) if notice else ""


def _named(words: Mapping[str, str]) -> Mapping[str, str]:
    places = {name: country_name(words[name]) for name in ("place", "home") if name in words}
    return defaultdict(str, {**words, **places})
