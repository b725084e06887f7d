"""Error answers of the operators' process: plain words, for the portals' pages and brands are not at home there."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from django.http import HttpResponse

from billing_platform.kernel.database_faults import retry_after_s

if TYPE_CHECKING:
    from django.http import HttpRequest


def bad_request(_request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that makes no sense."""
    return _plain("This request makes no sense.", 400)


def permission_denied(_request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer somebody who may not."""
    return _plain("You may not do this.", 403)


def page_not_found(_request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer for a page that does not exist."""
    return _plain("This page does not exist.", 404)


def server_error(_request: HttpRequest) -> HttpResponse:
    """Answer after an error of ours, which the log tells of; one of the database that passes is told as such."""
    wait = retry_after_s(sys.exception())
    if wait is not None:
        answer = _plain("The database is busy or out of reach. Please try again in a moment.", 503)
        answer.headers["Retry-After"] = str(wait)
        return answer
    return _plain("Something went wrong here; the log says what.", 500)


def csrf_failure(_request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that did not come from our page."""
    return _plain(f"This form was not accepted ({reason}). Load the page again.", 403)


def _plain(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
