"""What was just done and can be undone by the page that does the opposite: said by a view, drawn with its message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.contrib.messages.storage.base import Message
    from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Undo:
    """Where the opposite is asked for by POST, and with which fields."""

    url: str
    fields: Sequence[tuple[str, str]]


def tell_undoable(request: HttpRequest, words: str, *, url: str, **fields: str) -> None:
    """Say that something was done, with a button that undoes it.

    Args:
        request: of the view.
        words: what was done.
        url: of the view that does the opposite by POST; it asks for its own rights again.
        fields: what that view's form is to be sent.
    """
    messages.success(request, words, extra_tags=f"{url}?{urlencode(fields)}")


def undo_of(message: Message) -> Undo | None:
    """Return how a message's deed is undone, or None.

    Args:
        message: as Django keeps it.
    """
    url, mark, fields = (message.extra_tags or "").partition("?")
    return Undo(url, parse_qsl(fields, keep_blank_values=True)) if mark else None
