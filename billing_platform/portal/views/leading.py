"""Pages that lead on to a gateway's own page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import HttpResponse


def led_on(answer: HttpResponse, url: str) -> HttpResponse:
    """Return a page that opens another one by itself; the page also links to it.

    A form may only lead to our own pages (form-action); this leads on without one, also without scripts.

    Args:
        answer: the page; no cache keeps it.
        url: the gateway's page, which is this customer's alone.
    """
    answer.headers["Refresh"] = f"0; url={url}"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
